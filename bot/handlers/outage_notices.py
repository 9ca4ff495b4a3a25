# SPDX-License-Identifier: GPL-3.0-or-later
"""Who hears what of each step of an outage: our people by their ways, customers by the banner."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.rules.actions import Notice, NoticeKind, Outgoing, Urgency
from bot.rules.delivery import tell
from bot.rules.engine import CompiledPolicy
from bot.rules.outage_due import unseen_since
from bot.rules.outage_state import OutageState, Phase, Step
from bot.rules.policy import Policy
from bot.rules.portal_notices import NOTHING_ELSE, Beside
from bot.rules.probes import Flag
from bot.texts.banner_file import portal_banner

UNNUMBERED = f"outage:{OutageState().incident}"
"""The thread of what is told before an outage has a number."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What led to a step: what the probes saw (`detail`, `flag`), or a person's word (`said`)."""

    detail: str = ""
    said: str = ""
    flag: Flag | None = None


def admin_messages(compiled: CompiledPolicy, *, now: datetime) -> tuple[Outgoing, ...]:
    """One message to each who looks after Deskmate, by each of their ways; the sender fills it."""
    notice = _notice(
        NoticeKind.ADMIN, OutageState(), compiled, now, due_at=None, reason="undelivered"
    )
    return _tell_staff(Step.CREDENTIALS_REFUSED, replace(notice, thread="admin"), compiled, now)


_DOWN_REASONS = {
    Step.RELAPSED: "relapsed",
    Step.REOPENED: "reopened",
    Step.REMIND: "still_down",
    Step.DECLARED_BY_HAND: "declared_by_hand",
    Step.DECLARATION_OVER: "declaration_over",
    Step.STILL_FAILING: "still_failing",
    Step.OVERRUN: "overrun",
}
_FLAG_REASONS = {
    Flag.CERTIFICATE: "seen_certificate",
    Flag.WRONG_CONTENT: "seen_wrong_content",
    Flag.NAME: "seen_name",
}
_UP_REASONS = {
    Step.ANSWERING_AGAIN: "answering_again",
    Step.RECOVERED: "recovered",
    Step.CLEARED_BY_HAND: "cleared_by_hand",
    Step.ASKS_TO_CLEAR: "asks_to_clear",
}


def outgoing(
    step: Step,
    state: OutageState,
    compiled: CompiledPolicy,
    seen: Seen,
    *,
    now: datetime,
    beside: Beside = NOTHING_ELSE,
) -> tuple[Outgoing, ...]:
    """What one step sends; where a person's word led to it, that is told once.

    `beside` is what else stands in the portal's banner.
    """
    match step:
        case Step.DECLARED | Step.REOPENED | Step.RELAPSED | Step.OVERRUN if seen.said:
            return ()
        case Step.MAINTENANCE:
            return _tell_calmly(step, "helpdesk_away", state, compiled, now)
        case Step.ANSWERING_AGAIN if state.is_announced:
            return ()
        case Step.RECOVERED if state.is_announced:
            return _tell_calmly(step, "helpdesk_back", state, compiled, now)
        case Step.REMIND if state.phase is Phase.RECOVERING:
            notice = _admin_notice("recovery_unseen", state, compiled, seen, now)
            return _tell_staff(step, notice, compiled, now)
        case Step.RECOVERED if seen.said:
            return _banner(state, compiled, now, beside)
        case (
            Step.DECLARED | Step.REOPENED | Step.RELAPSED | Step.REMIND
            | Step.DECLARED_BY_HAND | Step.DECLARATION_OVER | Step.STILL_FAILING | Step.OVERRUN
        ):  # fmt: skip
            seen = replace(seen, said=state.works_said) if step is Step.OVERRUN else seen
            notice = _down_notice(step, state, compiled, seen, now)
            return _tell_staff(step, notice, compiled, now)
        case Step.ANSWERING_AGAIN | Step.CLEARED_BY_HAND | Step.ASKS_TO_CLEAR | Step.RECOVERED:
            notice = _up_notice(step, state, compiled, seen.said or state.declared_by, now)
            return (
                *_tell_staff(step, notice, compiled, now),
                *(_banner(state, compiled, now, beside) if step is Step.RECOVERED else ()),
            )
        case Step.CREDENTIALS_REFUSED:
            notice = _admin_notice("credentials", OutageState(), compiled, seen, now)
            return _tell_staff(step, notice, compiled, now)
        case Step.TAKES_IN | Step.TAKES_IN_NO_MORE:
            notice = _admin_notice(step.value, state, compiled, seen, now)
            return _tell_staff(step, notice, compiled, now)
        case Step.STAYS_BLIND | Step.SIGHT_BACK:
            return _sight_messages(step, state, compiled, seen, now)
        case Step.SHOW_BANNER | Step.RENEW_BANNER:
            return _banner(state, compiled, now, beside)
        case _:
            return ()


