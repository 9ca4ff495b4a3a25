# SPDX-License-Identifier: GPL-3.0-or-later
"""What `/desk` answers about cases, and what it writes down."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sources_doors import NOW

from bot.clock import VirtualClock
from bot.config.load import Loaded, load_policy
from bot.rules.actions import Notice, NoticeKind, Outgoing
from bot.rules.engine import compile_policy
from bot.rules.events import AnswerGiven, ButtonPressed, OutageOrdered, SilenceOrdered
from bot.rules.history import Change, ChangeKind
from bot.rules.incident_values import Incident, IncidentOrdered, Verb
from bot.rules.outage_state import Blind, OutageState, Phase, to_row
from bot.rules.outcome import Delivered
from bot.rules.silences import Silence, to_state
from bot.rules.ticket import Actor, Origin, Person, Status, Ticket
from bot.sources.chat_commands import DeskCommands
from bot.sources.chat_threads import ThreadWord, answer_in
from bot.store.incidents import save_incident
from bot.store.queues import OutboxState
from bot.store.silences import STATE
from bot.store.store import Store
from bot.store.waiting import TICKETS

REFERENCE = "ACM-4F7KQ2XN-M"
CASE = Ticket(
    ticket_id="00000001",
    origin=Origin.MAILBOX,
    created_at=NOW,
    updated_at=NOW,
    status=Status.NEW,
    subject="Portal is down",
    description="It is down.\x1b[31m",
    reference=REFERENCE,
    requester=Person(email="nora@northwind.example"),
)


POLICY = """
desk: test
people: {bo: {slack: U0BO}, eva: {sms: "+467"}}
rosters: {duty: {zone: UTC, rotation: {people: [bo, eva], every: 1w, since: 2026-01-05}}}
rights: {silence: bo, outage: bo, incident: bo}
incidents: {services: {portal: {}, api: {}}, severities: {major: {}, minor: {}}}
"""


@pytest.fixture
def commands(store: Store, clock: VirtualClock, tmp_path: Path) -> DeskCommands:
    """The commands of an English desk that has one case."""
    opened = Change("m", NOW, ChangeKind.CREATED, Actor.REQUESTER, body=CASE.description)
    store.write(lambda tx: (tx.tickets.save(CASE), tx.tickets.add_change("00000001", opened)))
    (tmp_path / "rules.yaml").write_text(POLICY, encoding="utf-8")
    loaded = load_policy(tmp_path, this_year=2026)
    assert isinstance(loaded, Loaded), loaded
    compiled = compile_policy(loaded.policy)
    return DeskCommands(store, clock, lambda: compiled)


def test_cases_are_listed(commands: DeskCommands) -> None:
    """Reference, whose and what, a line each."""
    assert commands("cases", "Bo") == f"{REFERENCE} - nora@northwind.example - Portal is down"


def test_case_is_shown_by_its_reference(commands: DeskCommands) -> None:
    """As people type it, and nothing in it moves a terminal's cursor."""
    shown = commands(f"case [{REFERENCE.lower()}]", "Bo")

    assert "It is down." in shown
    assert "\x1b" not in shown


def test_answer_is_written_down_before_it_is_promised(commands: DeskCommands, store: Store) -> None:
    """Twice within a minute, as Slack repeats what it takes for lost, is one answer."""
    said = [commands(f"answer {REFERENCE} We are on it.", "Bo") for _ in range(2)]

    with store.read() as reader:
        waiting = reader.inbox.waiting()
    assert "on its way" in said[0] or "written down" in said[0]
    assert said[0] == said[1]
    assert waiting == 1


def test_answer_holds_every_word(commands: DeskCommands, store: Store, clock: VirtualClock) -> None:
    """Line by line as it was typed, with who typed it."""
    commands(f"answer {REFERENCE} First line\nsecond  line", "Bo")

    [claimed] = store.write(lambda tx: tx.inbox.claim(now=clock.now(), lease_seconds=5, limit=5))
    assert claimed.event.fact == AnswerGiven(
        "ticket:00000001", "First line\nsecond  line", "Bo", "slack"
    )


@pytest.mark.parametrize("text", ["answer ACM-00000000-0 Hello", f"answer {REFERENCE}", "case X-1"])
def test_what_cannot_be_done_is_said(commands: DeskCommands, store: Store, text: str) -> None:
    """And nothing is written down."""
    said = commands(text, "Bo")

    with store.read() as reader:
        assert reader.inbox.waiting() == 0
    assert said


