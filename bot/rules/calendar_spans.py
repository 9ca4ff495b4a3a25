# SPDX-License-Identifier: GPL-3.0-or-later
"""The stretches of time that explain an answer: what was counted, what was skipped, and why."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class SpanKind(StrEnum):
    """Why a span of time was counted or skipped."""

    COUNTED = "counted"
    CLOSED = "closed"
    HOLIDAY = "holiday"
    SWITCHED = "switched"
    PAUSED = "paused"


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of time, counted or skipped; `why` names the holiday or somebody's reason."""

    start: datetime
    end: datetime
    kind: SpanKind
    why: str = ""

    @property
    def seconds(self) -> int:
        """Its length in elapsed seconds."""
        return int((self.end - self.start).total_seconds())
