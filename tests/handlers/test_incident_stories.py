# SPDX-License-Identifier: GPL-3.0-or-later
"""An incident of the product: seen by a rule, kept in rhythm, told by people, closed, followed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from desk import POLICY, Desk, compiled_policy

from bot.rules.actions import Banner, Notice, NoticeKind
from bot.rules.events import AlertReceived, AlertState, ButtonPressed, Event
from bot.rules.incident_values import Incident, IncidentOrdered, Phase, Verb
from bot.rules.probes import Verdict
from bot.store.incidents import affected_by, all_incidents
from bot.store.outages import PRODUCT

MINUTE, HALF_A_MINUTE = timedelta(minutes=1), timedelta(seconds=30)
SELDOM = 5 * MINUTE
INCIDENTS = """
  down:
    if: {says: down}
    then: {category: incident, priority: urgent, tell: team,
           incident: {service: portal, severity: major}}
  fires:
    event: alert
    if: {alert.state: firing}
    then: {incident: {service: api, severity: minor}}
  over:
    event: alert
    if: {alert.state: resolved}
    then: {restored: api}
  same_fault:
    if: {repeats: code}
    then: {link: code}
fingerprints: {code: {pattern: '\\bE-(\\d+)'}}
labels: {portal: Web portal}
ladders: {late: {levels: [{after: 0m, tell: lead}, {after: 15m, tell: team}]}}
rights: {incident: everybody, send_update: lead}
audience: {forbidden_words: [resolved within]}
incidents:
  services: {portal: {promised: "99.9%"}, api: {}}
  severities:
    major: {tell: [team, lead], update_every: 1h, missed: late, banner: true}
    minor: {tell: team, interrupts: false}
  follow_up: Write the report
  banner_texts: {en: "{service} is disturbed since {since}."}
"""
BEGINNING = POLICY.partition("rules:\n")[0]


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """The stories' desk with a rule that opens incidents of its portal."""
    made = Desk(compiled_policy(tmp_path, f"{BEGINNING}rules:{INCIDENTS}"))
    yield made
    made.close()


def order(desk: Desk, verb: Verb, text: str = "", *, by: str = "lead", language: str = "") -> None:
    """A person's word on the first incident, taken up."""
    now = desk.clock.now()
    fact = IncidentOrdered(verb, by, text, 1, language=language)
    key = f"incident/{verb}/{now.isoformat()}/{text}"
    desk.store.receive([Event(key, "incident", now, "command", fact)]).result()
    desk.run()


def incident(desk: Desk, number: int = 1) -> Incident:
    with desk.store.read() as reader:
        return {each.number: each for each in all_incidents(reader)}[number]


def timeline(desk: Desk, number: int = 1) -> list[str]:
    with desk.store.read() as reader:
        return [each.kind for each in reader.incidents.of(number, PRODUCT)]


def banners(desk: Desk) -> list[Banner]:
    return [each.message for _, each in desk.channel.delivered if isinstance(each.message, Banner)]


def public(desk: Desk, number: int) -> list[str]:
    """What we wrote to the customer of a ticket."""
    daemon = desk.world.daemon.user_id
    return [c.body for c in desk.world.comments(number) if c.author_id == daemon and c.is_public]


def test_rule_opens_one_incident_and_gathers_its_tickets(desk: Desk) -> None:
    """H69: a second customer of the same fault joins; both tickets say so, the rest of us hear."""
    first, second = desk.write("Portal is down"), desk.write("It is down", who="northwind")
    desk.run(MINUTE)

    with desk.store.read() as reader:
        tickets = [each.ticket_id for each in affected_by(1, reader)]
    assert [incident(desk).services, incident(desk).phase] == [("portal",), Phase.OPEN]
    assert tickets == [desk.ticket(first).ticket_id, desk.ticket(second).ticket_id]
    assert all(any("Part of incident P1" in n for n in desk.notes(n)) for n in (first, second))
    assert [to for to, _ in desk.told(NoticeKind.INCIDENT)] == ["slack:leads"]
    assert timeline(desk) == ["opened", "banner_shown", "linked", "linked"]


