# SPDX-License-Identifier: GPL-3.0-or-later
"""What a rule publishes stands in the portal's own file, is renewed, ends, and is taken down."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from desk import POLICY, Desk, compiled_policy

from bot.channels.portal import PortalChannel
from bot.config.load import Loaded, load_policy
from bot.rules.actions import NoticeKind
from bot.rules.engine import compile_policy
from bot.rules.events import Event, MaintenanceAnnounced, OutageOrdered, SilenceOrdered
from bot.rules.incident_values import IncidentOrdered, Verb
from bot.rules.portal_notices import PortalNoticeEnded
from bot.store.portal_notices import portal_notices

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
STOP = {"en": "We stop.", "fr": "Nous arrêtons."}
RULES = """
  stop:
    event: maintenance_announced
    if_any: [{maintenance.emergency: "true"}, {says: down}]
    then: {publish: {where: web_portal, template: emergency_stop}}
  secret:
    event: created
    if: {says: down}
    then: {tag: security}
  leak:
    events: [created, requester_reply]
    if: {says: how_to}
    then: {publish: {where: web_portal, template: write_to}}
  away:
    events: [mailbox, created]
    if: {helpdesk.state: down}
    then: {publish: {where: web_portal, template: away}}
  stopped:
    events: [mailbox, created]
    if: {says: halt, helpdesk.state: down}
    then: {publish: {where: web_portal, template: emergency_stop}}
templates:
  emergency_stop: {en: We stop., fr: Nous arrêtons.}
  write_to: {en: "Write to {mailbox}."}
  away: {en: Our helpdesk is away.}
incidents:
  services: {api: {}}
  severities: {major: {tell: team, banner: true}}
  banner_texts: {en: "{service} is slow."}
rights: {incident: everybody}
"""
BEGINNING = POLICY.partition("rules:\n")[0].replace("words:\n", "words:\n  halt: {en: [halt]}\n")


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    made = Desk(compiled_policy(tmp_path, f"{BEGINNING}rules:{RULES}"))
    yield made
    made.close()


class Portal:
    """The real channel behind a desk: it writes the file that customers' pages read."""

    def __init__(self, desk: Desk, folder: Path) -> None:
        self.desk, self.file = desk, folder / "banner.json"
        self.channel = PortalChannel(self.file)

    def run(self, span: timedelta = timedelta(seconds=2)) -> None:
        """Let time pass; what waits for the portal goes out by its own channel first."""
        desk, end = self.desk, self.desk.clock.now() + span
        while True:
            desk.poller.step(desk.clock.now())
            desk.inbox.handle()
            desk.timekeeper.fire_due()
            desk.outbox.deliver("portal", self.channel)
            if desk.clock.now() >= end:
                return
            desk.clock.move_to(min(end, desk.clock.now() + MINUTE))

    def tell(self, fact: Any, key: str = "", *, stream: str = "desk") -> None:
        """Something from beside the helpdesk arrives, and is taken up."""
        now = self.desk.clock.now()
        event = Event(key or f"{type(fact).__name__}@{now}", stream, now, "webhook", fact)
        self.desk.store.receive([event]).result()
        self.run()

    def works(self, ends_in: timedelta | None = None, text: str = "The disks fail") -> None:
        now = self.desk.clock.now()
        ends = None if ends_in is None else now + ends_in
        self.tell(MaintenanceAnnounced(now, now, ends, text, is_emergency=True))

    def shown(self) -> dict[str, str]:
        """What a customer's page shows now, in each language; nothing after `valid_until`."""
        if not self.file.exists():
            return {}
        read = json.loads(self.file.read_text("utf-8"))
        is_valid = datetime.fromisoformat(read["valid_until"]) > self.desk.clock.now()
        return dict(read["texts"]) if read["shown"] and is_valid else {}


@pytest.fixture
def portal(desk: Desk, tmp_path: Path) -> Portal:
    return Portal(desk, tmp_path)


def test_emergency_is_shown_at_once_and_ends_with_the_works(portal: Portal) -> None:
    """Every language reads it while the works last, and nobody a minute later."""
    portal.works(HOUR)
    at_once = portal.shown()
    portal.run(58 * MINUTE)
    nearly = portal.shown()
    portal.run(2 * MINUTE)

    assert [at_once, nearly, portal.shown()] == [STOP, STOP, {}]
    with portal.desk.store.read() as reader:
        assert portal_notices(reader) == ()


