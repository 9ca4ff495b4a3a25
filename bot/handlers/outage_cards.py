# SPDX-License-Identifier: GPL-3.0-or-later
"""Shows an outage three times at most where messages cannot be edited: down, worse, back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from bot.handlers.card_ends import first_lines
from bot.handlers.card_rooms import FEW, are_told_elsewhere, full_ways, keep
from bot.rules.actions import Notice, NoticeKind, Outgoing
from bot.rules.engine import CompiledPolicy
from bot.rules.few_cards import Shown, Weight, after_message
from bot.rules.outage_state import Step
from bot.store.transaction import Transaction

FEW_CARDS = "few_cards/"
"""The state of a room is `few_cards/THREAD/DESTINATION`."""
_OF_ONE_OUTAGE = frozenset({NoticeKind.HELPDESK_DOWN, NoticeKind.HELPDESK_UP})
_CALLS = frozenset(
    {Step.DECLARED, Step.DECLARED_BY_HAND, Step.REOPENED, Step.RELAPSED, Step.OVERRUN}
)
_ENDS = frozenset({Step.RECOVERED, Step.CLEARED_BY_HAND})


def send_of_outage(
    step: Step,
    rows: Sequence[Outgoing],
    tx: Transaction,
    compiled: CompiledPolicy,
    *,
    now: datetime,
) -> None:
    """Send what one step says; what a room of few cards is not shown stands on its last one."""
    for row in rows:
        notice, is_few = row.message, row.destination.partition(":")[0] in FEW
        if is_few and isinstance(notice, Notice) and notice.kind in _OF_ONE_OUTAGE:
            _show(step, row, notice, rows, tx, compiled, now)
        else:
            tx.outbox.add(row, now)


def _show(
    step: Step,
    row: Outgoing,
    notice: Notice,
    rows: Sequence[Outgoing],
    tx: Transaction,
    compiled: CompiledPolicy,
    now: datetime,
) -> None:
    key = f"{FEW_CARDS}{notice.thread}/{row.destination}"
    known = tx.states.load(key) or {}
    since = datetime.fromisoformat(known["since"]) if known else now
    shown = Shown(known.get("cards", 0), known.get("worst", 0), known.get("kept", 0))
    if step in _ENDS:
        lines = first_lines(tx.outbox.of_thread(notice.thread), row.destination, since, compiled)
        tx.outbox.add(replace(row, message=replace(notice, lines=lines)), now)
        tx.states.forget(key)
        return
    weight = Weight.CALL if step in _CALLS else Weight.NEWS
    is_told = are_told_elsewhere(row, rows, compiled)
    has_other_way = bool(row.fallback) or is_told
    verdict = after_message(shown, weight, has_other_way=has_other_way)
    after = verdict.shown
    # A reminder calls nobody: it is enough that another way has it.
    if verdict.is_kept and (has_other_way or full_ways(rows)):
        keep(row, notice, tx, now, is_told_elsewhere=is_told)
    else:
        tx.outbox.add(row, now)
    tx.states.save(key, {"since": since.isoformat(), "cards": after.cards, "worst": after.worst,
                         "kept": after.kept})  # fmt: skip
