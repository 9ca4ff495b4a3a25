# SPDX-License-Identifier: GPL-3.0-or-later
"""Each key of a line of `deskmate decide` is heard, and each key of its answer is said."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.commands.decide import decide_lines
from bot.config.load import Loaded, load_policy
from bot.rules.engine import CompiledPolicy, compile_policy

HERE = Path(__file__).parent
DOCUMENT = (HERE.parents[1] / "docs" / "decide.md").read_text("utf-8")
LINES = yaml.safe_load((HERE / "decide_lines.yaml").read_text("utf-8"))
AT = {"at": "2026-03-10T10:00:00+01:00"}


@pytest.fixture(scope="module")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> CompiledPolicy:
    """The desk with a rule for each key."""
    folder = tmp_path_factory.mktemp("desk")
    (folder / "rules.yaml").write_bytes((HERE / "decide_desk.yaml").read_bytes())
    loaded = load_policy(folder, this_year=2026)
    assert isinstance(loaded, Loaded), [str(problem) for problem in loaded]
    return compile_policy(loaded.policy)


@pytest.mark.parametrize("entry", LINES, ids=lambda entry: entry["key"])
def test_key_is_heard_and_answered(compiled: CompiledPolicy, entry: dict[str, Any]) -> None:
    """The answer to a line that is about one key holds what the table says."""
    line = entry["line"] if "created_at" in entry["line"] else AT | entry["line"]

    [answer] = decide_lines(compiled, [json.dumps(line).encode()])

    assert "error" not in answer, answer
    for path, wanted in entry["answer"].items():
        got = _behind(answer, path)
        match wanted:
            case {"has": value}:
                assert value in got
            case {"lacks": value}:
                assert value not in got
            case _:
                assert wanted == got, path


def test_every_documented_key_has_a_line() -> None:
    """Whatever docs/decide.md names as a key stands in the table."""
    cells = re.findall(r"^\| (`[^|]+) \|", DOCUMENT, re.MULTILINE)
    documented = {name for cell in cells for name in re.findall(r"`(\w+)`", cell)}

    assert documented - {entry["key"] for entry in LINES} - {"context"} == set()


def _behind(answer: Any, path: str) -> Any:
    for part in path.split("."):
        answer = answer[int(part)] if part.isdecimal() else answer[part]
    return answer
