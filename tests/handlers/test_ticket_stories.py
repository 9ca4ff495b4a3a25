# SPDX-License-Identifier: GPL-3.0-or-later
"""What becomes of a ticket, from the customer's words to the team's promise."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from desk import MONDAY, POLICY, Desk, compiled_policy

from bot.rules.events import CommentAdded, Event
from bot.rules.ticket import Actor, Person, Status
from bot.sandbox.world_values import NewComment

MINUTE = timedelta(minutes=1)
POLL = timedelta(seconds=35)


def _answer(desk: Desk, number: int, text: str = "We are on it") -> None:
    agent = desk.furniture.agents["ada"]
    desk.world.change_ticket(number, by=agent, comment=NewComment(text))


def test_ticket_is_sorted_in_the_helpdesk(desk: Desk) -> None:
    """Category, priority, tag and note are written once, and the team is told."""
    number = desk.write("Portal is down")

    desk.run(2 * POLL)

    ticket = desk.world.ticket(number)
    assert ticket is not None
    assert ticket.fields[desk.furniture.category.field_id] == "incident"
    assert ticket.priority == "urgent"
    assert "outage" in ticket.tags
    assert desk.notes(number) == ["Told the team."]
    assert sorted(where for where, _ in desk.told("rule")) == [
        "mail:team@acme.example",
        "slack:support",
    ]


def test_ticket_that_no_rule_knows_gets_the_defaults(desk: Desk) -> None:
    """The last category and the last priority hold where nothing fits; nobody is told."""
    number = desk.write("Hello there")

    desk.run(2 * POLL)

    ticket = desk.world.ticket(number)
    assert ticket is not None
    assert ticket.fields[desk.furniture.category.field_id] == "other"
    assert ticket.priority == "normal"
    assert desk.told("rule") == []


def test_default_that_comes_back_decides_nothing(tmp_path: Path) -> None:
    """What the helpdesk got for want of a decision is none: the stricter target is watched."""
    text = POLICY.replace("    warn: 50%\n", "    warn: 50%\n    undecided: urgent\n")
    desk = Desk(compiled_policy(tmp_path, text))
    number = desk.write("Hello there")

    desk.run(31 * MINUTE)

    assert desk.ticket(number).helpdesk_priority == "normal"
    assert desk.ticket(number).priority is None
    assert [where for where, _ in desk.told("sla_warning")] == [
        "slack:support",
        "mail:team@acme.example",
    ]
    desk.close()


def test_own_changes_start_nothing(desk: Desk) -> None:
    """What we wrote comes back by the export and changes nothing any more."""
    number = desk.write("Portal is down")
    desk.run(2 * POLL)
    audits = len(desk.world.audits(number))

    desk.run(10 * MINUTE)

    assert len(desk.world.audits(number)) == audits


def test_warning_and_breach_come_at_the_second(desk: Desk) -> None:
    """An urgent ticket of 10:00 warns at 10:30 and is breached one second after 11:00."""
    desk.write("Portal is down")

    desk.run(timedelta(hours=2))

    assert {at for _, at in desk.told("sla_warning")} == {MONDAY + 30 * MINUTE}
    late = MONDAY + timedelta(hours=1, seconds=1)
    assert desk.told("sla_breached") == [("slack:leads", late)]


def test_answer_in_time_keeps_everybody_quiet(desk: Desk) -> None:
    """A public reply stops the clock; an internal note would not have."""
    number = desk.write("Portal is down")
    desk.run(10 * MINUTE)
    _answer(desk, number)

    desk.run(timedelta(hours=3))

    assert desk.told("sla_warning") == desk.told("sla_breached") == []


def test_note_does_not_stop_the_clock(desk: Desk) -> None:
    """Talking among ourselves is no answer."""
    number = desk.write("Portal is down")
    desk.run(10 * MINUTE)
    agent = desk.furniture.agents["ada"]
    desk.world.change_ticket(number, by=agent, comment=NewComment("hm", is_public=False))

    desk.run(timedelta(hours=2))

    assert desk.told("sla_warning") != []


def test_acknowledgement_stops_warnings_and_leaves_a_note(desk: Desk) -> None:
    """Who has it is written on the ticket; the breach would still be told."""
    number = desk.write("Portal is down")
    desk.run(MINUTE)
    desk.press(number)

    desk.run(timedelta(hours=2))

    assert desk.told("sla_warning") == []
    assert "Bo has it (by slack)." in desk.notes(number)
    assert desk.edited("acknowledged")[0] == ("slack:support", MONDAY + MINUTE)
    assert len(desk.told("sla_breached")) == 1


def test_next_promise_warns_again_after_an_answer(tmp_path: Path) -> None:
    """Who took the first answer did not take the next one: its clock warns as any other."""
    text = POLICY.replace(
        "helpdesk_down:", "  next_response:\n    within: 2h\n    hours: office\n    warn: 50%\n"
        "    tell: team\nhelpdesk_down:",
    )  # fmt: skip
    desk = Desk(compiled_policy(tmp_path, text))
    number = desk.write("Portal is down")
    desk.run(MINUTE)
    desk.press(number)
    _answer(desk, number)
    desk.run(5 * MINUTE)
    customer = desk.furniture.customers["contoso"]
    desk.world.change_ticket(number, by=customer, comment=NewComment("and now?"))
    asked = desk.clock.now()

    desk.run(timedelta(hours=2))

    assert {at for _, at in desk.told("sla_warning")} == {asked + timedelta(hours=1)}
    desk.close()


def test_second_press_changes_nothing(desk: Desk) -> None:
    """Two people press at once: the first has it, and one note says so."""
    number = desk.write("Portal is down")
    desk.run(MINUTE)
    desk.press(number, "Bo")
    desk.press(number, "Ada")
    desk.run(MINUTE)

    assert [note for note in desk.notes(number) if "has it" in note] == ["Bo has it (by slack)."]


def test_reply_can_raise_the_priority(desk: Desk) -> None:
    """A customer's second mail is read by the same rules, and the clock takes the new target."""
    number = desk.write("How can I print")
    desk.run(10 * MINUTE)
    customer = desk.furniture.customers["contoso"]
    desk.world.change_ticket(number, by=customer, comment=NewComment("The portal is down now"))

    desk.run(2 * MINUTE)

    assert desk.ticket(number).priority == "urgent"
    assert desk.ticket(number).category == "incident"


