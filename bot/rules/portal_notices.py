# SPDX-License-Identifier: GPL-3.0-or-later
"""What rules show to customers on the portal (`publish:`), beside outages and incidents; pure.

A notice is named after its template, so that two rules that say the same say it once. It ends with
the works that it is about, with the outage that its rule asked for, or by a person's word. What is
shown for two reasons is kept for each of them, and each ends by itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from bot.rules.incident_values import Incident

PORTAL = "web_portal"
"""The one place where rules can publish."""
FILLED_ON_THE_PORTAL = ("mailbox",)
"""What is filled in there; a customer's subject or number is nobody else's to read."""
_PLACE_TO_FILL = re.compile(r"\{[a-z_][a-z0-9_.]*\}")


@dataclass(frozen=True, slots=True)
class PortalNotice:
    """One notice for one reason; `main` is the language for those that have no text of theirs.

    `until` is the end of the works, None where a person ends it. `outage` is the number of the
    outage that it ends with, 0 for none. `works` is what a person called the works.
    """

    name: str
    texts: Mapping[str, str]
    main: str
    since: datetime
    renewed_at: datetime
    until: datetime | None = None
    outage: int = 0
    works: str = ""

    @property
    def reason(self) -> str:
        """What ends it beside a person's word; one of a name is kept for each reason."""
        if self.outage:
            return f"outage:{self.outage}"
        if self.works:
            return f"works:{self.works}"
        return "word" if self.until is None else f"until:{self.until.astimezone(UTC).isoformat()}"

    def is_over(self, now: datetime) -> bool:
        """Whether its own end has come."""
        return self.until is not None and self.until <= now

    def valid_until(self, valid: timedelta) -> datetime:
        """When it takes itself down without us: never after its own end."""
        alone = self.renewed_at + valid
        return alone if self.until is None else min(alone, self.until)

    def text_for(self, code: str) -> str:
        """Its words in a language, or in the desk's own; nobody reads a gap."""
        return self.texts.get(code) or self.texts[self.main]


@dataclass(frozen=True, slots=True)
class PortalNoticeEnded:
    """A person takes down what a rule shows on the portal; `name` is the template's."""

    name: str
    by: str


@dataclass(frozen=True, slots=True)
class Beside:
    """What the portal says beside the helpdesk's outage."""

    incidents: tuple[Incident, ...] = ()
    notices: tuple[PortalNotice, ...] = ()


NOTHING_ELSE = Beside()


def filled(texts: Mapping[str, str], mailbox: str | None) -> tuple[dict[str, str], str]:
    """The texts that can be shown, and why the others cannot: the first place left empty."""
    found, empty = {}, "" if texts else "no text"
    for code, text in texts.items():
        whole = text.replace("{mailbox}", mailbox) if mailbox else text
        left = _PLACE_TO_FILL.search(whole)
        if left is None and whole.strip():
            found[code] = whole
        else:
            empty = empty or (f"{code}: {left[0]}" if left else f"{code}: no text")
    return found, empty


def after_time(
    notices: Iterable[PortalNotice], valid: timedelta, now: datetime
) -> tuple[PortalNotice, ...]:
    """Those whose end has not come; one at half its life is renewed."""
    return tuple(
        replace(each, renewed_at=now) if each.renewed_at + valid / 2 <= now else each
        for each in notices
        if not each.is_over(now)
    )


def next_due(notices: Iterable[PortalNotice], valid: timedelta) -> datetime | None:
    """When the next one ends or is renewed, None where there is none."""
    found = [
        min(each.renewed_at + valid / 2, each.until or each.renewed_at + valid) for each in notices
    ]
    return min(found, default=None)
