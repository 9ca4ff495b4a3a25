# SPDX-License-Identifier: GPL-3.0-or-later
"""Shows what rules publish on the customers' portal, renews it, and takes it down.

It stands in the banner beside the helpdesk's outage and incidents of the product. It ends with the
announced works, with the outage its rule asked for, or by a person's word.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from bot.handlers.handled import Handled
from bot.handlers.outage_notices import admin_messages
from bot.handlers.sending import send
from bot.rules.actions import Notice, Outgoing, Reason, Timer, Urgency
from bot.rules.engine import CompiledPolicy
from bot.rules.events import Event
from bot.rules.outage_state import OutageState, from_row
from bot.rules.policy import Publication
from bot.rules.portal_notices import (
    PORTAL,
    PortalNotice,
    PortalNoticeEnded,
    after_time,
    filled,
    next_due,
)
from bot.rules.situation import Situation
from bot.store.portal_notices import (
    forget_notice,
    forget_occasion,
    keep_gap,
    keep_occasion,
    load_beside,
    portal_notices,
    save_notice,
    was_for,
)
from bot.store.transaction import Transaction
from bot.texts.banner_file import portal_banner

OUTAGE = "outage"
"""The name under which the store keeps the outage machine's state."""
TIMER = "portal_notices"


def publish(
    publications: Iterable[Publication],
    situation: Situation,
    tx: Transaction,
    compiled: CompiledPolicy,
    *,
    now: datetime,
    works: str = "",
) -> None:
    """Show each once for its ticket, its announcement or its outage; `works` is what ends them."""
    wanted = [each for each in publications if each.where == PORTAL]
    shown = [
        each.template
        for each in wanted
        if _publish(each, situation, tx, compiled, now=now, works=works)
    ]
    if shown:
        _show(situation.key, tx, compiled, now=now)


def end_portal_notice(
    event: Event,
    order: PortalNoticeEnded,
    tx: Transaction,
    compiled: CompiledPolicy,
    *,
    now: datetime,
) -> Handled:
    """Take a notice down by a person's word; it stays down for what it was shown for."""
    over = [each for each in portal_notices(tx) if each.name == order.name]
    if not over:
        return Handled(f"nothing is shown as {order.name}"[:200])
    _end(over, order.by, event.key, tx, compiled, now=now)
    _show(event.key, tx, compiled, now=now)
    return Handled(f"took down {order.name}"[:200])


def end_of_works(
    works: str, event: Event, tx: Transaction, compiled: CompiledPolicy, *, now: datetime
) -> None:
    """Take down what is about works that a person ended, or announced anew."""
    over = [each for each in portal_notices(tx) if works and each.works == works]
    if over:
        _end(over, f"works {works}", event.key, tx, compiled, now=now)
        _show(f"{event.key}/over", tx, compiled, now=now)


def end_with_outage(
    state: OutageState, tx: Transaction, compiled: CompiledPolicy, *, now: datetime
) -> None:
    """Take down what rules said of an outage that is over; it comes back if that does."""
    over = [each for each in portal_notices(tx) if state.incident and each.outage == state.incident]
    for each in over:
        forget_occasion(each.name, _of_outage(state.incident), tx)
    if over:
        _end(over, OUTAGE, _of_outage(state.incident), tx, compiled, now=now)
        _show(_of_outage(state.incident), tx, compiled, now=now)


def fire_portal_notices(tx: Transaction, compiled: CompiledPolicy, *, now: datetime) -> str:
    """Renew what is shown at half its life, and take down what is over."""
    before = portal_notices(tx)
    after = after_time(before, compiled.policy.outage.banner_valid, now)
    over = [each for each in before if each.is_over(now)]
    _end(over, "time", TIMER, tx, compiled, now=now)
    for each in after:
        save_notice(each, tx)
    if after == before:
        _set_timer(tx, compiled)
        return "nothing due"
    _show(TIMER, tx, compiled, now=now)
    return f"renewed {len(after)}, took down {len(over)}"