def test_answer_in_the_thread_of_a_case(commands: DeskCommands, store: Store) -> None:
    """Under the message that told of it, once, however often Slack tells us of it."""
    _told_in_slack(store)
    said = ThreadWord("C1", "1700.1", "1700.2", "We are on it.", "U1")

    sentences = [commands.heard(said, "Bo") for _ in range(2)]

    with store.read() as reader:
        assert reader.inbox.waiting() == 1
    assert sentences[0] is not None and REFERENCE in sentences[0]


@pytest.mark.usefixtures("commands")
def test_answer_is_for_whom_the_policy_names(
    store: Store, clock: VirtualClock, tmp_path: Path
) -> None:
    """`rights: {answer: bo}` holds for the command and in a thread; nobody else's words go out."""
    text = POLICY.replace("rights: {", "rights: {answer: bo, ")
    (tmp_path / "rules.yaml").write_text(text, encoding="utf-8")
    loaded = load_policy(tmp_path, this_year=2026)
    assert isinstance(loaded, Loaded), loaded
    compiled = compile_policy(loaded.policy)
    named = DeskCommands(store, clock, lambda: compiled)
    _told_in_slack(store)

    refused = [
        named(f"answer {REFERENCE} We are on it.", "Bo", "U0EVE"),
        named.heard(ThreadWord("C1", "1700.1", "1700.2", "We are on it.", "U0EVE"), "Bo"),
    ]
    with store.read() as reader:
        waiting = reader.inbox.waiting()
    taken = named.heard(ThreadWord("C1", "1700.1", "1700.3", "We are on it.", "U0BO"), "Robert")

    assert [each[:11] for each in refused if each] == ["You may not"] * 2 and waiting == 0
    assert taken is not None and REFERENCE in taken


def _told_in_slack(store: Store) -> None:
    """The case's message stands in Slack as C1:1700.1."""
    notice = Notice(NoticeKind.CASE, "ticket:00000001", NOW, "Down", "00000001")
    row = Outgoing("case/1", "slack:support", "o", notice)
    store.write(lambda tx: tx.outbox.add(row, NOW))
    [claimed] = store.write(
        lambda tx: tx.outbox.claim(destination_prefix="slack:", now=NOW, lease_seconds=9, limit=1)
    )
    store.write(lambda tx: tx.outbox.record(claimed.row_id, Delivered("C1:1700.1"), NOW))


def test_other_threads_are_none_of_our_business(commands: DeskCommands, store: Store) -> None:
    """Nobody is told anything, nothing is written down."""
    assert commands.heard(ThreadWord("C1", "1.1", "1.2", "Hello", "U1"), "Bo") is None
    with store.read() as reader:
        assert reader.inbox.waiting() == 0


@pytest.mark.parametrize(
    ("event", "words"),
    [
        ({"text": "answer: We are on it.", "thread_ts": "1.1", "ts": "1.2"}, "We are on it."),
        ({"text": "Antwort: a &lt; b &amp; c", "thread_ts": "1.1", "ts": "1.2"}, "a < b & c"),
        (
            {"text": "svar: see <https://a.example/x|a.example/x> or ask <@U1|bo>",
             "thread_ts": "1.1", "ts": "1.2"},
            "see a.example/x or ask bo",
        ),
        ({"text": "We should answer: soon", "thread_ts": "1.1", "ts": "1.2"}, None),
        ({"text": "answer: not in a thread", "ts": "1.2"}, None),
        ({"text": "answer: its first message", "thread_ts": "1.2", "ts": "1.2"}, None),
        ({"text": "answer: a bot", "thread_ts": "1.1", "ts": "1.2", "bot_id": "B1"}, None),
        (
            {"text": "answer: edited", "thread_ts": "1.1", "ts": "1.2",
             "subtype": "message_changed"},
            None,
        ),
    ],
)  # fmt: skip
def test_only_words_behind_answer_are_heard(event: dict[str, object], words: str | None) -> None:
    """As they were typed: Slack's entities, links and names are undone."""
    said = answer_in(event)

    assert (said.text if said else None) == words


def test_everything_else_is_answered_by_the_help(commands: DeskCommands) -> None:
    """The help names the commands."""
    assert "/desk answer" in commands("what?", "Bo")


