# SPDX-License-Identifier: GPL-3.0-or-later
"""Messages of one group wait for each other and come as one; what is critical waits for nobody."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from desk import MONDAY, POLICY, Desk, compiled_policy

from bot.rules.actions import Notice
from bot.rules.events import ButtonPressed, Event, SilenceOrdered
from bot.store.queues import OutboxState

SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)
SLACK, MAIL = "slack:support", "mail:team@acme.example"
GROUPING = "{slack: support, grouping: {by: organisation, wait: 1m, every: 10m}}"


@pytest.fixture
def grouped(tmp_path: Path) -> Iterator[Desk]:
    """A desk whose team reads one message per customer, a minute after the first matter."""
    text = POLICY.replace("{slack: support, mail: team@acme.example}", GROUPING)
    text = text.replace("{slack: leads}", GROUPING.replace("support", "leads"))
    made = Desk(compiled_policy(tmp_path, text))
    yield made
    made.close()


def _messages(desk: Desk) -> list[Notice]:
    return [
        outgoing.message
        for _, outgoing in desk.channel.delivered
        if outgoing.destination == SLACK
        and isinstance(outgoing.message, Notice)
        and outgoing.message.kind in ("rule", "group", "acknowledged", "sla_breached")
    ]


def _press(desk: Desk, subject: str) -> None:
    now = desk.clock.now()
    pressed = ButtonPressed("acknowledge", subject, "Bo", "slack")
    desk.store.receive([Event(f"press/{now}", "desk", now, "slack", pressed)]).result()
    desk.run()


def test_matters_of_one_customer_come_as_one_message(grouped: Desk) -> None:
    """Four of one customer within a minute are one message; another's one comes as ever."""
    other = next(name for name in grouped.furniture.customers if name != "contoso")
    numbers = [grouped.write(f"Portal is down, case {each}") for each in range(4)]
    alone = grouped.write("Portal is down", who=other)
    grouped.run(50 * SECOND)
    early = len(_messages(grouped))

    grouped.run(MINUTE)

    [single, group] = sorted(_messages(grouped), key=lambda each: each.kind, reverse=True)
    assert early == 0
    assert (single.kind, single.number) == ("rule", alone)
    assert (group.soon, [line.number for line in group.lines]) == (4, numbers)
    assert group.title == "Contoso"


def test_group_speaks_again_after_its_interval(grouped: Desk) -> None:
    """What comes two minutes after its message waits for the rest of the ten, and is told then."""
    grouped.write("Portal is down")
    grouped.run(3 * MINUTE)
    for each in range(3):
        grouped.write(f"Portal is down again {each}")
    grouped.run(7 * MINUTE)
    before = len(_messages(grouped))

    grouped.run(2 * MINUTE)

    assert before == 1
    assert _messages(grouped)[-1].soon == 3
    between = grouped.told("group")[0][1] - grouped.told("rule")[0][1]
    assert 10 * MINUTE <= between <= 10 * MINUTE + 5 * SECOND


def test_group_that_was_quiet_tells_its_next_matters(grouped: Desk) -> None:
    """A quarter of an hour after its message three more come: another message, none is lost."""
    for spell in range(2):
        for each in range(3):
            grouped.write(f"Portal is down, case {spell}{each}")
        grouped.run(14 * MINUTE)

    groups = [each for each in _messages(grouped) if each.kind == "group"]
    assert [each.soon for each in groups] == [3, 3]
    assert len({each.thread for each in groups}) == 2


def test_who_is_taken_or_solved_leaves_the_group(grouped: Desk) -> None:
    """Of three that wait one is taken and one solved: the third is told alone, as it is."""
    numbers = [grouped.write(f"Portal is down, case {each}") for each in range(3)]
    grouped.run(35 * SECOND)
    grouped.press(numbers[0])
    ada = grouped.furniture.agents["ada"]
    grouped.world.change_ticket(numbers[1], by=ada, values={"status": "solved"})
    grouped.run(2 * MINUTE)

    told = [each for each in _messages(grouped) if each.kind != "acknowledged"]
    assert [(each.kind, each.number) for each in told] == [("rule", numbers[2])]


def test_silence_that_begins_meanwhile_holds_what_waits(grouped: Desk) -> None:
    """Two of one customer are hidden and told at its end, another customer's is told as ever."""
    other = next(name for name in grouped.furniture.customers if name != "contoso")
    numbers = [grouped.write(f"Portal is down, case {each}") for each in range(3)]
    alone = grouped.write("Portal is down", who=other)
    grouped.run(35 * SECOND)
    now = grouped.clock.now()
    only = {"organisation": "Contoso"}
    order = SilenceOrdered("works", now + 30 * MINUTE, "new disks", "bo", only)
    grouped.store.receive([Event("silence", "desk", now, "command", order)]).result()
    grouped.run(5 * MINUTE)
    grouped.press(numbers[0])
    during = [(each.kind, each.number) for each in _messages(grouped)]

    grouped.run(40 * MINUTE)

    told = [outgoing.message for _, outgoing in grouped.channel.delivered]
    [hidden] = [each for each in told if isinstance(each, Notice) and each.kind == "catch_up"]
    assert during == [("rule", alone)]
    assert {line.number for line in hidden.lines} == set(numbers[1:])


