# SPDX-License-Identifier: GPL-3.0-or-later
"""The steps of a rehearsal on the sandbox, in their order: a day, an outage, the way back.

Each step does what people or programs do, waits until the world shows what the daemon made of it,
and says what had to follow and what did. A step that fails does not end the rehearsal.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from bot.commands.demo_daemon import CommandFailed
from bot.commands.drill_answers import answers
from bot.commands.drill_chat import chat_dies_in_outage, chat_dies_on_a_day
from bot.commands.drill_scene import Scene, Sorting
from bot.commands.drill_values import (
    DrillStep,
    failed,
    judged,
    listed,
    not_tried,
    said_of,
    worked,
)
from bot.rules.outage_state import Phase
from bot.rules.rehearsal import course_of
from bot.rules.text_language import language_of
from bot.sandbox.drill.letters import LANGUAGES, LATE, LETTERS, QUESTIONS
from bot.sandbox.night.cast import Customer
from bot.sandbox.night.post import ACKNOWLEDGEMENT

TELL_ADVICE = "write `helpdesk_down: {tell: NAME}` (docs/outages.md)"
MAILBOX_ADVICE = "write `helpdesk_down: {mailbox: ADDRESS}` (docs/outages.md)"
BANNER_ADVICE = "write `helpdesk_down: {banner: web_portal}` (docs/outages.md)"
AT_ONCE = 120.0
TURN = 8.0


class Rehearsal:
    """Walks through the steps; `walk` yields each as it ends."""

    def __init__(self, scene: Scene) -> None:
        """Nothing happens before `walk`."""
        self._scene = scene
        self._stage = scene.stage
        self._outage = scene.policy.outage
        self._course = course_of(scene.policy.outage)
        self._died_at: datetime = scene.clock.now()

    def walk(self) -> Iterator[DrillStep]:
        """Every step in order."""
        yield from self._ordinary_day()
        if not (self._outage.tell and self._scene.post):
            yield from chat_dies_on_a_day(self._scene)
        yield from self._dies()
        yield from self._mails()
        if self._outage.tell and self._scene.post:
            yield from chat_dies_in_outage(self._scene)
        yield from answers(self._scene)
        yield from self._comes_back()

    def _ordinary_day(self) -> Iterator[DrillStep]:
        scene, policy = self._scene, self._scene.policy
        subject, words = QUESTIONS.get(policy.language, QUESTIONS["en"])
        nora = self._stage.furniture.customers["northwind"]
        asked = Customer(policy.language, nora.name, nora.email or "", subject, words)
        ticket = scene.world.create_ticket(subject, words, requester=nora, via="web")
        wanted = scene.decided(asked, by_mail=False)

        def is_sorted() -> bool:
            ticket_id = scene.ticket_id(ticket.number)
            own = wanted.category or ""
            theirs = policy.helpdesk.categories.get(own, own)
            is_there = self._stage.category(ticket.number) == theirs
            return ticket_id is not None and is_there and scene.sorting(ticket_id) == wanted

        is_ok = scene.holds(is_sorted)
        ticket_id = scene.ticket_id(ticket.number)
        got = scene.sorting(ticket_id) if ticket_id else "not taken up"
        yield judged("An ordinary ticket comes", f"sorted: {wanted}", f"{got}", is_ok)

    def _dies(self) -> Iterator[DrillStep]:
        scene = self._scene
        self._died_at = scene.clock.now()
        self._stage.helpdesk_fails()
        is_down = scene.holds(lambda: scene.phase() is Phase.DOWN, seconds=AT_ONCE)
        at_most = said_of(self._course.noticed)
        happened = f"declared down; by your times {at_most} after it dies" if is_down else "not"
        yield judged("The helpdesk dies", f"noticed within {at_most}", happened, is_down)
        if is_down:
            yield from self._told("is told that it is down", self._died_at)
        yield self._banner()

    def _told(self, what: str, since: datetime) -> Iterator[DrillStep]:
        """One row for each who must hear of it, with the ways."""
        scene, outage = self._scene, self._outage
        if not outage.tell:
            happened = "nobody: helpdesk_down.tell names nobody"
            yield failed(f"Somebody {what}", "at least one of your people", happened, TELL_ADVICE)
        ways: dict[str, list[str]] = {}
        for destination, name in scene.destinations_of(outage.tell).items():
            ways.setdefault(name, []).append(destination)
        if outage.mailbox and not any(f"mail:{outage.mailbox}" in each for each in ways.values()):
            ways["the mailbox"] = [f"mail:{outage.mailbox}"]
        for name, wanted in ways.items():
            yield self._told_one(f"{name} {what}", wanted, since)

    def _told_one(self, name: str, wanted: list[str], since: datetime) -> DrillStep:
        scene = self._scene

        def missing() -> list[str]:
            return [each for each in wanted if not scene.heard([each], since)]

        # Every message waits for a moment, so only what still does after that waits for its turn.
        is_told = scene.holds(lambda: not missing(), seconds=TURN)
        if not is_told and not all(scene.is_queued(each) for each in missing()):
            scene.holds(lambda: not missing())
        queued = [each for each in missing() if scene.is_queued(each)]
        unheard = [each for each in missing() if each not in queued]
        heard = scene.heard(wanted, since)
        parts = [f"by {listed(heard)}"] if heard else []
        parts += [f"{listed(queued)} waits for its turn"] if queued else []
        parts += [f"not by {listed(unheard)}"] if unheard else []
        return judged(name, f"at once then, by {listed(wanted)}", ", ".join(parts), not unheard)

    def _banner(self) -> DrillStep:
        name = "Customers read the banner"
        if not self._outage.banner:
            return not_tried(name, "no banner is named", BANNER_ADVICE)
        is_shown = self._scene.holds(lambda: self._stage.banner() is not None)
        banner = self._stage.banner() or {}
        happened = f"in {listed(sorted(banner.get('texts', {})))}" if is_shown else "not shown"
        return judged(name, f"{said_of(self._course.banner)} after it dies", happened, is_shown)

    def _mails(self) -> Iterator[DrillStep]:
        scene = self._scene
        if scene.post is None:
            why = "no mailbox is named: customers reach nobody while the helpdesk is down"
            yield not_tried("Customers write by mail", why, MAILBOX_ADVICE)
            return
        for customer in LETTERS:
            scene.post.write(customer, customer.letter)
        for customer in LETTERS:
            yield self._case(customer)
        first = LETTERS[0]
        scene.post.write(first, first.again)
        scene.holds(lambda: self._stage.mailbox is None or self._stage.mailbox.count() == 0)

    def _case(self, customer: Customer) -> DrillStep:
        """A mail became a case, sorted as the rules say, and acknowledged in its language."""
        scene, post = self._scene, self._scene.post
        assert post is not None, "nobody wrote without a mailbox"
        wanted = scene.decided(customer, by_mail=True)
        scene.holds(lambda: scene.ticket_id_of(customer) is not None)
        scene.holds(lambda: bool(post.heard(customer, ACKNOWLEDGEMENT)))
        language = LANGUAGES[customer.language]
        name = f"A customer writes in {language}"
        expected = f"a case, {wanted}; acknowledged in {language}"
        ticket_id = scene.ticket_id_of(customer)
        if ticket_id is None:
            return failed(name, expected, "no case")
        got: Sorting = scene.sorting(ticket_id)
        heard = post.heard(customer, ACKNOWLEDGEMENT)
        spoken = language_of(heard[0].text) if heard else ""
        said = f"acknowledged in {LANGUAGES.get(spoken or '', 'another language')}"
        happened = f"{scene.reference(ticket_id)}, {got}; {said if heard else 'not acknowledged'}"
        is_ok = got == wanted and len(heard) == 1 and spoken == customer.language
        return judged(name, expected, happened, is_ok)

    def _comes_back(self) -> Iterator[DrillStep]:
        scene = self._scene
        since = scene.clock.now()
        self._stage.helpdesk_works()
        is_back = scene.holds(lambda: scene.phase() is Phase.HEALTHY, seconds=AT_ONCE)
        at_most = said_of(self._course.all_clear)
        happened = f"all clear; by your times {at_most} after it answers" if is_back else "not"
        yield judged("The helpdesk comes back", f"all clear within {at_most}", happened, is_back)
        if self._outage.tell:
            yield from self._told("is told that it is back", since)
        if self._outage.banner:
            is_gone = scene.holds(lambda: self._stage.banner() is None)
            happened = "gone" if is_gone else "still there"
            yield judged("The banner goes", "gone with the all-clear", happened, is_gone)
        if scene.post is not None:
            yield self._one_ticket_each()
        yield self._report()

    def _one_ticket_each(self) -> DrillStep:
        scene, post = self._scene, self._scene.post
        assert post is not None, "nobody wrote without a mailbox"
        writers = [each for each in (*LETTERS, LATE) if post.said(each)]

        def troubles() -> list[str]:
            return [said for each in writers for said in self._troubles_of(each)]

        scene.holds(lambda: not troubles(), seconds=AT_ONCE)
        found = troubles()
        words = sum(len(post.said(each)) for each in writers)
        expected = f"one ticket for each of {len(writers)} customers, {words} mails, each once"
        happened = "; ".join(found[:3]) if found else "one each, every mail once, in order"
        return judged("Cases go into the helpdesk", expected, happened, not found)

    def _troubles_of(self, customer: Customer) -> Iterator[str]:
        post = self._scene.post
        assert post is not None, "nobody wrote without a mailbox"
        numbers = self._stage.tickets_of(customer.email)
        if len(numbers) != 1:
            yield f"{customer.name} has {len(numbers)} tickets"
            return
        bodies = [_plain(each.body) for each in self._scene.world.comments(numbers[0])]
        last = -1
        for said in post.said(customer):
            where = [at for at, each in enumerate(bodies) if _plain(said.text) in each]
            if len(where) != 1:
                yield f"a mail of {customer.name} stands there {len(where)} times"
            elif where[0] < last:
                yield f"a mail of {customer.name} stands before an earlier one"
            last = max([last, *where])

    def _report(self) -> DrillStep:
        name, expected = "The outage's report", "`deskmate incident report 1` writes it"
        try:
            self._stage.operate("incident", "report", "1")
        except CommandFailed as problem:
            return failed(name, expected, str(problem)[:200])
        return worked(name, expected, "written")


def _plain(text: str) -> str:
    return " ".join(text.split())