def test_queue_shows_what_is_open(commands: DeskCommands) -> None:
    """Number, whose, who has it and what it is about."""
    shown = commands("queue", "Bo").splitlines()

    assert shown[0] == f"{REFERENCE} - nobody yet - Portal is down"
    assert shown[1:] == ["Known open tickets - never read"]


@pytest.mark.parametrize("asked", ["queue", "risk", "case #4711", "ticket 4711"])
def test_what_the_helpdesk_showed_says_how_old_it_is(
    commands: DeskCommands, store: Store, asked: str
) -> None:
    """While it is down nothing newer is known; a case lives with us and is never old."""
    known = replace(CASE, ticket_id="00000002", origin=Origin.HELPDESK, number=4711, reference=None)
    read_at = {"at": (NOW - timedelta(minutes=5)).isoformat()}
    store.write(lambda tx: (tx.tickets.save(known), tx.states.save(TICKETS, read_at)))

    shown = commands(asked, "Bo").splitlines()
    assert f"{NOW - timedelta(minutes=5):%H:%M} UTC (5 min ago)" in shown[-1]
    assert "ago" not in commands(f"case {REFERENCE}", "Bo")


def test_who_is_on_call_now_and_next(commands: DeskCommands) -> None:
    """Each roster, who is on duty, and who follows."""
    shown = commands("oncall", "Bo")

    assert shown.startswith("duty: ")
    assert {"bo", "eva"} <= set(shown.replace(",", " ").split())


def test_silence_is_ordered_by_whom_the_policy_names(commands: DeskCommands, store: Store) -> None:
    """Bo may, Eve may not; what cannot be understood teaches how it is written."""
    assert commands("silence works 2h the network is rebuilt", "Eve").startswith("You may not")
    assert commands("silence works", "Bo").startswith("Write: /desk silence NAME 2h ")
    assert commands("silence works 2h the network is rebuilt", "Bo").startswith("works is silent")

    with store.read() as reader:
        assert reader.inbox.waiting() == 1


def test_silence_is_limited_from_chat(commands: DeskCommands, store: Store) -> None:
    """Limits stand before the reason, in the quotes of any keyboard; unknown ones are named."""
    assert "organisaton; ticket," in commands("silence works 2h organisaton=Nordbo why", "Bo")
    said = commands("silence works 2h organisation=“Nordbo &amp; Co” priority=low 1+1=2 why", "Bo")

    [row] = store.write(lambda tx: tx.inbox.claim(now=NOW, lease_seconds=5, limit=5))
    only = {"organisation": "Nordbo & Co", "priority": "low"}
    end = NOW + timedelta(hours=2)
    assert row.event.fact == SilenceOrdered("works", end, "1+1=2 why", "Bo", only)
    assert said.startswith("works (organisation Nordbo & Co, priority low) is silent")


def test_silences_are_listed_and_ended_from_chat(commands: DeskCommands, store: Store) -> None:
    """With until when, why and how much each hid; ended once by its name, however Slack repeats."""
    works = Silence(
        "Works", "new network", "bo", NOW, NOW + timedelta(hours=2), only={"priority": "low"}
    )
    over = replace(works, name="old", end=NOW)
    row = Outgoing("m", "slack:support", "o", Notice(NoticeKind.RULE, "t", NOW))
    untold = (OutboxState.SILENCED, "silence Works: new network")
    store.write(lambda tx: (tx.states.save(STATE, to_state((works, over))),
                            tx.outbox.add(row, NOW, untold=untold)))  # fmt: skip

    listed = commands("silence", "Eve").splitlines()
    refused = commands("silence end Works", "Eve")
    unknown = commands("silence end old", "Bo")
    ended = [commands("silence end works", "Bo") for _ in range(2)]

    assert listed[0].startswith("Works - priority low - Until: ")
    assert listed[0].endswith("bo, new network - hidden so far: 1")
    assert len(listed) == 2 and "end NAME" in listed[1]
    assert refused.startswith("You may not")
    assert unknown.endswith("To end: Works")
    assert ended == ["Works ends now; what it hid and still waits is told."] * 2
    [claimed] = store.write(lambda tx: tx.inbox.claim(now=NOW, lease_seconds=5, limit=5))
    assert claimed.event.fact == SilenceOrdered("Works", NOW, "ended by hand", "Bo")