def test_without_an_end_it_lives_as_long_as_we_do(portal: Portal) -> None:
    """It is renewed for hours, and takes itself down fifteen minutes after our death."""
    portal.works()
    portal.run(5 * HOUR)
    alive = portal.shown()
    portal.desk.clock.move_to(portal.desk.clock.now() + 16 * MINUTE)

    assert [alive, portal.shown()] == [STOP, {}]
    portal.run()
    assert portal.shown() == STOP


def test_person_takes_it_down_and_the_same_news_brings_it_back_no_more(portal: Portal) -> None:
    """A delivery that comes twice is one announcement; another announcement is news."""
    desk, now = portal.desk, portal.desk.clock.now()
    works = MaintenanceAnnounced(now, now, None, "The disks fail", is_emergency=True)
    portal.tell(works, "works/1")
    portal.tell(PortalNoticeEnded("emergency_stop", "bo"))
    gone = portal.shown()
    portal.tell(works, "works/1")
    again = portal.shown()
    portal.tell(works, "works/2")

    assert [gone, again, portal.shown()] == [{}, {}, STOP]
    with desk.store.read() as reader:
        said = [each.summary for each in reader.journal.of("portal:emergency_stop")]
    assert said == [f"emergency_stop: {each}" for each in
                    ("shown on the portal", "taken down", "shown on the portal")]  # fmt: skip


def test_works_by_command_take_it_with_them(portal: Portal) -> None:
    """`deskmate maintenance end` ends the notice too; announced anew, it has the new end."""
    now = portal.desk.clock.now()
    order = SilenceOrdered("disks", now + HOUR, "the cluster is down", "bo", is_maintenance=True)
    portal.tell(order, "silence/1")
    first = portal.shown()
    portal.tell(SilenceOrdered("disks", now + 3 * HOUR, "it is down", "bo", is_maintenance=True))
    portal.run(2 * HOUR)
    longer = portal.shown()
    portal.tell(SilenceOrdered("disks", portal.desk.clock.now(), "ended by hand", "bo"))

    assert [first, longer, portal.shown()] == [STOP, STOP, {}]


def test_it_stands_beside_outage_and_incident_and_outlives_both(portal: Portal) -> None:
    """None writes over the others; who reads another language reads no gap."""
    portal.works()
    portal.tell(IncidentOrdered(Verb.OPEN, "lead", "slow", 0, ("api",), "major"), stream="incident")
    portal.tell(OutageOrdered(True, "nobody can log in", "bo"), stream="outage")
    all_three = portal.shown()
    portal.run(20 * MINUTE)
    later = portal.shown()
    portal.tell(OutageOrdered(False, "it is back", "bo"), stream="outage")
    portal.tell(IncidentOrdered(Verb.CLOSE, "lead", "a disk", 1), stream="incident")

    assert all_three["en"] == "We are down api is slow. We stop."
    assert all_three["fr"].endswith("Nous arrêtons.") and all_three["sv"].endswith("We stop.")
    assert later == all_three
    assert portal.shown() == STOP


def test_what_a_rule_says_of_the_outage_goes_with_it(desk: Desk, portal: Portal) -> None:
    """However many write meanwhile it is said once, and not a minute longer."""
    portal.tell(OutageOrdered(True, "nobody can log in", "bo"), stream="outage")
    for subject in ("Hello", "Are you there"):
        desk.write(subject)
        portal.run(MINUTE)
    meanwhile = portal.shown()["en"]
    portal.tell(OutageOrdered(False, "it is back", "bo"), stream="outage")

    assert [meanwhile, portal.shown()] == ["We are down Our helpdesk is away.", {}]


def test_what_is_shown_for_works_and_an_outage_ends_with_the_later(
    desk: Desk, portal: Portal
) -> None:
    """Each reason ends by itself, and customers read the words once while there is one."""
    portal.works(HOUR)
    portal.tell(OutageOrdered(True, "nobody can log in", "bo"), stream="outage")
    desk.write("Must we halt")
    portal.run(MINUTE)
    both = portal.shown()["en"]
    portal.tell(OutageOrdered(False, "it is back", "bo"), stream="outage")
    works = portal.shown()
    portal.run(HOUR)

    assert [both, works] == ["We are down We stop. Our helpdesk is away.", STOP]
    assert portal.shown() == {}
    with desk.store.read() as reader:
        said = [each.summary for each in reader.journal.of("portal:emergency_stop")]
    stays = "emergency_stop: stays on the portal for another reason"
    assert said[-2:] == [stays, "emergency_stop: taken down"]


