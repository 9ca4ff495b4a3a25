# SPDX-License-Identifier: GPL-3.0-or-later
"""What a rehearsal comes to: a row a step, and what worked, what did not, what was not tried."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any


class Result(StrEnum):
    """How a step ended."""

    OK = "ok"
    FAILED = "failed"
    NOT_TRIED = "not tried"


@dataclass(frozen=True, slots=True)
class DrillStep:
    """One step: what was done, what had to follow, what did; `advice` is what to do about it."""

    name: str
    expected: str
    happened: str
    result: Result
    advice: str = ""


@dataclass(frozen=True, slots=True)
class Drill:
    """A whole rehearsal; `kind` is `sandbox` or `real`, `notes` say what was not as in earnest."""

    kind: str
    desk: str
    at: datetime
    by: str
    steps: tuple[DrillStep, ...]
    seconds: float = 0.0
    notes: tuple[str, ...] = field(default=())

    @property
    def has_failed(self) -> bool:
        """Whether a step failed."""
        return any(each.result is Result.FAILED for each in self.steps)

    def of(self, result: Result) -> tuple[DrillStep, ...]:
        """The steps that ended so."""
        return tuple(each for each in self.steps if each.result is result)

    def counts(self) -> dict[str, int]:
        """How many steps ended how."""
        return {result.value.replace(" ", "_"): len(self.of(result)) for result in Result}

    def row(self) -> dict[str, Any]:
        """The JSON object of `--json`."""
        return {
            "kind": self.kind,
            "desk": self.desk,
            "at": self.at.isoformat(timespec="seconds"),
            "by": self.by,
            "seconds": round(self.seconds, 1),
            **self.counts(),
            "steps": [
                {
                    "step": each.name,
                    "expected": each.expected,
                    "happened": each.happened,
                    "result": each.result.value,
                    "advice": each.advice,
                }
                for each in self.steps
            ],
            "notes": list(self.notes),
        }


def worked(name: str, expected: str, happened: str) -> DrillStep:
    """A step that went as it should."""
    return DrillStep(name, expected, happened, Result.OK)


def failed(name: str, expected: str, happened: str, advice: str = "") -> DrillStep:
    """A step that did not."""
    return DrillStep(name, expected, happened, Result.FAILED, advice)


def not_tried(name: str, why: str, advice: str = "") -> DrillStep:
    """A step that could not be tried, and why."""
    return DrillStep(name, "", why, Result.NOT_TRIED, advice)


def judged(name: str, expected: str, happened: str, is_ok: bool, advice: str = "") -> DrillStep:
    """A step by whether it holds."""
    return worked(name, expected, happened) if is_ok else failed(name, expected, happened, advice)


def said_of(length: timedelta | None) -> str:
    """A length for people: `45 s`, `2 min`, `1 min 30 s`, `2 h 05 min`."""
    if length is None:
        return "more than a day"
    seconds = round(length.total_seconds())
    if seconds < 60:
        return f"{seconds} s"
    minutes, rest = divmod(seconds, 60)
    if minutes >= 60:
        return f"{minutes // 60} h {minutes % 60:02d} min"
    return f"{minutes} min {rest} s" if rest else f"{minutes} min"


def listed(names: Iterable[str]) -> str:
    """Names for people: `a, b and c`; `nobody` for none."""
    *most, last = [*names] or ["nobody"]
    return f"{', '.join(most)} and {last}" if most else last