def sight_thread(state: OutageState) -> str:
    """The thread of one time in which our own line was dead."""
    since = state.dark_since
    return f"sight:{since.isoformat(timespec='seconds') if since else ''}"


def _sight_messages(
    step: Step, state: OutageState, compiled: CompiledPolicy, seen: Seen, now: datetime
) -> tuple[Outgoing, ...]:
    """Our own line is dead, or is back; what could not go out through it is obsolete then."""
    since, is_dark = state.dark_since or now, step is Step.STAYS_BLIND
    minutes = (now - since) // timedelta(minutes=1)
    notice = _notice(
        NoticeKind.ADMIN, state, compiled, now, due_at=since if is_dark else None,
        reason=step.value if is_dark else f"{step}:{minutes}", quote=seen.detail if is_dark else "",
        next_step="look_elsewhere" if is_dark else "",
    )  # fmt: skip
    rows = _tell_staff(step, replace(notice, thread=sight_thread(state)), compiled, now)
    return tuple(replace(row, is_obsolete_when_done=is_dark) for row in rows)


def part_messages(
    code: str, compiled: CompiledPolicy, *, detail: str, now: datetime
) -> tuple[Outgoing, ...]:
    """One message to staff that a part of the helpdesk fails, or works again."""
    notice = _notice(
        NoticeKind.ADMIN, OutageState(), compiled, now, due_at=None, reason=code, quote=detail
    )
    return _tell_staff(code, replace(notice, thread="degraded"), compiled, now)


def vendor_messages(
    compiled: CompiledPolicy, *, detail: str, now: datetime
) -> tuple[Outgoing, ...]:
    """A note that the vendor reports an outage that our probes do not see; nothing follows."""
    notice = _notice(
        NoticeKind.ADMIN, OutageState(), compiled, now, due_at=None, reason="vendor_says",
        quote=detail,
    )  # fmt: skip
    key = f"vendor@{now.isoformat()}"
    return tell(
        compiled.policy.outage.tell, replace(notice, thread="vendor"), compiled, key=key, now=now,
        urgency=Urgency.NORMAL,
    )  # fmt: skip


def _tell_calmly(
    step: Step, code: str, state: OutageState, compiled: CompiledPolicy, now: datetime
) -> tuple[Outgoing, ...]:
    """One message to staff that the helpdesk is away as announced, or back: nobody is paged."""
    outage = compiled.policy.outage
    notice = _notice(
        NoticeKind.MAINTENANCE, state, compiled, now, due_at=state.works_told,
        reason=_coded(code, state.works_said),
        next_step=f"mailbox:{outage.mailbox}" if outage.mailbox and code == "helpdesk_away" else "",
    )  # fmt: skip
    notice = replace(notice, title="helpdesk")
    key = f"{notice.thread}/{step}@{now.isoformat()}"
    return tell(outage.tell, notice, compiled, key=key, now=now)


