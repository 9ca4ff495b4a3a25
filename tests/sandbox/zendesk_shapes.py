# SPDX-License-Identifier: GPL-3.0-or-later
"""Compares an answer with a recorded shape: property names and types, no values."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

ANSWERS: list[dict[str, Any]] = json.loads(
    (Path(__file__).parents[1] / "data" / "zendesk-shapes.json").read_text()
)["answers"]

_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")

DOCUMENTED_BEYOND = {
    "custom_field_options": "drop-downs have it; only text fields were recorded",
    "job_type": "recorded with most jobs, not with all",
    "message_id": "audits of tickets made from mail carry it",
}

FREE = (".user_fields", ".organization_fields", ".metadata.custom", ".source.from", ".source.to")
"""Objects whose keys every account names for itself, and addresses, which depend on the channel."""


def mismatches(shape: Any, value: Any, where: str = "$") -> list[str]:
    """Where `value` departs from `shape`, one line each; empty when it fits."""
    kinds = _alternatives(shape)
    if value is None:
        is_free = kinds & {"null", "nothing seen"}
        return [] if is_free else [f"{where}: null, recorded {sorted(kinds)}"]
    if kinds <= {"null", "nothing seen"} and not isinstance(shape, dict):
        return []
    if isinstance(shape, dict) and "object" in shape and isinstance(value, dict):
        return _object_mismatches(shape["object"], value, where)
    if isinstance(shape, dict) and "array_of" in shape and isinstance(value, list):
        return [
            line
            for place, each in enumerate(value)
            for line in mismatches(shape["array_of"], each, f"{where}[{place}]")
        ]
    found = _kinds_of(value)
    return [] if found & kinds else [f"{where}: {sorted(found)}, recorded {sorted(kinds)}"]


def _object_mismatches(shape: dict[str, Any], value: dict[str, Any], where: str) -> list[str]:
    if not shape or where.endswith(FREE):
        return []
    known = {name.removesuffix("?"): inner for name, inner in shape.items()}
    lines = [
        f"{where}.{name}: missing" for name in shape if not name.endswith("?") and name not in value
    ]
    for name, inner in value.items():
        if name in known:
            lines += mismatches(known[name], inner, f"{where}.{name}")
        elif name not in DOCUMENTED_BEYOND:
            lines.append(f"{where}.{name}: never recorded")
    return lines


def _alternatives(shape: Any) -> set[str]:
    if isinstance(shape, str):
        return set(shape.split("|"))
    more = shape.get("or", [])
    kinds = set(more.split("|") if isinstance(more, str) else more)
    return kinds | ({"object"} if "object" in shape else {"array"})


def _kinds_of(value: Any) -> set[str]:
    if isinstance(value, bool):
        return {"boolean"}
    if isinstance(value, int):
        return {"integer", "number"}
    if isinstance(value, float):
        return {"number"}
    if isinstance(value, list):
        return {"array"}
    if isinstance(value, dict):
        return {"object"}
    kinds = {"string"}
    if _INSTANT.fullmatch(value):
        kinds.add("string:instant")
    if value.startswith(("http://", "https://")):
        kinds.add("string:url")
    return kinds