def test_silence_is_tried_beforehand_from_chat(commands: DeskCommands, store: Store) -> None:
    """What it would have hidden of the last week, and nothing is ordered by asking."""
    rows = [
        Outgoing(f"m{n}", "slack:support", f"o{n}",
                 Notice(NoticeKind.RULE, f"t{n}", NOW, title=f"{name}\x1b", organisation=name))
        for n, name in enumerate(("Nordbo AB", "Acme", "Nordbo AB"))
    ]  # fmt: skip
    store.write(lambda tx: [tx.outbox.add(row, NOW) for row in rows])

    shown = commands("silence preview organisation=“nordbo ab”", "Bo").splitlines()

    assert shown[0].endswith("last 7 days: 2/3")
    assert [line.partition(" - ")[2] for line in shown[1:]] == ["slack:support - Nordbo AB"] * 2
    assert commands("silence preview Nordbo", "Bo").startswith("Write: ")
    with store.read() as reader:
        assert reader.inbox.waiting() == 0


def test_maintenance_is_announced_from_chat(commands: DeskCommands, store: Store) -> None:
    """On a service or on the helpdesk; works on nothing teach how it is written."""
    assert commands("maintenance disks 2h new disks", "Bo").startswith("Write: /desk maintenance")
    commands("maintenance zendesk 2h helpdesk the vendor says so", "Bo")

    [row] = store.write(lambda tx: tx.inbox.claim(now=NOW, lease_seconds=5, limit=5))
    assert row.event.fact == SilenceOrdered(
        "zendesk", NOW + timedelta(hours=2), "the vendor says so", "Bo", is_maintenance=True,
        of_helpdesk=True,
    )  # fmt: skip


def test_outage_is_declared_by_whom_the_policy_names(commands: DeskCommands, store: Store) -> None:
    """Bo may, Eve may not; asked twice by Slack it is one order, with who, why and until when."""
    assert commands("outage declare 2h nobody can log in", "Eve").startswith("You may not")
    assert commands("outage declare", "Bo").startswith("Write: /desk outage declare")
    said = [commands("outage declare 2h nobody can log in", "Bo") for _ in range(2)]

    [row] = store.write(lambda tx: tx.inbox.claim(now=NOW, lease_seconds=5, limit=5))
    assert said[0] == said[1]
    assert row.event.fact == OutageOrdered(
        True, "nobody can log in", "Bo", NOW + timedelta(hours=2)
    )


def test_all_clear_needs_something_to_clear(commands: DeskCommands, store: Store) -> None:
    """While the helpdesk is there nothing is written down; while it is not, the word is."""
    quiet = commands("outage clear the vendor says so", "Bo")
    down = OutageState(phase=Phase.DOWN, since=NOW, incident=1)
    store.write(lambda tx: tx.states.save("outage", to_row(down)))
    commands("outage clear the vendor says so", "Bo")

    [row] = store.write(lambda tx: tx.inbox.claim(now=NOW, lease_seconds=5, limit=5))
    assert quiet == "The helpdesk is not declared down."
    assert commands("outage", "Bo").startswith("down, ")
    assert row.event.fact == OutageOrdered(False, "the vendor says so", "Bo")


def test_incident_is_opened_by_whom_the_policy_names(commands: DeskCommands, store: Store) -> None:
    """Bo may, Eve may not; asked twice by Slack it is one order, and mistakes teach the names."""
    assert commands("incident open portal major Slow", "Eve").startswith("You may not")
    assert "portal, api" in commands("incident open shop major Slow", "Bo")
    assert "major, minor" in commands("incident open portal grave Slow", "Bo")
    said = [commands("incident open portal,api major Logins fail", "Bo") for _ in range(2)]

    [row] = store.write(lambda tx: tx.inbox.claim(now=NOW, lease_seconds=5, limit=5))
    assert said == ["Written down: open portal, api."] * 2
    assert row.event.fact == IncidentOrdered(
        Verb.OPEN, "Bo", "Logins fail", services=("portal", "api"), severity="major"
    )


@pytest.mark.parametrize(
    "text",
    ["silence works 2h new disks", "outage declare they say so", "incident open api major Slow"],
)
def test_name_taken_in_slack_gives_no_right(
    commands: DeskCommands, store: Store, text: str
) -> None:
    """Who calls herself Bo there is refused; Bo is known by his user id, whatever he is called."""
    refused = commands(text, "Bo", "U0EVE")
    with store.read() as reader:
        waiting = reader.inbox.waiting()

    commands(text, "Robert Olsson", "U0BO")

    [row] = store.write(lambda tx: tx.inbox.claim(now=NOW, lease_seconds=5, limit=5))
    assert refused.startswith("You may not") and waiting == 0
    assert row.event.fact.by == "Robert Olsson"


