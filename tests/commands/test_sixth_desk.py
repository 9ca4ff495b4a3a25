# SPDX-License-Identifier: GPL-3.0-or-later
"""A desk that was written from a page of prose with the documentation alone keeps its tests."""

from __future__ import annotations

from pathlib import Path

import pytest
from desk_under_test import run
from typer.testing import CliRunner

from bot.cli import app

KESTREL = Path(__file__).resolve().parents[1] / "data" / "kestrel"


@pytest.mark.long
def test_desk_of_an_invented_company_passes_its_tests() -> None:
    """Every promise of its page that a test can show is shown."""
    result = run(KESTREL)

    assert "24 tests pass" in result.output, result.output


@pytest.mark.long
def test_check_has_nothing_to_say_of_it() -> None:
    """It loads without a warning: every rule is tested in both directions."""
    result = CliRunner().invoke(app, ["check", "--policy", str(KESTREL)])

    assert result.exit_code == 0
    assert "warning" not in result.output, result.output