def test_ticket_of_the_same_fault_is_part_of_it(desk: Desk) -> None:
    """H69: a customer who names the same error is affected, in whatever words they write."""
    desk.write("Portal is down", "It says E-401")
    desk.run(MINUTE)
    number = desk.write("What is this", "I see E-401", who="northwind")
    desk.run(MINUTE)

    with desk.store.read() as reader:
        last = affected_by(1, reader)[-1]
    assert (last.ticket_id, last.by) == (desk.ticket(number).ticket_id, "the same fault")


def test_rhythm_reminds_is_missed_and_stops_when_customers_hear(desk: Desk) -> None:
    """H60: ten minutes before, then as a ladder; an update begins the hour anew."""
    desk.write("Portal is down")
    desk.run(MINUTE)
    desk.run(48 * MINUTE, look_every=SELDOM)
    before = len(desk.told(NoticeKind.INCIDENT_DUE))
    desk.run(2 * MINUTE)
    reminded = len(desk.told(NoticeKind.INCIDENT_DUE))
    desk.run(10 * MINUTE, look_every=SELDOM)
    missed = [to for to, _ in desk.told(NoticeKind.INCIDENT_DUE)][reminded:]

    order(desk, Verb.TOLD, "the status page")
    desk.run(48 * MINUTE, look_every=SELDOM)

    assert (before, reminded, missed) == (0, 3, ["slack:leads"])
    assert len(desk.told(NoticeKind.INCIDENT_DUE)) == 4
    assert incident(desk).missed == 0


def test_each_missed_update_calls_anew(desk: Desk) -> None:
    """Whoever has it and tells nobody is called again an hour later, level by level."""
    desk.write("Portal is down")
    desk.run(65 * MINUTE, look_every=SELDOM)
    pressed = ButtonPressed("acknowledge", "incident:P1", "Eva", "slack")
    event = Event("press", "incident", desk.clock.now(), "slack", pressed)
    desk.store.receive([event]).result()
    desk.run(55 * MINUTE, look_every=SELDOM)
    before = len(desk.told(NoticeKind.INCIDENT_DUE))
    desk.run(25 * MINUTE, look_every=SELDOM)
    missed = [to for to, _ in desk.told(NoticeKind.INCIDENT_DUE)][before:]

    assert missed == ["slack:leads", "slack:support", "mail:team@acme.example"]


def test_nothing_reaches_customers_before_a_person_sends_it(desk: Desk) -> None:
    """H18, H55: a draft waits; who may not send leaves notes, who may writes to each open one."""
    number, done = desk.write("Portal is down"), desk.write("Is down", who="northwind")
    desk.run()
    desk.world.change_ticket(done, by=desk.furniture.agents["ada"], values={"status": "solved"})
    desk.run(MINUTE)
    order(desk, Verb.UPDATE, "We found the cause.")
    order(desk, Verb.SEND, by="Bo")
    noted = (public(desk, number), [n for n in desk.notes(number) if "We found" in n])
    order(desk, Verb.SEND)

    assert noted[0] == [] and len(noted[1]) == 1
    assert public(desk, number) == ["We found the cause."]
    assert public(desk, done) == []
    assert incident(desk).updates == 1 and not incident(desk).drafts


def test_customer_reads_the_draft_of_their_language(desk: Desk) -> None:
    """A Swedish draft alone reaches nobody who reads English, and then nothing was told."""
    number = desk.write("Portal is down")
    desk.run(MINUTE)
    order(desk, Verb.UPDATE, "Vi har hittat felet.", language="sv")
    order(desk, Verb.SEND)
    before, due_at = public(desk, number), incident(desk).due_at
    kept = dict(incident(desk).drafts)
    order(desk, Verb.UPDATE, "Vi rullar tillbaka.", language="sv")
    order(desk, Verb.UPDATE, "We are rolling back.")
    order(desk, Verb.SEND)

    assert (before, public(desk, number)) == ([], ["We are rolling back."])
    assert kept == {"sv": "Vi har hittat felet."}
    assert due_at == incident(desk).opened_at + 60 * MINUTE


