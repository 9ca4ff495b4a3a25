# SPDX-License-Identifier: GPL-3.0-or-later
"""Somebody answers a customer while the helpdesk is down: in Slack's thread, and by mail."""

from __future__ import annotations

import email
import email.policy
import json
from collections.abc import Iterator
from email.message import EmailMessage, Message

from bot.commands.drill_scene import Scene
from bot.commands.drill_values import DrillStep, judged, not_tried
from bot.rules.rights import is_user_id, may
from bot.sandbox.drill.letters import LATE, LETTERS
from bot.sandbox.night.cast import Customer
from bot.sandbox.night.post import ANSWER
from bot.sandbox.world_chat import ChatMessage

BY_SLACK = "We are working on it; your documents are safe."
BY_MAIL = "We are on it and will write again within the hour."
AGENT = "Ada Berg"


def answers(scene: Scene) -> Iterator[DrillStep]:
    """Both ways, where the policy has them."""
    if scene.post is None:
        yield not_tried("Somebody answers from Slack", "there is no case without a mailbox")
        yield not_tried("Somebody answers by mail", "there is no case without a mailbox")
        return
    yield _from_slack(scene)
    yield _by_mail(scene)


def _from_slack(scene: Scene) -> DrillStep:
    name, expected = "Somebody answers from Slack", "the customer has it in their thread"
    found = next(
        ((each, notice) for each in (LATE, *LETTERS) if (notice := _in_slack(scene, each))), None
    )
    if found is None:
        return not_tried(name, "no case stands in Slack: nobody who hears of them has it")
    customer, notice = found
    who = _who_may_answer(scene)
    if who is None:
        return not_tried(name, "rights.answer names nobody whom the sandbox knows")
    # Nobody reads so fast, but we do: the daemon knows the thread once the sending is written down.
    scene.holds(lambda: scene.is_sent(notice.key))
    scene.stage.slack.say(notice.channel, f"answer: {BY_SLACK}", user=who, thread=notice.ts)
    return _arrived(scene, customer, BY_SLACK, name, expected, f"{who} in #{notice.channel}")


def _by_mail(scene: Scene) -> DrillStep:
    name, expected = "Somebody answers by mail", "the customer has it in their thread"
    told = scene.destinations_of(scene.policy.outage.tell)
    addresses = [each.removeprefix("mail:") for each in told if each.startswith("mail:")]
    for customer in LETTERS:
        for address in addresses:
            notice = _in_mail(scene, customer, address)
            if notice is not None:
                _reply(scene, address, notice)
                return _arrived(scene, customer, BY_MAIL, name, expected, address)
    return not_tried(name, "nobody of helpdesk_down.tell is told of cases by mail")


def _arrived(
    scene: Scene, customer: Customer, words: str, name: str, expected: str, by: str
) -> DrillStep:
    assert scene.post is not None, "there is a case, so there is a mailbox"
    post = scene.post

    def has_it() -> bool:
        return any(words in " ".join(each.text.split()) for each in post.heard(customer, ANSWER))

    is_ok = scene.holds(has_it)
    happened = f"{by}: {customer.name} has it" if is_ok else f"{by}: nothing came"
    return judged(name, expected, happened, is_ok)


def _who_may_answer(scene: Scene) -> str | None:
    """An agent, or the first of the policy's people whom its rights let answer, by user id."""
    people = scene.policy.people
    who = next((each for each in (AGENT, *people) if may(scene.policy, "answer", each)), None)
    person = people.get(who or "")
    return person.slack if person is not None and is_user_id(person.slack) else who


def _in_slack(scene: Scene, customer: Customer) -> ChatMessage | None:
    """The message that opened the thread of a customer's case."""
    ticket_id = scene.ticket_id_of(customer)
    reference = scene.reference(ticket_id) if ticket_id else ""
    for each in scene.world.chat.messages():
        shown = each.text + json.dumps(each.blocks, ensure_ascii=False)
        if reference and reference in shown and each.thread is None and each.key:
            return each
    return None


def _in_mail(scene: Scene, customer: Customer, address: str) -> Message | None:
    """The notice of a customer's case that somebody of ours got by mail."""
    ticket_id = scene.ticket_id_of(customer)
    reference = scene.reference(ticket_id) if ticket_id else ""
    for sent in scene.world.mail.sent(address):
        mail = email.message_from_bytes(sent.raw, policy=email.policy.default)
        is_notice = ".staff@" in str(mail["Message-ID"])
        if reference and is_notice and reference in f"{mail['Subject']}{sent.raw.decode()}":
            return mail
    return None


def _reply(scene: Scene, address: str, notice: Message) -> None:
    # Our Message-IDs are long, and Python would fold them into encoded words that nobody reads.
    mail = EmailMessage(policy=email.policy.SMTP.clone(max_line_length=900))
    mail["From"] = address
    mail["To"] = scene.policy.outage.mailbox
    mail["Subject"] = f"Re: {notice['Subject']}"
    mail["Message-ID"] = f"<drill.{scene.clock.monotonic():.6f}@rehearsal.example>"
    mail["In-Reply-To"] = mail["References"] = str(notice["Message-ID"])
    mail.set_content(f"{BY_MAIL}\n")
    assert scene.stage.mailbox is not None, "there is a case, so there is a mailbox"
    scene.stage.mailbox.deliver(mail.as_bytes(), sender=address)
