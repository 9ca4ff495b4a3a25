# SPDX-License-Identifier: GPL-3.0-or-later
"""What is asked of the helpdesk to see whether it is there, and what its answers mean."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Verdict(StrEnum):
    """What one probe's answer means (thresholds and reasons: docs/outages.md)."""

    OK = "ok"
    DOWN = "down"
    SLOW = "slow"
    THROTTLED = "throttled"
    CREDENTIALS = "credentials"
    MISCONFIGURED = "misconfigured"
    NOT_ASKED = "not_asked"


class Flag(StrEnum):
    """What a failing probe saw that a person should know, because it may not be the helpdesk."""

    CERTIFICATE = "certificate"
    WRONG_CONTENT = "wrong_content"
    NAME = "name"


@dataclass(frozen=True, slots=True)
class ProbeRound:
    """One cycle of probes, judged once all of them ended.

    `edge`, `read` and `write` are the helpdesk's; `witnesses` are other operators' services,
    True where one answered. `detail` is for people; `retry_after` is in seconds. Where we were
    throttled, `own_share` is what we asked for in the last minute, as a share of our limit.
    """

    edge: Verdict
    read: Verdict
    write: Verdict
    witnesses: tuple[bool, ...] = ()
    detail: str = ""
    retry_after: float | None = None
    flag: Flag | None = None
    own_share: float | None = None


@dataclass(frozen=True, slots=True)
class CanarySeen:
    """The counter that a write probe left came back to us, by `webhook` or by `export`."""

    counter: int
    way: str


@dataclass(frozen=True, slots=True)
class VendorIncident:
    """One thing that the helpdesk's vendor says is wrong; the title is the vendor's words."""

    incident_id: str
    title: str
    is_outage: bool
    started_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class VendorSaid:
    """What the vendor's status page says now; `is_known` False: it could not be read for long."""

    incidents: tuple[VendorIncident, ...] = ()
    is_known: bool = True