def test_two_works_of_one_notice_end_each_by_hand(desk: Desk, portal: Portal) -> None:
    """The last that ends takes the words with it; a person's word takes them for all."""
    now = desk.clock.now()
    for name, end in (("disks", 2 * HOUR), ("network", 4 * HOUR)):
        portal.tell(SilenceOrdered(name, now + end, "it is down", "bo", is_maintenance=True))
    seen = []
    for name in ("network", "disks"):
        portal.tell(SilenceOrdered(name, desk.clock.now(), "ended by hand", "bo"))
        seen.append(portal.shown())
    for name in ("disks", "network"):
        later = desk.clock.now() + HOUR
        portal.tell(SilenceOrdered(name, later, "it is down", "bo", is_maintenance=True))
    portal.tell(PortalNoticeEnded("emergency_stop", "bo"))

    assert [*seen, portal.shown()] == [STOP, {}, {}]


def test_ticket_shows_it_once_and_security_never(desk: Desk, portal: Portal) -> None:
    """The same ticket decided again brings nothing back that a person took down."""
    desk.write("How can I export? It is down")
    portal.run(MINUTE)
    secret = portal.shown()
    number = desk.write("How can I export?")
    portal.run(MINUTE)
    shown = portal.shown()
    portal.tell(PortalNoticeEnded("write_to", "bo"))
    customer = desk.furniture.customers["contoso"]
    for words in ("Thank you", "How can I export this one too?"):
        desk.world.add_comment(number, words, by=customer)
        portal.run(3 * MINUTE)

    assert [secret, shown, portal.shown()] == [{}, {"en": "Write to escalations@acme.example."}, {}]


def test_text_with_an_empty_place_is_not_shown_and_admin_hears(tmp_path: Path) -> None:
    """Customers read no `{mailbox}`; who looks after Deskmate reads which text, and why."""
    text = f"{BEGINNING}rules:{RULES}".replace("  mailbox: escalations@acme.example\n", "")
    desk = Desk(compiled_policy(tmp_path, text))
    portal = Portal(desk, tmp_path)
    for what in ("export", "import", "print"):
        desk.write(f"How can I {what}?")
        portal.run(MINUTE)
    desk.run()

    told = [(row.destination, row.message.reason) for _, row in desk.channel.delivered
            if getattr(row.message, "kind", None) == NoticeKind.ADMIN]  # fmt: skip
    assert portal.shown() == {}
    assert {reason for _, reason in told} == {"not_published:write_to, en: {mailbox}"}
    assert len(told) == len(set(told)), "one telling for all tickets"
    desk.close()


def test_ticket_that_is_done_leaves_nothing_behind(desk: Desk, portal: Portal) -> None:
    """What it showed stays until a person says so; that it showed it is kept while it is open."""
    number = desk.write("How can I export?")
    portal.run(MINUTE)
    with desk.store.read() as reader:
        during = reader.states.starting_with("published_for/")
    desk.world.change_ticket(number, by=desk.furniture.agents["ada"], values={"status": "solved"})
    portal.run(3 * MINUTE)

    assert len(during) == 1
    assert portal.shown() == {"en": "Write to escalations@acme.example."}
    with desk.store.read() as reader:
        assert reader.states.starting_with("published_for/") == {}


@pytest.mark.parametrize(
    ("name", "template"), [("dixdata", "emergency_stop"), ("hypergene", "emergency_maintenance")]
)
def test_two_desks_keep_their_word(tmp_path: Path, name: str, template: str) -> None:
    """D31 and H65: an emergency is told at once, by the desks' own rules and words."""
    folder = Path(__file__).resolve().parents[2] / "desks" / name
    loaded = load_policy(folder, this_year=2026)
    assert isinstance(loaded, Loaded)
    desk = Desk(compile_policy(loaded.policy))
    portal = Portal(desk, tmp_path)
    portal.works(HOUR)

    assert portal.shown() == dict(loaded.policy.templates[template])
    desk.close()
