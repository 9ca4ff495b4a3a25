# SPDX-License-Identifier: GPL-3.0-or-later
"""One notice in the place of many that were missed: how many, since when, what is still open."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from bot.rules.actions import Notice, NoticeKind, TicketLine
from bot.texts.render import render


def catch_up_notice(
    missed: Sequence[Notice],
    *,
    since: datetime,
    now: datetime,
    is_open: Callable[[Notice], bool],
) -> Notice:
    """What stands for `missed`, the latest news of each matter.

    An earlier catch-up and a group's message go in whole.

    `missed` has at least one; its language and zone are the reader's.
    """
    earlier = [each for each in missed if each.kind is NoticeKind.CATCH_UP]
    groups = {each.thread: each for each in missed if each.kind is NoticeKind.GROUP}
    whole = [*earlier, *groups.values()]
    plain = [each for each in missed if each.kind not in (NoticeKind.CATCH_UP, NoticeKind.GROUP)]
    latest = {notice.thread: notice for notice in plain}
    lines = dict.fromkeys(line for notice in whole for line in notice.lines)
    lines.update(dict.fromkeys(line_of(each, now) for each in latest.values() if is_open(each)))
    return Notice(
        kind=NoticeKind.CATCH_UP,
        thread=f"catch_up:{now.isoformat()}",
        at=now,
        due_at=min([since, *(each.due_at or now for each in earlier)]),
        soon=len(plain) + sum(each.soon for each in whole),
        lines=tuple(lines),
        language=missed[0].language,
        zone=missed[0].zone,
    )


def line_of(notice: Notice, now: datetime) -> TicketLine:
    """One matter in a list; what is no ticket is named by its headline."""
    if notice.number is None:
        return TicketLine(render(notice, now=now).headline)
    return TicketLine(notice.title, notice.number, notice.due_at, notice.owner)
