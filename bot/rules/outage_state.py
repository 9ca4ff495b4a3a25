# SPDX-License-Identifier: GPL-3.0-or-later
"""The words of an outage: its phases, the steps that follow, and every counter that is kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from enum import StrEnum
from typing import Any


class Phase(StrEnum):
    """Where the helpdesk stands, as far as we can see."""

    HEALTHY = "healthy"
    SUSPECT = "suspect"
    DOWN = "down"
    RECOVERING = "recovering"

    @property
    def word(self) -> str:
        """`up` or `down`, the words of `helpdesk.state` in rules and of `deskmate decide`."""
        return "down" if self in (Phase.DOWN, Phase.RECOVERING) else "up"


MAINTENANCE = "maintenance"
"""What people read in place of `down` while the helpdesk is away for announced works."""


class Blind(StrEnum):
    """Why the last round did not count."""

    NO = "no"
    NETWORK = "network"
    CREDENTIALS = "credentials"


class Step(StrEnum):
    """What a decision asks the handler to carry out, in this order."""

    UNOBSERVED = "unobserved"
    SUSPECTED = "suspected"
    CLEARED = "cleared"
    DECLARED = "declared"
    REOPENED = "reopened"
    SHOW_BANNER = "show_banner"
    RENEW_BANNER = "renew_banner"
    REMIND = "remind"
    ANSWERING_AGAIN = "answering_again"
    RELAPSED = "relapsed"
    RELEASE = "release"
    RECOVERED = "recovered"
    BLINDED = "blinded"
    SEEING_AGAIN = "seeing_again"
    STAYS_BLIND = "stays_blind"
    SIGHT_BACK = "sight_back"
    CREDENTIALS_REFUSED = "credentials_refused"
    DECLARED_BY_HAND = "declared_by_hand"
    DECLARATION_OVER = "declaration_over"
    ASKS_TO_CLEAR = "asks_to_clear"
    CLEARED_BY_HAND = "cleared_by_hand"
    STILL_FAILING = "still_failing"
    TAKES_IN = "takes_in"
    TAKES_IN_NO_MORE = "takes_in_no_more"
    MAINTENANCE = "maintenance"
    MAINTENANCE_AGAIN = "maintenance_again"
    OVERRUN = "overrun"


@dataclass(frozen=True, slots=True)
class Works:
    """Announced maintenance of the helpdesk that holds now: until when, and who said why."""

    until: datetime
    said: str


@dataclass(frozen=True, slots=True)
class Round:
    """One counted round, kept as long as the declaring window."""

    at: datetime
    is_failing: bool


@dataclass(frozen=True, slots=True)
class OutageState:
    """Every counter and instant of the machine; stored after each round.

    `first_failure_at` starts the incident's clock, `incident` numbers incidents from 1. Until
    `declared_until` the word of `declared_by` wins over good rounds; until `cleared_until` an
    all-clear by hand wins over failing ones. `turned_away_at`, `unwritten_at` and `takes_in_since`
    belong to `outage_overlays`; `works_until` (of maintenance that holds now), `works_said`,
    `works_told` (the end that our people know) and `is_announced` (the incident is maintenance)
    to `outage_works`. `seen_up_at` is when the helpdesk was last seen to be there before it was
    held for down: how it stood after that, nobody knows yet. `last_good_at` is the last round
    that counted as good: a recovery is seen as far as that, and no further. While `is_dark` our
    people know that we are blind since `dark_since`, which stays until the next time.
    """

    phase: Phase = Phase.HEALTHY
    since: datetime | None = None
    last_round_at: datetime | None = None
    failing_in_a_row: int = 0
    good_in_a_row: int = 0
    first_failure_at: datetime | None = None
    first_good_at: datetime | None = None
    has_written: bool = False
    window: tuple[Round, ...] = ()
    incident: int = 0
    declared_at: datetime | None = None
    recovering_at: datetime | None = None
    healthy_at: datetime | None = None
    relapses: tuple[datetime, ...] = ()
    blind: Blind = Blind.NO
    blind_since: datetime | None = None
    is_banner_shown: bool = False
    banner_renewed_at: datetime | None = None
    reminded_at: datetime | None = None
    is_released: bool = True
    written_at: datetime | None = None
    has_write_failed: bool = False
    declared_by: str = ""
    declared_until: datetime | None = None
    has_asked_to_clear: bool = False
    cleared_until: datetime | None = None
    has_objected: bool = False
    turned_away_at: datetime | None = None
    unwritten_at: datetime | None = None
    takes_in_since: datetime | None = None
    works_until: datetime | None = None
    works_said: str = ""
    works_told: datetime | None = None
    is_announced: bool = False
    seen_up_at: datetime | None = None
    last_good_at: datetime | None = None
    is_dark: bool = False
    dark_since: datetime | None = None

    @property
    def standing(self) -> str:
        """The phase as people read it: away for announced works is no outage."""
        is_away = self.phase is Phase.DOWN and self.is_announced
        return MAINTENANCE if is_away else self.phase.value


@dataclass(frozen=True, slots=True)
class OutageDecision:
    """The next state and the steps to carry out, oldest first."""

    state: OutageState
    steps: tuple[Step, ...] = ()


_INSTANTS = frozenset(
    "since last_round_at first_failure_at first_good_at declared_at recovering_at healthy_at "
    "blind_since banner_renewed_at reminded_at written_at declared_until "
    "cleared_until turned_away_at unwritten_at takes_in_since works_until works_told "
    "seen_up_at last_good_at dark_since".split()
)


def to_row(state: OutageState) -> dict[str, Any]:
    """The state as plain JSON values, for the store."""
    row: dict[str, Any] = {}
    for each in fields(state):
        value = getattr(state, each.name)
        row[each.name] = value.isoformat() if isinstance(value, datetime) else value
    row["window"] = [[seen.at.isoformat(), seen.is_failing] for seen in state.window]
    row["relapses"] = [at.isoformat() for at in state.relapses]
    return row


def from_row(row: Mapping[str, Any] | None) -> OutageState:
    """The state that `to_row` wrote; None and keys of another version give the defaults."""
    if row is None:
        return OutageState()
    known = {each.name for each in fields(OutageState)}
    values = {name: value for name, value in row.items() if name in known}
    for name in _INSTANTS & values.keys():
        values[name] = datetime.fromisoformat(values[name]) if values[name] else None
    values["phase"] = Phase(values.get("phase", Phase.HEALTHY))
    values["blind"] = Blind(values.get("blind", Blind.NO))
    values["window"] = tuple(
        Round(datetime.fromisoformat(at), failing) for at, failing in values.get("window", ())
    )
    values["relapses"] = tuple(datetime.fromisoformat(at) for at in values.get("relapses", ()))
    return OutageState(**values)
