# SPDX-License-Identifier: GPL-3.0-or-later
# make demo: the main job on embedded defaults; make test: the tests; make check: whatever else must hold.
PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin
# A rehearsal runs in real time, so its tests have the machine to themselves.
DRILL  := tests/commands/test_drill_command.py
# The tests start Python some hundred times: what it compiles is kept.
unexport PYTHONDONTWRITEBYTECODE
PIP    := $(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt

.PHONY: demo test check real format clean

$(VENV)/.ready: pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "deskmate needs Python 3.11 or newer: make PYTHON=python3.11"; exit 1; }
	@echo "installing deskmate into $(VENV) (once)"
	@$(PYTHON) -m venv $(VENV)
	@$(PIP) -e '.[test]'
	@touch $@

$(VENV)/.ready-check: $(VENV)/.ready
	@$(PIP) -e '.[test,check]'
	@touch $@

demo: $(VENV)/.ready
	@$(BIN)/deskmate demo

test: $(VENV)/.ready
	@$(BIN)/pytest -n 2 --dist loadgroup -m "not real and not long"

check: $(VENV)/.ready-check
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(MAKE) --no-print-directory real

real: $(VENV)/.ready-check
	@$(BIN)/pytest -n 2 --dist loadgroup -m "real or long" --ignore=$(DRILL)
	@$(BIN)/pytest -m "real or long" $(DRILL)

format: $(VENV)/.ready-check
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

clean:
	rm -rf $(VENV) build dist *.egg-info .mypy_cache .ruff_cache
