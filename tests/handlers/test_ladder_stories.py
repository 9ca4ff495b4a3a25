# SPDX-License-Identifier: GPL-3.0-or-later
"""Ladders, digests and reminders in virtual time, with the daemon's own steps and a real store."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from desk import LOOK, Desk, compiled_policy

from bot.clock import VirtualClock
from bot.handlers.policy import take_policy
from bot.rules.actions import Notice, NoticeKind
from bot.sandbox.world_values import NewComment

WEEKEND = """
desk: weekend
zone: Europe/Stockholm
hours:
  emea: {zone: Europe/Stockholm, mon-fri: "08:00-17:00", holidays: none}
  america: {zone: America/Chicago, mon-fri: "08:00-17:00", holidays: none}
  nights: {always: true, without: [emea, america]}
helpdesk: {groups: {first_line: First line}, canary: 1}
priorities: {p1: urgent, normal: normal}
words: {down: {en: [is down]}}
people:
  stockholm: {slack: stockholm}
  chicago: {slack: chicago}
  standby: {slack: standby}
  director: {slack: director}
rosters:
  around: {regions: [{roster: stockholm, hours: emea}, {roster: chicago, hours: america},
                     {roster: standby, hours: nights}]}
ladders:
  critical:
    levels:
      - {after: 0m, tell: around}
      - {after: 12h, tell: director}
    taken_for: 2h
digests:
  hand_over: {at_closing_of: emea, before: 15m, tell: chicago}
rules:
  down: {if: {says: down}, then: {priority: p1, page: critical}}