def _tell_staff(
    step: str, notice: Notice, compiled: CompiledPolicy, now: datetime
) -> tuple[Outgoing, ...]:
    """Tell the people of `helpdesk_down.tell`, and the escalation mailbox, which staff read."""
    outage = compiled.policy.outage
    key = f"{notice.thread}/{step}@{now.isoformat()}"
    rows = tell(outage.tell, notice, compiled, key=key, now=now, urgency=Urgency.CRITICAL)
    if outage.links_by_mail and notice.kind is NoticeKind.HELPDESK_DOWN:
        rows = tuple(_with_page(row, compiled.policy) for row in rows)
    if not outage.mailbox:
        return rows
    destination = f"mail:{outage.mailbox}"
    if any(row.destination == destination for row in rows):
        return rows
    return (
        *rows,
        Outgoing(
            key=f"{key}/{destination}",
            destination=destination,
            order_key=f"{destination}/{notice.thread}",
            message=notice,
            urgency=Urgency.CRITICAL,
        ),
    )


def _with_page(row: Outgoing, policy: Policy) -> Outgoing:
    """The row with the address at which its person reads a link of theirs; nobody else may."""
    notice = row.message
    person = policy.people.get(notice.recipient) if isinstance(notice, Notice) else None
    if not isinstance(notice, Notice) or person is None or not person.mail:
        return row
    return replace(row, message=replace(notice, page_for=f"mail:{person.mail}"))


def _down_notice(
    step: Step,
    state: OutageState,
    compiled: CompiledPolicy,
    seen: Seen,
    now: datetime,
) -> Notice:
    flagged = _FLAG_REASONS[seen.flag] if seen.flag is not None else ""
    began = state.first_failure_at or now
    mailbox = compiled.policy.outage.mailbox
    return _notice(
        NoticeKind.HELPDESK_DOWN,
        state,
        compiled,
        now,
        due_at=began,
        reason=_coded(_DOWN_REASONS.get(step, flagged), seen.said),
        quote=seen.detail,
        next_step=f"mailbox:{mailbox}" if mailbox else "",
    )


def _up_notice(
    step: Step, state: OutageState, compiled: CompiledPolicy, said: str, now: datetime
) -> Notice:
    began = state.first_failure_at or now
    reason = _coded(_UP_REASONS[step], said)
    return _notice(NoticeKind.HELPDESK_UP, state, compiled, now, due_at=began, reason=reason)


def _coded(code: str, said: str) -> str:
    return f"{code}:{said}" if code and said else code


def _admin_notice(
    reason: str, state: OutageState, compiled: CompiledPolicy, seen: Seen, now: datetime
) -> Notice:
    next_step = "" if reason == Step.TAKES_IN_NO_MORE else "check_online"
    if reason == "recovery_unseen":
        next_step = "look_or_clear"
        reason = f"{reason}:{(now - unseen_since(state)) // timedelta(minutes=1)}"
    return _notice(
        NoticeKind.ADMIN, state, compiled, now, due_at=None, reason=reason, quote=seen.detail,
        next_step=next_step,
    )  # fmt: skip


def _notice(
    kind: NoticeKind,
    state: OutageState,
    compiled: CompiledPolicy,
    now: datetime,
    *,
    due_at: datetime | None,
    reason: str,
    quote: str = "",
    next_step: str = "",
) -> Notice:
    policy = compiled.policy
    return Notice(
        kind=kind,
        thread=f"outage:{state.incident}",
        at=now,
        due_at=due_at,
        reason=reason,
        quote=quote,
        next_step=next_step,
        language=policy.language,
        zone=policy.zone,
    )


def _banner(
    state: OutageState, compiled: CompiledPolicy, now: datetime, beside: Beside
) -> tuple[Outgoing, ...]:
    if not compiled.policy.outage.banner:
        return ()
    banner = portal_banner(state, beside, compiled.policy, now)
    verb = "shown" if state.is_banner_shown else "withdrawn"
    return (
        Outgoing(
            key=f"outage:{state.incident}/banner/{verb}@{now.isoformat()}",
            destination="portal",
            order_key="portal",
            message=banner,
            urgency=Urgency.CRITICAL,
        ),
    )