def test_persons_decision_stays(desk: Desk) -> None:
    """What an agent set is not changed by a rule, however often the customer repeats it."""
    number = desk.write("Portal is down")
    desk.run(2 * POLL)
    agent = desk.furniture.agents["ada"]
    desk.world.change_ticket(number, by=agent, values={"priority": "normal"})
    desk.run(2 * POLL)
    customer = desk.furniture.customers["contoso"]
    desk.world.change_ticket(number, by=customer, comment=NewComment("It is down! is down!"))

    desk.run(2 * POLL)

    ticket = desk.world.ticket(number)
    assert ticket is not None and ticket.priority == "normal"


def test_deleted_ticket_owes_nothing(desk: Desk) -> None:
    """A ticket that is deleted meanwhile stops its clocks and its messages."""
    number = desk.write("Portal is down")
    desk.run(MINUTE)
    desk.world.delete_ticket(number)

    desk.run(timedelta(hours=2))

    assert desk.ticket(number).status is Status.DELETED
    assert desk.told("sla_warning") == desk.told("sla_breached") == []


def test_event_of_a_ticket_that_is_gone_is_settled(desk: Desk) -> None:
    """News of a ticket that cannot be read any more do not wait for ever."""
    fact = CommentAdded(4711, "1", Person(), Actor.REQUESTER, is_public=True, body="Hello?")
    event = Event("ticket/4711/comment/1", "ticket/4711", MONDAY, "webhook", fact)
    desk.store.receive([event]).result()

    desk.run(2 * MINUTE)

    with desk.store.read() as reader:
        row = reader.inbox.by_key(event.key)
    assert row is not None and row.outcome == "ticket gone meanwhile"


def test_overdue_clocks_are_told_once_after_downtime(desk: Desk) -> None:
    """After three hours of sleep 20 overdue tickets are each told once: the breach alone."""
    for number in range(20):
        desk.write(f"Portal {number} is down")
    desk.run(2 * POLL)
    desk.clock.advance(timedelta(hours=3))

    desk.run(2 * MINUTE)

    assert len(desk.told("sla_breached")) == 20
    assert desk.told("sla_warning") == []


def test_watch_only_records_and_sends_nothing(tmp_path: Path) -> None:
    """Everything is decided and written down; neither people nor the helpdesk hear of it."""
    desk = Desk(compiled_policy(tmp_path), is_watch_only=True)
    number = desk.write("Portal is down")

    desk.run(timedelta(hours=2))

    with desk.store.read() as reader:
        counts = reader.outbox.counts()
    assert desk.channel.delivered == [] and desk.notes(number) == []
    assert counts.get("watched", 0) >= 4
    assert desk.ticket(number).category == "incident"
    desk.close()


def test_clock_that_a_new_priority_makes_overdue_is_told(desk: Desk) -> None:
    """Ninety minutes in, the ticket becomes urgent: its hour is over, and that is told at once."""
    number = desk.write("How can I print")
    desk.run(timedelta(minutes=90))
    customer = desk.furniture.customers["contoso"]
    desk.world.change_ticket(number, by=customer, comment=NewComment("The portal is down"))
    raised = desk.clock.now()

    desk.run(10 * MINUTE)

    [(where, at)] = desk.told("sla_breached")
    assert where == "slack:leads"
    assert raised <= at <= raised + MINUTE


def test_tickets_are_read_when_the_clock_was_set_back(desk: Desk) -> None:
    """A storm gathers for a second; set back by an hour, the clock makes no hour of it."""
    numbers = [desk.write(subject) for subject in ("One", "Two")]

    for number in numbers:
        fact = CommentAdded(number, "9", Person(), Actor.REQUESTER, is_public=True, body="More")
        event = Event(f"w/{number}", f"ticket/{number}", desk.clock.now(), "webhook", fact)
        desk.store.receive([event]).result()
        while desk.inbox.handle():
            pass
        desk.clock.advance(-60 * MINUTE)

    assert [desk.ticket(number).subject for number in numbers] == ["One", "Two"]
