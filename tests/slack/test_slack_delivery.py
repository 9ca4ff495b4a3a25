# SPDX-License-Identifier: GPL-3.0-or-later
"""Messages reach Slack once, in one thread a ticket, and every failure has its outcome."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from slack_cases import NOW, MakeOutgoing, References

from bot.channels.slack import SlackChannel
from bot.channels.slack_client import slack_client
from bot.ports import Delivered, Refused, TryLater, Unknown
from bot.rules.actions import NoticeKind, TicketLine, Urgency
from bot.sandbox.faults import Fault
from bot.sandbox.slack import BOT_TOKEN, SlackDoor
from bot.sandbox.slack_faults import SlackFault
from bot.sandbox.world import World

POST = "chat.postMessage"


def test_message_carries_facts_and_key(
    channel: SlackChannel, world: World, outgoing: MakeOutgoing
) -> None:
    """A notice arrives with its headline as plain text, its blocks and its key unseen."""
    outcome = channel.deliver(outgoing(), now=NOW)

    (message,) = world.chat.messages("support")
    assert message.text == "FIRST REPLY DUE 09:30 (30 min left): #48213 Nordbo AB"
    assert [each["type"] for each in message.blocks] == [
        "header", "section", "section", "actions", "context",
    ]  # fmt: skip
    assert message.metadata["event_payload"] == {"key": "row/1"}
    assert isinstance(outcome, Delivered) and outcome.reference.endswith(f":{message.ts}")


def test_second_message_answers_in_thread(
    channel: SlackChannel, world: World, outgoing: MakeOutgoing, references: References
) -> None:
    """What follows about a ticket stands in the thread of its first message."""
    first = channel.deliver(outgoing("row/1"), now=NOW)
    assert isinstance(first, Delivered)
    references["slack:support", "ticket:T1"] = first.reference

    channel.deliver(outgoing("row/2"), now=NOW)

    one, two = world.chat.messages("support")
    assert (None, one.ts) == (one.thread, two.thread)


def test_page_in_thread_is_shown_in_channel(
    channel: SlackChannel, door: SlackDoor, world: World, outgoing: MakeOutgoing,
    references: References,
) -> None:  # fmt: skip
    """A critical message in a thread can be seen by those who have not opened it."""
    first = channel.deliver(outgoing("row/1"), now=NOW)
    assert isinstance(first, Delivered)
    references["slack:support", "ticket:T1"] = first.reference

    channel.deliver(outgoing("row/2", urgency=Urgency.CRITICAL), now=NOW)

    room = first.reference.partition(":")[0]
    history = slack_client(BOT_TOKEN, base_url=door.base_url).conversations_history(channel=room)
    assert len(history["messages"]) == 2


def test_thread_that_is_gone_becomes_new_message(
    channel: SlackChannel, world: World, outgoing: MakeOutgoing, references: References
) -> None:
    """A deleted first message keeps nobody from hearing of the second."""
    first = channel.deliver(outgoing("row/1"), now=NOW)
    assert isinstance(first, Delivered)
    references["slack:support", "ticket:T1"] = first.reference.partition(":")[0] + ":1.000001"

    outcome = channel.deliver(outgoing("row/2"), now=NOW)

    assert isinstance(outcome, Delivered)
    assert [each.thread for each in world.chat.messages("support")] == [None, None]


def test_acknowledgement_edits_first_message(
    channel: SlackChannel, world: World, outgoing: MakeOutgoing, references: References
) -> None:
    """Once somebody has it, the message says who, keeps its key and loses its button."""
    first = channel.deliver(outgoing("row/1"), now=NOW)
    assert isinstance(first, Delivered)
    references["slack:support", "ticket:T1"] = first.reference
    taken = outgoing("row/2", kind=NoticeKind.ACKNOWLEDGED, owner="Johan Lind", buttons=())

    outcome = channel.deliver(taken, now=NOW)

    (message,) = world.chat.messages("support")
    assert first == outcome
    headline = "Johan Lind HAS IT, first reply due 09:30 (30 min left): #48213 Nordbo AB"
    assert message.is_edited and message.text == headline
    assert "actions" not in [each["type"] for each in message.blocks]
    assert message.metadata["event_payload"] == {"key": "row/1"}


def test_group_is_one_message_that_is_edited(
    channel: SlackChannel, world: World, outgoing: MakeOutgoing, references: References
) -> None:
    """Three matters with one button; who takes one stands in the same message, the rest waits."""
    lines = [TicketLine(f"Case {each}", each, thread=f"ticket:T{each}") for each in (1, 2, 3)]
    told = {"kind": NoticeKind.GROUP, "thread": "group:a-1", "title": "Nordbo AB", "owner": None}
    first = channel.deliver(outgoing("row/1", lines=tuple(lines), **told), now=NOW)
    assert isinstance(first, Delivered)
    references["slack:support", "group:a-1"] = first.reference
    lines[1] = replace(lines[1], owner="Johan Lind")

    edit = outgoing("row/2", urgency=Urgency.EDIT, lines=tuple(lines), **told)
    channel.deliver(edit, now=NOW)

    (message,) = world.chat.messages("support")
    shown = str(message.blocks)
    assert message.is_edited and message.text.startswith("3 AT ONCE (Nordbo AB)")
    assert "#2, Johan Lind, Case 2" in shown and "#3, nobody yet, Case 3" in shown
    assert "group:a-1" in shown, "the button names the group"


def test_acknowledgement_without_first_message_is_posted(
    channel: SlackChannel, world: World, outgoing: MakeOutgoing
) -> None:
    """Where no first message is known, the acknowledgement is a message of its own."""
    taken = outgoing("row/2", kind=NoticeKind.ACKNOWLEDGED, owner="Johan Lind", buttons=())

    channel.deliver(taken, now=NOW)

    assert len(world.chat.messages("support")) == 1


def test_card_is_renewed_in_place(
    channel: SlackChannel, world: World, outgoing: MakeOutgoing, references: References
) -> None:
    """An edit shows the new state in the first message and says of which instant it is true."""
    first = channel.deliver(outgoing("row/1"), now=NOW)
    assert isinstance(first, Delivered)
    references["slack:support", "ticket:T1"] = first.reference
    edit = outgoing("row/2", kind=NoticeKind.SLA_BREACHED, urgency=Urgency.EDIT)

    outcome = channel.deliver(edit, now=NOW + timedelta(minutes=45))

    (message,) = world.chat.messages("support")
    assert first == outcome
    assert message.text == "FIRST REPLY MISSED (due 09:30, 15 min ago): #48213 Nordbo AB"
    assert "↻ 09:45 UTC" in str(message.blocks[-1])


@pytest.mark.parametrize("known", ["", "C1:1.000001"])
def test_edit_makes_no_message(
    channel: SlackChannel, world: World, outgoing: MakeOutgoing, references: References, known: str
) -> None:
    """Where the first message is gone or never was, an edit does not bring it back."""
    references["slack:support", "ticket:T1"] = known
    row = outgoing("row/2", urgency=Urgency.EDIT)

    outcome, found = channel.deliver(row, now=NOW), channel.find(row, since=NOW)

    assert isinstance(outcome, Refused) and isinstance(found, Refused)
    assert world.chat.messages("support") == ()


@pytest.mark.parametrize(
    ("fault", "floor"), [(SlackFault.THROTTLED, 17.0), (SlackFault.THROTTLED_SILENTLY, 5.0)]
)
def test_slowing_down_is_obeyed(
    channel: SlackChannel, door: SlackDoor, world: World, outgoing: MakeOutgoing,
    fault: SlackFault, floor: float,
) -> None:  # fmt: skip
    """A 429 waits as long as Slack asks, five seconds if it names no time; one call was made."""
    world.faults.switch_on(fault, endpoint=POST, retry_after=17)

    outcome = channel.deliver(outgoing(), now=NOW)

    assert TryLater("Slack asks us to slow down", floor) == outcome
    assert (door.calls[POST], world.chat.messages()) == (1, ())


@pytest.mark.parametrize(
    "fault", [SlackFault.ANSWER_LOST, SlackFault.INTERNAL_ERROR, SlackFault.PAGE_INSTEAD]
)
def test_lost_reply_makes_one_message(
    channel: SlackChannel, door: SlackDoor, world: World, outgoing: MakeOutgoing,
    fault: SlackFault,
) -> None:  # fmt: skip
    """After a lost or unclear reply we look, find the message and do not send a second."""
    row, before = outgoing(), world.clock.now()
    world.faults.switch_on(fault, endpoint=POST, times=1)

    outcome = channel.deliver(row, now=NOW)
    found = channel.find(row, since=before)

    (message,) = world.chat.messages("support")
    assert isinstance(outcome, Unknown)
    assert isinstance(found, Delivered) and found.reference.endswith(message.ts)
    assert door.calls[POST] == 1


def test_lost_reply_in_thread_is_found(
    channel: SlackChannel, world: World, outgoing: MakeOutgoing, references: References
) -> None:
    """A message whose reply was lost is found in its thread, which the history does not show."""
    first = channel.deliver(outgoing("row/1"), now=NOW)
    assert isinstance(first, Delivered)
    references["slack:support", "ticket:T1"] = first.reference
    row, before = outgoing("row/2"), world.clock.now()
    world.faults.switch_on(SlackFault.ANSWER_LOST, endpoint=POST, times=1)

    channel.deliver(row, now=NOW)
    found = channel.find(row, since=before)

    assert isinstance(found, Delivered)
    assert found.reference.endswith(world.chat.messages("support")[1].ts)


def test_message_that_never_left_is_not_found(
    channel: SlackChannel, world: World, outgoing: MakeOutgoing
) -> None:
    """A line that broke before Slack acted leads to `Refused` by `find`, so it is sent again."""
    row = outgoing()
    channel.deliver(outgoing("row/0"), now=NOW)
    world.faults.switch_on(SlackFault.RESET, endpoint=POST, times=1)

    outcome = channel.deliver(row, now=NOW)
    found = channel.find(row, since=world.clock.now())

    assert isinstance(outcome, Unknown) and isinstance(found, Refused)


def test_message_is_found_behind_many_others(
    channel: SlackChannel, world: World, outgoing: MakeOutgoing
) -> None:
    """The look goes through every page of a busy channel."""
    row, before = outgoing(), world.clock.now()
    channel.deliver(row, now=NOW)
    for count in range(450):
        world.chat.post("support", f"chatter {count}", author="somebody")

    found = channel.find(row, since=before - timedelta(minutes=1))

    assert isinstance(found, Delivered)


def test_nobody_at_home_is_for_later(
    channel: SlackChannel, world: World, outgoing: MakeOutgoing
) -> None:
    """A refused connection sent nothing: it is tried again without a look."""
    world.faults.switch_on(SlackFault.REFUSED)

    outcome = channel.deliver(outgoing(), now=NOW)

    assert TryLater("Slack cannot be used just now (ConnectionRefusedError)") == outcome


def test_unavailable_is_for_later(
    channel: SlackChannel, world: World, outgoing: MakeOutgoing
) -> None:
    """A 503 with a page is tried again later."""
    world.faults.switch_on(SlackFault.UNAVAILABLE, times=1)

    assert isinstance(channel.deliver(outgoing(), now=NOW), TryLater)


def test_revoked_token_says_what_to_do(
    channel: SlackChannel, world: World, outgoing: MakeOutgoing
) -> None:
    """A revoked token is refused for good, with the way to a new one."""
    world.faults.switch_on(SlackFault.TOKEN_REVOKED)

    outcome = channel.deliver(outgoing(), now=NOW)

    assert isinstance(outcome, Refused)
    assert "token_revoked" in outcome.reason and "DESKMATE_SLACK_BOT_TOKEN" in outcome.advice


def test_archived_channel_says_what_to_do(
    channel: SlackChannel, door: SlackDoor, outgoing: MakeOutgoing
) -> None:
    """An archived channel is refused for good, with the advice to name another one."""
    door.workspace.archive("support")

    outcome = channel.deliver(outgoing(), now=NOW)

    assert isinstance(outcome, Refused)
    assert "is_archived" in outcome.reason and "unarchive" in outcome.advice


def test_channel_without_us_says_what_to_do(
    channel: SlackChannel, door: SlackDoor, outgoing: MakeOutgoing
) -> None:
    """A channel that the app is not in asks for an invitation."""
    door.workspace.open_channel("support", is_member=False)

    outcome = channel.deliver(outgoing(), now=NOW)

    assert isinstance(outcome, Refused) and "/invite" in outcome.advice


def test_unknown_channel_says_what_to_do(channel: SlackChannel, outgoing: MakeOutgoing) -> None:
    """A channel that Slack does not know asks for its id."""
    outcome = channel.deliver(outgoing(destination="slack:nowhere"), now=NOW)

    assert isinstance(outcome, Refused) and "id" in outcome.advice


def test_missing_scope_is_named(world: World, outgoing: MakeOutgoing) -> None:
    """A missing right is named in the advice."""
    door = SlackDoor(world, world.clock, scopes=("channels:read",)).start()
    channel = SlackChannel(slack_client(BOT_TOKEN, base_url=door.base_url), threads=lambda *_: None)

    outcome = channel.deliver(outgoing(), now=NOW)
    door.stop()

    assert isinstance(outcome, Refused) and "chat:write" in outcome.advice


def test_refused_blocks_are_sent_plain(
    channel: SlackChannel, door: SlackDoor, world: World, outgoing: MakeOutgoing
) -> None:
    """A message whose blocks Slack refuses is sent once more as plain text, under its key."""
    world.faults.switch_on(SlackFault.BLOCKS_REFUSED)

    outcome = channel.deliver(outgoing(), now=NOW)

    (message,) = world.chat.messages("support")
    assert isinstance(outcome, Delivered)
    assert (message.blocks, message.metadata["event_payload"]) == ((), {"key": "row/1"})
    assert door.calls[POST] == 2


def test_person_is_told_directly(
    channel: SlackChannel, door: SlackDoor, world: World, outgoing: MakeOutgoing
) -> None:
    """A destination may be one person; a lost reply is looked for in their conversation."""
    johan = door.member("Johan Lind").user_id
    row, before = outgoing(destination=f"slack:{johan}"), world.clock.now()
    world.faults.switch_on(SlackFault.ANSWER_LOST, endpoint=POST, times=1)

    channel.deliver(row, now=NOW)
    found = channel.find(row, since=before)

    assert isinstance(found, Delivered) and found.reference.startswith("D")


def test_check_says_what_is_wrong(channel: SlackChannel, door: SlackDoor) -> None:
    """The online check looks at token, scopes and every channel, and posts nothing."""
    door.workspace.open_channel("old", is_archived=True)

    findings = channel.examine(["slack:support", "slack:old", "slack:nowhere", "mail:a@b.example"])

    assert [each.is_ok for each in findings] == [True, True, True, False, False]
    assert all(each.advice for each in findings if not each.is_ok)
    assert door.calls[POST] == 0


def test_check_with_dead_token_says_so(channel: SlackChannel, world: World) -> None:
    """A dead token is one finding with its advice."""
    world.faults.switch_on(SlackFault.TOKEN_REVOKED)

    (finding,) = channel.examine(["slack:support"])

    assert not finding.is_ok and "DESKMATE_SLACK_BOT_TOKEN" in finding.advice


def test_helpdesk_faults_leave_slack_alone(
    channel: SlackChannel, world: World, outgoing: MakeOutgoing
) -> None:
    """When the helpdesk is down, Slack is told all the same."""
    world.faults.switch_on(Fault.REFUSED)

    assert isinstance(channel.deliver(outgoing(), now=NOW), Delivered)
