# SPDX-License-Identifier: GPL-3.0-or-later
"""What rules show on the portal: `published/NAME/REASON`, and beside it what it was shown for.

`published_for/OCCASION/NAME` stays when the notice is gone: what a person took down for one ticket
or one announcement does not come back for it. A ticket that is done takes its own with it.
`not_published/NAME/..` is a gap that was told.
"""

from __future__ import annotations

from datetime import datetime

from bot.rules.portal_notices import Beside, PortalNotice
from bot.store.incidents import lively_incidents
from bot.store.rows import body_of, column, value_of
from bot.store.transaction import Reader, Transaction

_NOTICE, _OCCASION, _GAP = "published/", "published_for/", "not_published/"
_MOST = 1000
"""More notices than a policy has templates."""


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
    return reader.states.load(_key_of(name, occasion)) is not None


def keep_occasion(name: str, occasion: str, at: datetime, tx: Transaction) -> None:
    """Remember what it was shown for."""
    tx.states.save(_key_of(name, occasion), {"at": at.isoformat()})


def forget_occasion(name: str, occasion: str, tx: Transaction) -> None:
    """Let it be shown for that once more."""
    tx.states.forget(_key_of(name, occasion))


def forget_occasions(occasion: str, tx: Transaction) -> None:
    """Let all be shown for that once more."""
    for key in tx.states.first(_key_of("", occasion), _MOST):
        tx.states.forget(key)


def keep_gap(name: str, empty: str, digest: str, at: datetime, tx: Transaction) -> bool:
    """Remember that a gap was told; False where it was, under the same policy."""
    key = column(f"{_GAP}{name}/{digest}/{empty}")
    if tx.states.load(key) is not None:
        return False
    tx.states.save(key, {"at": at.isoformat()})
    return True


def _key_of(name: str, occasion: str) -> str:
    return column(f"{_OCCASION}{occasion}/{name}")


def _key(notice: PortalNotice) -> str:
    return column(f"{_NOTICE}{notice.name}/{notice.reason}")