"""


def desk_at(folder: Path, text: str, at: datetime) -> Desk:
    desk = Desk(compiled_policy(folder, text), clock=VirtualClock(at))
    take_policy(desk.store, desk.compiled, now=at)
    return desk


def utc(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 3, day, hour, minute, tzinfo=UTC)


def told(desk: Desk, kind: NoticeKind = NoticeKind.RULE) -> list[tuple[str, datetime, str]]:
    """Who heard of it, when to the minute, and why."""
    return [
        (out.destination, at.replace(second=0, microsecond=0), out.message.reason)
        for at, out in desk.channel.delivered
        if isinstance(out.message, Notice) and out.message.kind is kind
    ]


def let_pass(desk: Desk, span: timedelta) -> None:
    """Time goes by: every timer at its instant, the helpdesk read after a minute, then rarely."""
    desk.run(timedelta(minutes=1))
    desk.run(span - timedelta(minutes=1), look_every=timedelta(hours=6))


def set_status(desk: Desk, number: int, status: str) -> None:
    agent = desk.furniture.agents["ada"]
    desk.world.change_ticket(number, by=agent, values={"status": status})


def test_p1_follows_the_sun_over_a_weekend(tmp_path: Path) -> None:
    """A P1 on Friday 16:55 follows the sun, and "I have it" runs out.

    Chicago's clocks changed three weeks before Europe's: its office closes at 22:00 UTC already.
    """
    desk = desk_at(tmp_path, WEEKEND, utc(27, 15, 55))
    number = desk.write("Everything is down", "The portal is down")
    let_pass(desk, timedelta(hours=1))
    desk.press(number, "Carol")
    let_pass(desk, timedelta(hours=66))

    assert told(desk) == [
        ("slack:stockholm", utc(27, 15, 55), ""),
        ("slack:chicago", utc(27, 16, 0), "handed_over"),
        ("slack:chicago", utc(27, 18, 55), "taken_too_long"),
        ("slack:standby", utc(27, 22, 0), "handed_over"),
        ("slack:director", utc(28, 6, 55), "next_level:2"),
    ]
    desk.close()


def test_who_is_told_again_may_say_again_that_they_have_it(tmp_path: Path) -> None:
    """ "I have it" that ran out is no longer held against those who are asked anew."""
    desk = desk_at(tmp_path, WEEKEND, utc(27, 15, 55))
    number = desk.write("Everything is down", "The portal is down")
    let_pass(desk, timedelta(hours=1))
    desk.press(number, "Carol")
    let_pass(desk, timedelta(hours=2, minutes=30))
    desk.press(number, "Dora")
    let_pass(desk, timedelta(hours=2, minutes=10))

    assert told(desk)[-2:] == [
        ("slack:chicago", utc(27, 18, 55), "taken_too_long"),
        ("slack:chicago", utc(27, 21, 25), "taken_too_long"),
    ]
    desk.close()


def test_hand_over_on_the_morning_after_a_clock_change(tmp_path: Path) -> None:
    """In the night to Monday Europe's clocks went forward: Stockholm's 08:00 is 06:00 UTC now."""
    desk = desk_at(tmp_path, WEEKEND, utc(29, 20))
    desk.write("Everything is down", "The portal is down")

    let_pass(desk, timedelta(hours=11))

    assert told(desk) == [
        ("slack:standby", utc(29, 20), ""),
        ("slack:stockholm", utc(30, 6), "handed_over"),
    ]
    desk.close()


def test_real_work_stops_a_ladder(tmp_path: Path) -> None:
    """A public answer in the helpdesk is "I have it" as good as the button."""
    desk = desk_at(tmp_path, WEEKEND, utc(25, 9))
    number = desk.write("Everything is down", "The portal is down")
    desk.run(timedelta(minutes=10))
    agent = desk.furniture.agents["ada"]
    desk.world.change_ticket(number, by=agent, comment=NewComment("We are looking into it."))

    desk.run(timedelta(hours=1, minutes=40), look_every=LOOK)

    assert told(desk) == [("slack:stockholm", utc(25, 9), "")]
    desk.close()


def test_only_highest_level_after_downtime(tmp_path: Path) -> None:
    """After a day in which nothing ran the director hears of it once, and nobody else."""
    desk = desk_at(tmp_path, WEEKEND, utc(25, 9))
    desk.write("Everything is down", "The portal is down")
    desk.run(timedelta(minutes=1))

    desk.clock.move_to(utc(26, 9))
    desk.run(timedelta(minutes=5))

    assert told(desk)[1:] == [("slack:director", utc(26, 9), "next_level:2")]
    desk.close()


def test_ladder_keeps_the_levels_it_was_opened_with(tmp_path: Path) -> None:
    """A policy that is changed meanwhile does not change who is told of an open matter."""
    desk = desk_at(tmp_path, WEEKEND, utc(25, 9))
    desk.write("Everything is down", "The portal is down")
    desk.run(timedelta(minutes=1))
    text = WEEKEND.replace("{after: 12h, tell: director}", "{after: 1h, tell: standby}")

    desk.compiled = compiled_policy(tmp_path, text)
    let_pass(desk, timedelta(hours=3))

    assert "slack:standby" not in [destination for destination, _, _ in told(desk)]
    desk.close()


def test_solved_ticket_ends_its_ladder(tmp_path: Path) -> None:
    """Nobody is told of what is solved."""
    desk = desk_at(tmp_path, WEEKEND, utc(25, 9))
    number = desk.write("Everything is down", "The portal is down")
    desk.run(timedelta(minutes=1))
    set_status(desk, number, "solved")

    let_pass(desk, timedelta(hours=14))

    assert len(told(desk)) == 1
    desk.close()


RELAY = """
desk: relay
helpdesk: {canary: 1}
priorities: {p1: urgent, normal: normal}
words: {down: {en: [is down]}}
people:
  managers: {slack: managers, nobody_took_it: {after: 10m, tell: next_manager}}
  next_manager: {slack: next-manager, nobody_took_it: {after: 5m, tell: director}}
  director: {slack: director}
rules:
  down: {if: {says: down}, then: {priority: p1, tell: managers}}
