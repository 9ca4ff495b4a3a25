# SPDX-License-Identifier: GPL-3.0-or-later
"""What rules show on the portal: `published/NAME/REASON`, and beside it what it was shown for.

`published_for/NAME/OCCASION` stays when the notice is gone: what a person took down for one ticket
or one announcement does not come back for it.
"""

from __future__ import annotations

from datetime import datetime

from bot.rules.portal_notices import Beside, PortalNotice
from bot.store.incidents import lively_incidents
from bot.store.rows import body_of, column, value_of
from bot.store.transaction import Reader, Transaction

_NOTICE, _OCCASION = "published/", "published_for/"


def portal_notices(reader: Reader) -> tuple[PortalNotice, ...]:
    """Those that are shown, the first one first."""
    found = reader.states.starting_with(_NOTICE).values()
    notices = [value_of(PortalNotice, each["notice"]) for each in found]
    return tuple(sorted(notices, key=lambda each: (each.since, each.name, each.reason)))


def load_beside(reader: Reader, now: datetime) -> Beside:
    """All that the portal says beside the helpdesk's outage."""
    return Beside(lively_incidents(reader, now), portal_notices(reader))


def save_notice(notice: PortalNotice, tx: Transaction) -> None:
    """Write down a notice as it stands."""
    tx.states.save(_key(notice), {"notice": body_of(notice)})


def forget_notice(notice: PortalNotice, tx: Transaction) -> None:
    """Take a notice out, for its own reason only."""
    tx.states.forget(_key(notice))


def was_for(name: str, occasion: str, reader: Reader) -> bool:
    """Whether it was shown for that already."""
    return reader.states.load(f"{_OCCASION}{name}/{occasion}") is not None


def keep_occasion(name: str, occasion: str, at: datetime, tx: Transaction) -> None:
    """Remember what it was shown for."""
    tx.states.save(f"{_OCCASION}{name}/{occasion}", {"at": at.isoformat()})


def forget_occasion(name: str, occasion: str, tx: Transaction) -> None:
    """Let it be shown for that once more."""
    tx.states.forget(f"{_OCCASION}{name}/{occasion}")


def _key(notice: PortalNotice) -> str:
    return column(f"{_NOTICE}{notice.name}/{notice.reason}")
