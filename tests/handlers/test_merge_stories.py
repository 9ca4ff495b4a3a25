# SPDX-License-Identifier: GPL-3.0-or-later
"""Two incidents are found to be one: its tickets, its customers, its calls and its months."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from desk import MONDAY, POLICY, Desk, compiled_policy

from bot.commands.incident_product import ProductRecord, months_of, product_record
from bot.rules.actions import Banner, Notice, NoticeKind
from bot.rules.events import Event
from bot.rules.incident_values import IncidentOrdered, Verb
from bot.store.incidents import affected_by, load_incident

MINUTE, SELDOM = timedelta(minutes=1), timedelta(minutes=5)
RULES = """rules:
  down:
    if: {says: down}
    then: {category: incident, priority: normal, incident: {service: portal, severity: major}}
  slow:
    if: {says: slow}
    then: {category: incident, priority: normal, incident: {service: api, severity: minor}}
rights: {incident: everybody, send_update: everybody}
ladders: {late: {levels: [{after: 0m, tell: lead}]}}
incidents:
  services: {portal: {promised: "99.9%"}, api: {}}
  severities:
    major: {tell: [lead, team], update_every: 30m, missed: late, banner: true}
    minor: {tell: team, update_every: 4h}
  follow_up: Write the report
"""
WORDS = "words:\n  slow: {en: [is slow]}\n"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """A desk with P1 of the API, slow, and P2 of the portal, down, with a ticket each."""
    beginning = POLICY.partition("rules:\n")[0].replace("words:\n", WORDS)
    made = Desk(compiled_policy(tmp_path, f"{beginning}{RULES}"))
    made.write("API is slow")
    made.clock.move_to(MONDAY + 10 * MINUTE)
    made.write("Portal is down", who="northwind")
    made.run(MINUTE)
    yield made
    made.close()


def order(desk: Desk, verb: Verb, number: int, text: str = "", *, into: int = 0) -> None:
    now = desk.clock.now()
    fact = IncidentOrdered(verb, "bo", text, number, into=into)
    event = Event(f"incident/{verb}/{now.isoformat()}", "incident", now, "command", fact)
    desk.store.receive([event]).result()
    desk.run()


def record(desk: Desk, number: int = 1) -> ProductRecord:
    with desk.store.read() as reader:
        incident = load_incident(number, reader)
        assert incident is not None
        return product_record(incident, reader, desk.compiled, desk.clock.now())


def calls(desk: Desk) -> list[str]:
    """Of which incident each reminder and each call for a missed update was."""
    return [
        each.message.reference
        for _, each in desk.channel.delivered
        if isinstance(each.message, Notice) and each.message.kind is NoticeKind.INCIDENT_DUE
    ]


def test_tickets_and_customers_go_over(desk: Desk) -> None:
    """Both stand on the list of the one that stays, and who was told before is not untold."""
    order(desk, Verb.UPDATE, 2, "We are at it.")
    order(desk, Verb.SEND, 2)
    order(desk, Verb.MERGE, 2, into=1)

    whole = record(desk)
    with desk.store.read() as reader:
        left = affected_by(2, reader)
    assert (left, len(whole.affected), whole.untold) == ((), 2, 1)
    assert whole.incident.services == ("api", "portal")
    [number] = [each.number for each in desk.world.tickets() if each.subject == "Portal is down"]
    assert "P2 is part of incident P1 (by bo)." in desk.notes(number)


def test_only_the_one_that_stays_calls(desk: Desk) -> None:
    """The part's draft and reminders end; the sooner time goes on in the whole's name."""
    order(desk, Verb.UPDATE, 2, "We are at it.")
    order(desk, Verb.MERGE, 2, into=1)
    desk.run(40 * MINUTE, look_every=SELDOM)

    assert set(calls(desk)) == {"P1"}
    assert record(desk, 2).incident.drafts == {}
    assert [each.subject for each in desk.world.tickets() if "report" in each.subject] == []


def test_part_that_was_missed_is_called_no_further(desk: Desk) -> None:
    """A ladder that runs for the part ends with it."""
    desk.run(31 * MINUTE, look_every=SELDOM)
    before = calls(desk)
    order(desk, Verb.MERGE, 2, into=1)
    with desk.store.read() as reader:
        kept = [key for key in reader.alerts.starting("ladder/") if "P2" in key]
        running = [key for key in kept if "closed" not in str(reader.alerts.load(key))]

    assert "P2" in before
    assert running == []


def test_time_of_both_counts_once(desk: Desk) -> None:
    """The portal was away from its first ticket to the end of the whole, through the merge."""
    order(desk, Verb.MERGE, 2, into=1)
    merged_at = desk.clock.now()
    desk.run(30 * MINUTE, look_every=SELDOM)
    order(desk, Verb.RESTORED, 1)
    whole, now = record(desk), desk.clock.now()

    with desk.store.read() as reader:
        months = months_of(reader, desk.compiled, since=MONDAY, until=MONDAY, now=now)
    restored = whole.incident.restored_at
    [span] = whole.away["portal"]
    assert restored is not None
    assert (span.start, span.end) == (record(desk, 2).incident.began_at, restored)
    assert span.start < merged_at - MINUTE < span.end
    assert months["portal"][0].away == span.end - span.start


def test_report_tells_both_and_the_journal_who(desk: Desk) -> None:
    """H62: what happened in the part stands in the whole's timeline, under its name."""
    order(desk, Verb.MERGE, 2, into=1)

    lines = [(each.kind, each.text) for each in record(desk).timeline]
    with desk.store.read() as reader:
        entries = [reader.journal.of(f"incident:P{number}")[-1] for number in (1, 2)]
    assert ("opened", "P2: portal, major") in lines
    assert ("merged", "portal, major. P2") in lines
    assert ("joined", "P2: P1") in lines
    assert [(each.reasons[0].source, each.reasons[0].evidence) for each in entries] == [
        ("bo", ("P2",)), ("bo", ("P1",)),
    ]  # fmt: skip


def test_banner_never_says_less_than_is_down(desk: Desk) -> None:
    """From the merge on it names both services, in one sentence."""
    order(desk, Verb.MERGE, 2, into=1)

    texts = [each.message.texts["en"] for _, each in desk.channel.delivered
             if isinstance(each.message, Banner)]  # fmt: skip
    assert all("portal" in each for each in texts)
    assert "api, portal" in texts[-1] and texts[-1].count("portal") == 1


def test_each_of_us_hears_once(desk: Desk) -> None:
    """Those of the part in its thread, those of the whole who are not among them in its own."""
    before = len(desk.told(NoticeKind.INCIDENT))
    order(desk, Verb.MERGE, 1, into=2)

    told = [to for to, _ in desk.told(NoticeKind.INCIDENT)][before:]
    assert sorted(told) == ["mail:team@acme.example", "slack:leads", "slack:support"]
