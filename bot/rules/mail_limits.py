# SPDX-License-Identifier: GPL-3.0-or-later
"""How many mails of ours may go out, when so many come in that each is no news by itself, and how
many files go along."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
ACKS_PER_SENDER_AND_HOUR = 3
ACKS_PER_SENDER_AND_DAY = 5
ACKS_PER_MINUTE = 60
STORM_WINDOW = timedelta(minutes=10)
STORM_MAILS = 200
STORM_OF_ONE_SENDER = 20
FILES_OF_MAIL = 10
FILES_OF_CASE = 20


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """An acknowledgement that was sent."""

    at: datetime
    sender: str


def may_acknowledge(sender: str, sent: Sequence[Acknowledged], now: datetime) -> bool:
    """Whether this sender may be sent one more; `sent` are theirs of the last day, or more."""
    theirs = [each.at for each in sent if each.sender == sender]
    return (
        sum(now - at < HOUR for at in theirs) < ACKS_PER_SENDER_AND_HOUR
        and sum(now - at < DAY for at in theirs) < ACKS_PER_SENDER_AND_DAY
    )


def acknowledge_at(sent: Sequence[Acknowledged], now: datetime) -> datetime:
    """When the next acknowledgement may go out: at most so many within any minute.

    `sent` holds the last of all, those that wait for their instant too, so a flood is answered
    later, not never; as many as may go out in a minute are enough.
    """
    latest = sorted(each.at for each in sent if each.at > now - MINUTE)
    if len(latest) < ACKS_PER_MINUTE:
        return now
    return max(now, latest[-ACKS_PER_MINUTE] + MINUTE)


def is_storm(mails: int, of_sender: int) -> bool:
    """Whether staff get one digest a minute instead of a message for each case.

    `mails` came within `STORM_WINDOW`, `of_sender` of this one sender within an hour.
    """
    return mails > STORM_MAILS or of_sender > STORM_OF_ONE_SENDER


def files_fit(mails: Sequence[int]) -> tuple[bool, ...]:
    """Of which mails of a case, each with so many files, the files go along.

    Those of one mail go together. Where they would be too many in the case they stay in the spool.
    """
    fitting: list[bool] = []
    left = FILES_OF_CASE
    for files in mails:
        count = min(files, FILES_OF_MAIL)
        fitting.append(0 < count <= left)
        left -= count if fitting[-1] else 0
    return tuple(fitting)