def test_language_is_taken_however_it_is_written(desk: Desk) -> None:
    """`SV` and `sv-SE` are Swedish; whoever wrote last reads their own words; `xx` is no draft."""
    desk.write("Portal is down")
    desk.run(MINUTE)
    order(desk, Verb.UPDATE, "We found it.")
    order(desk, Verb.UPDATE, "Vi söker.", language="SV")
    order(desk, Verb.UPDATE, "Vi har hittat det.", language="sv-SE")
    order(desk, Verb.UPDATE, "?", language="klingon")

    assert dict(incident(desk).drafts) == {"": "We found it.", "sv": "Vi har hittat det."}
    quotes = [each.message.quote for _, each in desk.channel.delivered
              if isinstance(each.message, Notice)]  # fmt: skip
    assert quotes[-1] == "Vi har hittat det."


def test_words_that_customers_must_not_read_are_no_draft(desk: Desk) -> None:
    """The audience's forbidden words hold for a person's draft too."""
    desk.write("Portal is down")
    desk.run(MINUTE)

    order(desk, Verb.UPDATE, "It is resolved within the hour.")

    assert not incident(desk).drafts


def test_banner_states_both_and_the_outage_first(desk: Desk) -> None:
    """I24: the helpdesk's outage comes first, and its end leaves the incident's notice standing."""
    desk.write("Portal is down")
    desk.run(MINUTE)
    alone = banners(desk)[-1].texts
    for _ in range(13):
        desk.probe(Verdict.DOWN)
        desk.clock.move_to(desk.clock.now() + HALF_A_MINUTE)
    both = banners(desk)[-1].texts
    for _ in range(30):
        desk.probe(Verdict.OK)
        desk.clock.move_to(desk.clock.now() + HALF_A_MINUTE)
    after = banners(desk)[-1]

    assert alone["en"] == "Web portal is disturbed since 09:00 UTC."
    assert both["en"] == f"We are down {alone['en']}"
    assert set(both) == {"en", "fr", "de", "sv", "ru"}
    assert (after.is_shown, after.texts["en"]) == (True, alone["en"])
    order(desk, Verb.CLOSE)
    assert not banners(desk)[-1].is_shown


def test_security_shows_no_banner(desk: Desk) -> None:
    """H70: whatever the severity says, nothing public is said of itself about security."""
    customer = desk.furniture.customers["contoso"]
    values = {"tags": ("security",)}
    desk.world.create_ticket("It is down", "A leak", requester=customer, values=values)
    desk.run(MINUTE)

    assert incident(desk).is_confidential
    assert banners(desk) == []


def test_alert_opens_and_ends_without_a_person(desk: Desk) -> None:
    """D2, D28, H81: monitoring opens it, its end is watched, and a person closes it."""
    for state in (AlertState.FIRING, AlertState.RESOLVED):
        now = desk.clock.now()
        fact = AlertReceived(state, "api latency", "prometheus", service="api")
        desk.store.receive([Event(f"alert/{state}", "alert/api", now, "door", fact)]).result()
        desk.run(5 * MINUTE)

    assert incident(desk).phase is Phase.MONITORING
    assert incident(desk).restored_at is not None
    assert banners(desk) == []


def test_closed_incident_is_followed_up_once_and_reopened_soon_after(desk: Desk) -> None:
    """H61, H62: one internal ticket names the report; the fault soon after is the same one."""
    desk.write("Portal is down")
    desk.run(20 * MINUTE, look_every=SELDOM)
    order(desk, Verb.CLOSE)
    followed = [each for each in desk.world.tickets() if "Write the report" in each.subject]
    desk.run(10 * MINUTE, look_every=SELDOM)
    desk.write("It is down again", who="northwind")
    desk.run(MINUTE)

    assert [each.subject for each in followed] == ["P1: Write the report"]
    assert "deskmate incident report P1" in desk.world.comments(followed[0].number)[0].body
    assert incident(desk).phase is Phase.OPEN
    assert timeline(desk).count("reopened") == 1


def test_who_may_not_changes_nothing(tmp_path: Path) -> None:
    """Without a word of the policy nobody opens an incident by hand."""
    text = f"{BEGINNING}rules:{INCIDENTS}".replace("rights: {incident: everybody,", "rights: {")
    desk = Desk(compiled_policy(tmp_path, text))

    fact = IncidentOrdered(Verb.OPEN, "Bo", "It is slow", services=("api",), severity="minor")
    event = Event("x", "incident", desk.clock.now(), "slack", fact)
    desk.store.receive([event]).result()
    desk.run()

    with desk.store.read() as reader:
        assert all_incidents(reader) == ()
    desk.close()
