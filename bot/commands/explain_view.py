# SPDX-License-Identifier: GPL-3.0-or-later
"""Shows an explained event: to people as lines, to scripts as one object."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from rich.console import Console

from bot.commands.explanation import Explanation, ladder_levels
from bot.rules.calendar_days import local_time
from bot.rules.delivery import destinations
from bot.rules.engine import CompiledPolicy
from bot.rules.presence import present
from bot.rules.sla import Due, DueKind
from bot.rules.ticket_clocks import TicketClock
from bot.rules.tracing import RuleTrace, Step, Tried
from bot.rules.truth import Truth

MARKS = {Truth.TRUE: "yes", Truth.FALSE: "no", Truth.UNKNOWN: "unknown"}


def show_explanation(console: Console, found: Explanation, compiled: CompiledPolicy) -> None:
    """Print the event, each rule, the fields decided, the clocks and who would be told."""
    _head(console, found, compiled)
    width = max((len(each.rule.rule_id) for each in found.traces), default=0)
    for each in found.traces:
        console.print(f"  {each.rule.rule_id:{width}}  {_verdict(each)}", markup=False)
    for title, lines in (
        ("decided", _decided(found)),
        ("clocks", [_clock_line(each, compiled) for each in found.clocks]),
        ("told", _told_lines(found, compiled)),
    ):
        for number, line in enumerate(lines or ["nothing" if title != "told" else "nobody"]):
            console.print(f"{title if not number else '':8} {line}", markup=False)
    if found.then is not None:
        digest = found.then.policy_hash
        console.print(f"then     under policy {digest}: {_safe(found.then.summary)}", markup=False)


def show_steps(console: Console, found: Explanation, rule_id: str, steps: Sequence[Step]) -> None:
    """Print one rule line by line."""
    traced = _traced(found, rule_id)
    console.print(f"{rule_id}: {_verdict(traced)}", markup=False)
    for step in steps:
        what = "  " * step.depth + _safe(step.what)
        console.print(f"  {MARKS[step.truth]:8} {what}", markup=False)


def explanation_row(
    found: Explanation, compiled: CompiledPolicy, rule_id: str | None, steps: Sequence[Step]
) -> dict[str, Any]:
    """The explanation for scripts; with `rule_id` that rule alone, and its lines."""
    past, decision = found.past, found.decision
    traces = [each for each in found.traces if rule_id in (None, each.rule.rule_id)]
    row: dict[str, Any] = {
        "ticket": past.ticket.number or past.ticket.ticket_id,
        "event": past.number,
        "of": found.total,
        "occasion": past.occasion.value,
        "at": past.at.isoformat(),
        "policy": compiled.policy.digest,
        "rules": [_rule_row(each) for each in traces],
    }
    if rule_id is not None:
        lines = [{"depth": s.depth, "truth": s.truth.value, "what": s.what} for s in steps]
        return {**row, "lines": lines}
    return {
        **row,
        "priority": decision.priority,
        "category": decision.category,
        "group": decision.group,
        "tags": sorted(decision.add_tags),
        "defaults": list(decision.defaults),
        "kept": list(decision.kept),
        "clocks": [_clock_row(each) for each in found.clocks],
        "told": [
            {
                "rule": each.rule_id,
                "names": list(each.names),
                "ways": _ways(found, each.names, compiled),
            }
            for each in decision.told
        ],
        "step": found.beside.step,
        "ladders": [
            {
                "ladder": each.ladder,
                "level": each.number,
                "at": each.at.isoformat(),
                "names": list(each.tell),
            }
            for each in ladder_levels(found, compiled)
        ],
        "then": None if found.then is None else found.then.summary,
    }


def _safe(text: str) -> str:
    """Text that is a customer's: it must not move the terminal's cursor."""
    return "".join(each if each.isprintable() else " " for each in text)


def _head(console: Console, found: Explanation, compiled: CompiledPolicy) -> None:
    past, policy = found.past, compiled.policy
    name = f"#{past.ticket.number}" if past.ticket.number else past.ticket.ticket_id
    at = _local(policy.zone, past.at)
    via = f", via {past.ticket.via}" if past.ticket.via else ""
    console.print(f"{name} {_safe(past.ticket.subject)}", markup=False)
    console.print(
        f"event {past.number} of {found.total}: {past.occasion} {at}, by {past.change.actor}{via}; "
        f"policy {policy.desk} {policy.digest}",
        markup=False,
    )


def _verdict(traced: RuleTrace) -> str:
    because = f"because {' '.join(traced.rule.because)}  " if traced.rule.because else ""
    seen = _safe("; ".join(traced.seen))
    if traced.tried is not Tried.FIRED:
        return f"{traced.tried:8} {seen}"
    notes = [] if traced.is_edge else ["held before: does nothing again"]
    notes += ["watched: does nothing"] if traced.rule.is_watched else []
    noted = f" ({'; '.join(notes)})" if notes else ""
    return f"FIRED    {because}{seen}{noted}"


def _decided(found: Explanation) -> list[str]:
    decision, beside = found.decision, found.beside
    values = [
        f"{name} {value or 'none'}"
        for name in ("priority", "category", "group")
        if (value := getattr(decision, name)) or name != "group"
    ]
    lines = ["  ".join(values)]
    if decision.defaults:
        lines.append(f"by default, because no rule decided: {', '.join(decision.defaults)}")
    for what, tags in (("tag", decision.add_tags), ("untag", decision.remove_tags)):
        if tags:
            lines.append(f"{what} {' '.join(sorted(tags))}")
    lines += [f"{name}: {value}" for name, value in decision.fields.items()]
    lines += [f"note: {comment}" for comment in decision.comments]
    lines += [f"kept what a person set, against {each}" for each in decision.kept]
    lines += [f"reply {name}" for name in beside.replies]
    lines += [f"publish {each.where}: {each.template}" for each in beside.publish]
    lines += [f"book {each.book} {each.period}" for each in beside.ledger]
    lines += [f"violation {each.code}" for each in beside.violations]
    lines += [f"warning {each.code}" for each in beside.warnings]
    lines += [f"link to {beside.link_to}"] if beside.link_to else []
    lines += [f"hold until {beside.hold_until}"] if beside.hold_until else []
    lines += [
        f"part of an incident of {', '.join(each.services)}, {each.severity}"
        for each in beside.incidents.values()
    ]
    lines += [f"works again: {', '.join(beside.restored)}"] if beside.restored else []
    lines += [f"escalated to {beside.step}"] if beside.step else []
    return [_safe(line) for line in lines]


def _clock_line(clock: TicketClock, compiled: CompiledPolicy) -> str:
    state = clock.state
    due = f"due {_at(state.due_at, clock, compiled)}" if state.due_at else state.phase.value
    return f"{state.name} {due} (in {state.calendar})"


def _told_lines(found: Explanation, compiled: CompiledPolicy) -> list[str]:
    lines = []
    for each in found.decision.told:
        ways = ", ".join(_ways(found, each.names, compiled)) or "by no way"
        lines.append(f"now: {', '.join(each.names)} ({ways}), by {each.rule_id}")
    if found.beside.step:
        lines.append(f"now: {found.beside.step}, the next step")
    for rung in ladder_levels(found, compiled):
        when = "now" if rung.at == found.past.at else _local(compiled.policy.zone, rung.at)
        lines.append(f"{when}: {', '.join(rung.tell)}, level {rung.number} of {rung.ladder}")
    for clock in found.clocks:
        for due in clock.due:
            names = ", ".join(_names(clock, due))
            if names:
                at, what = _at(due.at, clock, compiled), due.kind.value
                lines.append(f"{at}: {names}, {what} of {clock.state.name}")
    return lines


def _ways(found: Explanation, names: Sequence[str], compiled: CompiledPolicy) -> list[str]:
    """Where a message would go at the event's time."""
    ways = {
        destination: None
        for name in names
        for person in present(name, compiled, found.past.at)
        for destination in destinations(person)
    }
    return list(ways)


