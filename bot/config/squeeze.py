# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes a copy of a desk's folder for a rehearsal: the same policy, with its waits cut to seconds.

What is changed: how often the helpdesk is asked, how long it must fail or work before that counts,
how long a way to people may take, and what would reach out of a sandbox (witnesses, the check of
the mail intake). Everything else is what the desk wrote.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.config.load import BESIDE
from bot.config.yaml_nodes import Node, read_yaml

SECONDS = {
    "interval": 1, "interval_suspect": 1, "declare_after": 2, "recover_after": 2, "hold": 3,
    "hold_greatest": 12, "release_after": 1, "banner_after": 4, "banner_valid": 60,
    "write_probe_every": 20,
}  # fmt: skip
"""The waits of `helpdesk_down:` in a rehearsal; how many rounds must fail or work stays."""
LEFT_OUT = ("witnesses", "intake", "reminder_every")
PER_MINUTE = 240
FALLBACK_AFTER = "5s"
POLL_EVERY = "2s"


@dataclass(frozen=True, slots=True)
class Squeezed:
    """What the copy is told beside the times: the sandbox's canary ticket, if the desk has one."""

    canary: int | None = None


def write_squeezed(folder: Path, target: Path, told: Squeezed) -> None:
    """Write the copy of `folder`, a policy without mistakes, into the empty folder `target`.

    Files that are read beside the YAML (rosters, facts, articles) are linked, never copied.
    """
    target.mkdir(parents=True, exist_ok=True)
    is_asked_often = False
    for file in sorted(folder.resolve().iterdir()):
        if file.suffix not in (".yaml", ".yml") or file.name in BESIDE or not file.is_file():
            if not file.name.startswith("."):
                (target / file.name).symlink_to(file)
            continue
        node, _ = read_yaml(file.read_text("utf-8-sig"), str(file))
        values = _plain(node)
        assert isinstance(values, dict), "the policy was loaded before, so its files are mappings"
        _squeeze(values, told)
        is_asked_often = is_asked_often or "helpdesk_down" in values
        # JSON is YAML too, and says of every text that it is one.
        (target / file.name).write_text(json.dumps(values, ensure_ascii=False, indent=1), "utf-8")
    usual: dict[str, Any] = {"poll_every": POLL_EVERY}
    if not is_asked_often:
        usual["helpdesk_down"] = _outage({})
    (target / "rehearsal-times.yaml").write_text(json.dumps(usual), "utf-8")


def _squeeze(values: dict[str, Any], told: Squeezed) -> None:
    values.pop("poll_every", None)
    if "helpdesk_down" in values:
        values["helpdesk_down"] = _outage(values["helpdesk_down"] or {})
    if "helpdesk" in values:
        values["helpdesk"] = _helpdesk(values["helpdesk"] or {}, told)
    for person in (values.get("people") or {}).values():
        person["fallback_after"] = FALLBACK_AFTER


def _outage(written: Mapping[str, Any]) -> dict[str, Any]:
    kept = {key: value for key, value in written.items() if key not in LEFT_OUT}
    times = {key: f"{seconds}s" for key, seconds in SECONDS.items()}
    return {**kept, **times, "backfill_per_minute": PER_MINUTE}


def _helpdesk(written: Mapping[str, Any], told: Squeezed) -> dict[str, Any]:
    """Fields that the desk names by number have that number as their title in the sandbox."""
    found = dict(written)
    if "canary" in found and told.canary is not None:
        found["canary"] = told.canary
    for key in ("category", "code", "plan", "region"):
        if key in found:
            found[key] = title_of(str(found[key]))
    if "fields" in found:
        found["fields"] = {own: title_of(str(ref)) for own, ref in found["fields"].items()}
    return found


def title_of(reference: str) -> str:
    """How the sandbox's helpdesk calls a field that the policy names by title or by number."""
    return f"field {reference}" if reference.isdecimal() else reference


def _plain(node: Node) -> Any:
    match node.value:
        case Mapping() as entries:
            return {name: _plain(entry.node) for name, entry in entries.items()}
        case tuple() as nodes:
            return [_plain(each) for each in nodes]
        case value:
            return value