"""


def test_nobody_took_it(tmp_path: Path) -> None:
    """Who did not answer is followed by the next, and that one by another."""
    desk = desk_at(tmp_path, RELAY, utc(25, 9))
    desk.write("Everything is down", "The portal is down")

    desk.run(timedelta(minutes=30), look_every=LOOK)

    assert [(who, at) for who, at, _ in told(desk)] == [
        ("slack:managers", utc(25, 9)),
        ("slack:next-manager", utc(25, 9, 10)),
        ("slack:director", utc(25, 9, 15)),
    ]
    desk.close()


PROMISES = WEEKEND.replace(
    "rules:\n",
    """promises:
  first_response: {within: {p1: 1h, normal: 12h}, hours: emea, breached: {tell: director}}
rules:
""",
)


def test_hand_over_lists_what_is_due_before_the_next_opening(tmp_path: Path) -> None:
    """At 16:45 Chicago reads what is open in Stockholm, and how much of it cannot wait."""
    desk = desk_at(tmp_path, PROMISES, utc(26, 14, 50))
    desk.write("Everything is down", "The portal is down")
    desk.write("A question", "How long is a year?")

    let_pass(desk, timedelta(minutes=56))

    digests = [
        (at, out.message)
        for at, out in desk.channel.delivered
        if isinstance(out.message, Notice) and out.message.kind is NoticeKind.DIGEST
    ]
    assert len(digests) == 1
    at, notice = digests[0]
    assert at.replace(microsecond=0) == utc(26, 15, 45)
    assert [line.title for line in notice.lines] == ["Everything is down", "A question"]
    assert notice.soon == 1
    desk.close()


REMINDERS = """
desk: reminders
zone: Europe/Stockholm
hours: {office: {zone: Europe/Stockholm, mon-fri: "09:00-17:00", holidays: none}}
helpdesk: {canary: 1, fields: {certificate_until: Code, pause_reason: Region}}
people: {team: {slack: support}}
reminders:
  certificate: {date: certificate_until, before: [30d, 14d, 7d], hours: office, tell: team}
  vendor: {while: hold, if_field: {pause_reason: vendor}, after: 16h, hours: office, tell: team}
rules: {mail: {event: mailbox, then: {tag: mail}}}
"""


def put_on_hold(desk: Desk, number: int, **fields: str) -> None:
    """An agent fills in custom fields, by their titles, and sets the ticket on hold."""
    people = desk.world.people
    ids = {people.field_titled(title).field_id: value for title, value in fields.items()}
    agent = desk.furniture.agents["ada"]
    desk.world.change_ticket(number, by=agent, values={"status": "hold"}, fields=ids)
    desk.run(timedelta(minutes=1))


def test_date_in_a_field_reminds(tmp_path: Path) -> None:
    """A certificate reminds 30, 14 and 7 days before its end, in office hours."""
    desk = desk_at(tmp_path, REMINDERS, utc(2, 8))
    number = desk.write("Certificate")
    desk.run(timedelta(minutes=1))
    put_on_hold(desk, number, Code="2026-04-20")

    let_pass(desk, timedelta(days=49))

    assert [at for _, at, _ in told(desk, NoticeKind.REMINDER)] == [
        utc(23, 8),
        datetime(2026, 4, 6, 7, tzinfo=UTC),
        datetime(2026, 4, 13, 7, tzinfo=UTC),
    ]
    desk.close()


def test_waiting_for_a_vendor_reminds(tmp_path: Path) -> None:
    """A pause has its reason, and is remembered after two working days."""
    desk = desk_at(tmp_path, REMINDERS, utc(4, 8))
    number = desk.write("Patch")
    desk.run(timedelta(minutes=1))
    put_on_hold(desk, number, Region="vendor")

    let_pass(desk, timedelta(days=7))

    assert told(desk, NoticeKind.REMINDER) == [
        ("slack:support", utc(6, 8, 1), "paused_long:vendor")
    ]
    desk.close()