def _publish(
    wanted: Publication,
    situation: Situation,
    tx: Transaction,
    compiled: CompiledPolicy,
    *,
    now: datetime,
    works: str,
) -> bool:
    name, policy = wanted.template, compiled.policy
    until = situation.maintenance.ends_at if situation.maintenance is not None else None
    outage = _outage(wanted, situation, tx)
    occasion = _of_outage(outage) if outage else _occasion(situation)
    if was_for(name, occasion, tx) or (until is not None and until <= now):
        return False
    keep_occasion(name, occasion, now, tx)
    texts, empty = filled(policy.templates.get(name, {}), policy.outage.mailbox)
    if empty and keep_gap(name, empty, policy.digest, now, tx):
        _tell_of_gap(name, empty, occasion, tx, compiled, now=now)
    if not texts:
        _write(name, f"not shown: {empty}", "rules", situation.key, tx, compiled, now=now)
        return False
    main = policy.language if policy.language in texts else next(iter(texts))
    new = PortalNotice(name, texts, main, now, now, until, outage, works)
    known = [each for each in portal_notices(tx) if each.name == name]
    for each in known:
        # Customers read one wording of it, the newest.
        save_notice(replace(each, texts=texts, main=main), tx)
    since = min([now, *(each.since for each in known if each.reason == new.reason)])
    save_notice(replace(new, since=since), tx)
    _write(name, "shown on the portal", "rules", situation.key, tx, compiled, now=now)
    return True


def _outage(wanted: Publication, situation: Situation, tx: Transaction) -> int:
    """The outage that a rule asked for and that holds, 0 for none."""
    if not wanted.is_of_outage or situation.helpdesk_state != "down":
        return 0
    return from_row(tx.states.load(OUTAGE)).incident


def _occasion(situation: Situation) -> str:
    """What a notice is shown for: the ticket, however often it is decided; else the event."""
    is_works = situation.maintenance is not None
    return situation.key if is_works else f"ticket:{situation.ticket.ticket_id}"


def _of_outage(number: int) -> str:
    return f"outage:{number}"


def _tell_of_gap(
    name: str,
    empty: str,
    occasion: str,
    tx: Transaction,
    compiled: CompiledPolicy,
    *,
    now: datetime,
) -> None:
    """Those who look after Deskmate hear once which text customers do not read, and why."""
    reason = f"not_published:{name}, {empty}"
    for row in admin_messages(compiled, now=now):
        if isinstance(row.message, Notice):
            key = f"published/{name}/{occasion}/{row.destination}"
            told = replace(row, key=key, message=replace(row.message, reason=reason))
            send((told,), tx, compiled, now=now)


def _end(
    over: Sequence[PortalNotice],
    by: str,
    key: str,
    tx: Transaction,
    compiled: CompiledPolicy,
    *,
    now: datetime,
) -> None:
    """Each goes for its own reason; customers still read what is shown for another one too."""
    names = dict.fromkeys(each.name for each in over)
    for each in over:
        forget_notice(each, tx)
    left = {each.name for each in portal_notices(tx)}
    for name in names:
        what = "stays on the portal for another reason" if name in left else "taken down"
        _write(name, what, by, key, tx, compiled, now=now)


def _show(key: str, tx: Transaction, compiled: CompiledPolicy, *, now: datetime) -> None:
    """The portal's banner as it is after `key`, and the instant of the next look at it."""
    beside, outage = load_beside(tx, now), from_row(tx.states.load(OUTAGE))
    banner = portal_banner(outage, beside, compiled.policy, now)
    tx.outbox.add(
        Outgoing(
            key=f"published/{key}@{now.isoformat()}",
            destination="portal",
            order_key="portal",
            message=banner,
            urgency=Urgency.CRITICAL,
        ),
        now,
    )
    _set_timer(tx, compiled)


def _set_timer(tx: Transaction, compiled: CompiledPolicy) -> None:
    due = next_due(portal_notices(tx), compiled.policy.outage.banner_valid)
    if due is None:
        tx.timers.stop(TIMER)
    else:
        tx.timers.set(Timer(key=TIMER, kind=TIMER, due_at=due))


def _write(
    name: str,
    what: str,
    by: str,
    key: str,
    tx: Transaction,
    compiled: CompiledPolicy,
    *,
    now: datetime,
) -> None:
    tx.journal.add(
        at=now,
        subject=f"portal:{name}",
        event_key=key,
        policy_hash=compiled.policy.digest,
        reasons=(Reason(by),),
        summary=f"{name}: {what}",
    )