def _names(clock: TicketClock, due: Due) -> tuple[str, ...]:
    is_warning = due.kind is DueKind.WARNING
    return clock.promise.tell_at_warning if is_warning else clock.promise.tell_at_breach


def _at(at: datetime, clock: TicketClock, compiled: CompiledPolicy) -> str:
    zone = compiled.calendars[clock.state.calendar or clock.promise.hours].spec.zone
    return _local(zone, at)


def _local(zone: str, at: datetime) -> str:
    return local_time(zone, at).strftime("%a %Y-%m-%d %H:%M:%S %Z")


def _traced(found: Explanation, rule_id: str) -> RuleTrace:
    return next(each for each in found.traces if each.rule.rule_id == rule_id)


def _rule_row(traced: RuleTrace) -> dict[str, Any]:
    return {
        "rule": traced.rule.rule_id,
        "layer": traced.layer,
        "tried": traced.tried.value,
        "because": list(traced.rule.because),
        "seen": list(traced.seen),
        "acts": traced.is_edge and not traced.rule.is_watched,
    }


def _clock_row(clock: TicketClock) -> dict[str, Any]:
    return {
        "clock": clock.state.name,
        "phase": clock.state.phase.value,
        "calendar": clock.state.calendar,
        "due_at": clock.state.due_at.isoformat() if clock.state.due_at else None,
        "told": [
            {"kind": due.kind.value, "at": due.at.isoformat(), "names": list(_names(clock, due))}
            for due in clock.due
        ],
    }