def test_ticket_is_taken_by_command_under_ones_user_id(
    commands: DeskCommands, store: Store
) -> None:
    """As under a button: rights are looked at again when it is handled."""
    commands(f"ack {REFERENCE}", "Bo", "U0BO")

    [row] = store.write(lambda tx: tx.inbox.claim(now=NOW, lease_seconds=5, limit=5))
    assert row.event.fact == ButtonPressed(
        "acknowledge", "ticket:00000001", "Bo", "slack", {"user": "U0BO"}
    )


def test_incident_is_seen_and_its_tickets_changed(commands: DeskCommands, store: Store) -> None:
    """By its name; a ticket that nobody knows is not written down."""
    known = Incident(1, ("portal",), "major", "Logins fail", NOW, NOW)
    store.write(lambda tx: save_incident(known, tx))

    assert commands("incident", "Bo") == "P1 - open - major - portal - Ticket: 0 - Logins fail"
    assert commands("incident P2", "Bo") == "There is no incident P2 here."
    assert commands("incident send P1", "Bo").startswith("P1 has no draft")
    assert commands("incident add P1 99", "Bo") == "There is no ticket 99 here."
    unknown = commands(f"incident remove P1 {REFERENCE} #98 99", "Bo")
    assert unknown == "There is no ticket #98, 99 here."
    assert commands("incident add P1", "Bo").startswith("Write: /desk incident")
    assert commands(f"incident add P1 {REFERENCE}", "Bo") == "Written down: add P1."


def test_incidents_are_made_one_by_whom_the_policy_names(
    commands: DeskCommands, store: Store
) -> None:
    """Bo may, Eve may not; into what there is, and named as incidents are."""
    known = [Incident(n, ("portal",), "major", "Logins fail", NOW, NOW) for n in (3, 4)]
    store.write(lambda tx: [save_incident(each, tx) for each in known])

    assert commands("incident merge P4 P3", "Eve").startswith("You may not")
    assert commands("incident merge P4 P9", "Bo") == "There is no incident P9 here."
    assert commands("incident merge P4 3", "Bo").startswith("Write: /desk incident")
    assert commands("incident merge P4 P3", "Bo") == "Written down: merge P4."
    [row] = store.write(lambda tx: tx.inbox.claim(now=NOW, lease_seconds=5, limit=5))
    assert row.event.fact == IncidentOrdered(Verb.MERGE, "Bo", number=4, into=3)


def test_outage_says_that_it_is_not_seen(commands: DeskCommands, store: Store) -> None:
    """What was healthy when our own line died is not called that alone."""
    blind = OutageState(blind=Blind.NETWORK, blind_since=NOW)
    store.write(lambda tx: tx.states.save("outage", to_row(blind)))

    assert "Blind since" in commands("outage", "Bo")


@pytest.mark.parametrize("text", ["risk", "outage", "ticket 99", "next 99", f"ticket {REFERENCE}"])
def test_every_view_answers(commands: DeskCommands, text: str) -> None:
    """A line at least, also where there is nothing to show."""
    assert commands(text, "Bo").strip()


@pytest.mark.parametrize(
    ("person", "said"),
    [("Bo", "https://desk.example"), ("Eva", "You may not do that. Who may: bo.")],
)
def test_link_to_who_waits_is_for_oneself_with_the_right(
    commands: DeskCommands, store: Store, clock: VirtualClock, person: str, said: str
) -> None:
    """For the entry of `people` that one is; who got it is written down."""
    giving = DeskCommands(
        store, clock, commands._compiled,
        page_address=lambda link: f"https://desk.example/{link.person}",
    )  # fmt: skip

    answer = giving("outage link", person)

    with store.read() as reader:
        made = reader.journal.of("continuity/links")
    assert said in answer
    assert [each.reasons[0].because for each in made] == [("bo",)] * (person == "Bo")


def test_link_is_given_nowhere_where_others_read(commands: DeskCommands) -> None:
    """A whole channel reads what is answered in Teams."""
    assert "in Slack alone" in commands("outage link", "Bo")