def test_one_press_takes_all_of_a_group(grouped: Desk) -> None:
    """Each ticket is taken and noted, the one message is edited, and no ticket is told again."""
    numbers = [grouped.write(f"Portal is down, case {each}") for each in range(3)]
    grouped.run(2 * MINUTE)
    [group] = _messages(grouped)
    _press(grouped, group.thread)
    grouped.run(MINUTE)

    [edited] = [outgoing.message for _, outgoing in grouped.channel.edited]
    assert isinstance(edited, Notice) and edited.thread == group.thread
    assert {line.owner for line in edited.lines} == {"Bo"}
    assert len(_messages(grouped)) == 1
    assert all("Bo has it" in grouped.notes(number)[-1] for number in numbers)


def test_group_that_came_by_mail_is_mailed_once(grouped: Desk, tmp_path: Path) -> None:
    """A mail cannot be edited: a press under it takes what is open, and sends no second mail."""
    ways = f"{GROUPING[:-1]}, mail: team@acme.example, mode: first_success}}"
    text = POLICY.replace("{slack: support, mail: team@acme.example}", ways)
    grouped.compiled = compiled_policy(tmp_path, text)
    numbers = [grouped.write(f"Portal is down, case {each}") for each in range(3)]
    grouped.store.write(lambda tx: tx.outbox.hold("slack", "away"))
    grouped.run(3 * MINUTE)
    grouped.outbox.tend()
    ada = grouped.furniture.agents["ada"]
    grouped.world.change_ticket(numbers[0], by=ada, values={"status": "solved"})
    grouped.run(MINUTE)

    mailed = [out.message for _, out in grouped.channel.delivered if out.destination == MAIL]
    _press(grouped, next(each.thread for each in mailed if isinstance(each, Notice)))
    grouped.run(MINUTE)

    assert grouped.told("group") == [(MAIL, MONDAY + 3 * MINUTE)]
    assert MAIL not in [where for where, _ in grouped.edited("group")]
    assert ["Bo has it" in "".join(grouped.notes(each)) for each in numbers] == [False, True, True]


def test_nothing_of_a_group_is_lost_when_nobody_gathers_it(grouped: Desk) -> None:
    """Were its timer lost, each message would go by itself a minute after the group's instant."""
    for each in range(3):
        grouped.write(f"Portal is down, case {each}")
    grouped.run(35 * SECOND)
    with grouped.store.read() as reader:
        waiting = [row for row in reader.outbox.all() if row.state is OutboxState.WAITING]
        name = next(iter(reader.states.starting_with("group/")))
    grouped.store.write(lambda tx: tx.timers.stop(name))

    grouped.run(3 * MINUTE)

    assert len(waiting) == len(_messages(grouped)) == 3


def test_group_in_a_storm_loses_nothing(grouped: Desk) -> None:
    """Sixty at once: each was sent, or stands in the outbox with the message that stands for it."""
    for each in range(60):
        grouped.write(f"Portal is down, case {each}")
    grouped.run(5 * MINUTE)

    with grouped.store.read() as reader:
        rows = [row for row in reader.outbox.all() if row.outgoing.key.startswith("rule/down")]
        stood_for = {row.reason for row in rows if row.state is OutboxState.SUPERSEDED}
        standing = {f"told together in {row.outgoing.message.thread}" for row in
                    reader.outbox.in_states([OutboxState.DELIVERED], 99)
                    if isinstance(row.outgoing.message, Notice)}  # fmt: skip
    assert len(rows) == 60
    assert {row.state for row in rows} <= {OutboxState.SUPERSEDED, OutboxState.DELIVERED}
    assert stood_for <= standing | {"counted in storm 1"}
    assert {each.kind for each in _messages(grouped)} == {"group"}


def test_breach_waits_for_no_group(grouped: Desk) -> None:
    """The team of a breach reads it at its second, though its customer's group is waiting."""
    number = grouped.write("Portal is down")
    grouped.run(61 * MINUTE)

    breaches = [at for destination, at in grouped.told("sla_breached")]
    assert grouped.ticket(number).number == number
    assert breaches
    assert breaches[0] - MONDAY <= 60 * MINUTE + 5 * SECOND


def test_room_that_joins_takes_no_edit_from_another(grouped: Desk, tmp_path: Path) -> None:
    """An edit waits for one room while another hears of the ticket: both say who has it."""
    text = POLICY.replace("{slack: support, mail: team@acme.example}", GROUPING)
    text = text.replace("priority: urgent, tag: outage, tell: team", "tell: [team, lead]")
    grouped.compiled = compiled_policy(tmp_path, text)
    grouped.store.write(lambda tx: tx.outbox.hold("slack:leads", "away"))
    number, ada = grouped.write("Portal is down"), grouped.furniture.agents["ada"]
    grouped.run(40 * SECOND)
    grouped.world.change_ticket(number, by=ada, values={"assignee_id": ada.user_id})
    grouped.run(MINUTE)
    grouped.world.add_comment(number, "Note.", by=ada, is_public=False)
    grouped.run(MINUTE)
    grouped.store.write(lambda tx: tx.outbox.release("slack:leads"))
    grouped.run(MINUTE)

    assert {out.destination for _, out in grouped.channel.edited} == {SLACK, "slack:leads"}


def test_message_that_waited_alone_is_kept_up_to_date(grouped: Desk) -> None:
    """It comes as it is, and says who has it once somebody does."""
    number = grouped.write("Portal is down")
    grouped.run(2 * MINUTE)

    grouped.press(number)

    assert [where for where, _ in grouped.edited("acknowledged")] == [SLACK]
