# SPDX-License-Identifier: GPL-3.0-or-later
"""The stage of a rehearsal: a pretend helpdesk, chat and mail, furnished for one policy.

Every way that the policy names exists here, so that what fails is the desk's own.
"""

from __future__ import annotations

import secrets
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from bot.clock import Clock
from bot.config.squeeze import title_of
from bot.rules.policy import HelpdeskMap, Policy
from bot.sandbox.drill.letters import LATE, LETTERS
from bot.sandbox.faults import Fault
from bot.sandbox.night.cast import LOCALES
from bot.sandbox.sms import SmsDoor
from bot.sandbox.stage import Stage, free_port
from bot.sandbox.zendesk_limits import Limits

if TYPE_CHECKING:
    from bot.sandbox.imap import ImapDoor

LIMITS = Limits(incremental=600)
EXPORT_DELAY = 1
OF_ORGANISATION = ("organization", "user")
"""Where a field may stand besides the ticket; the sandbox's customers have none of these."""


class DrillStage(Stage):
    """A stage for one policy; `mailbox` is None where the policy names none."""

    def __init__(self, clock: Clock, folder: Path, policy: Policy) -> None:
        """Furnish groups, fields, rooms and customers; nothing is served yet."""
        super().__init__(
            clock, folder, categories=_categories(policy), export_delay=EXPORT_DELAY, limits=LIMITS
        )
        self.policy = policy
        self.sms = SmsDoor(self.world)
        self.mailbox = self._mailbox(policy.outage.mailbox)
        self.pages_port = free_port()
        self._case_secret = secrets.token_urlsafe(24)
        self._furnish(policy)

    def open(self) -> DrillStage:
        """Open every door, the mailbox's too."""
        super().open()
        self.sms.start()
        if self.mailbox is not None:
            self.mailbox.start()
        return self

    def close(self) -> None:
        """Close every door."""
        if self.mailbox is not None:
            self.mailbox.stop()
        self.sms.stop()
        super().close()

    def environment(self) -> dict[str, str]:
        """The settings of the daemon: every way that the policy names is open."""
        webhooks = {each.teams for each in self.policy.people.values() if each.teams}
        found = {
            **super().environment(),
            **{_setting(name): self.teams.url(name) for name in webhooks},
            "DESKMATE_SMS_URL": self.sms.url,
            "DESKMATE_PAGES_LISTEN": f"127.0.0.1:{self.pages_port}",
            "DESKMATE_CASE_SECRET": self._case_secret,
            "DESKMATE_MAIL_SPOOL": str(self.places.folder / "mails"),
        }
        if self.mailbox is not None:
            found["DESKMATE_MAILBOX_URL"] = self.mailbox.url
        return found

    def helpdesk_fails(self) -> None:
        """From now on it answers with error pages, and queues the mails it gets."""
        self.world.faults.switch_on(Fault.MAIL_QUEUED)
        super().helpdesk_fails()

    def helpdesk_works(self) -> None:
        """It answers again, and makes late tickets of the mails that it had queued."""
        super().helpdesk_works()
        self.world.faults.clear(Fault.MAIL_QUEUED)

    def told_since(self, destination: str, since: datetime) -> datetime | None:
        """When the first message arrived at a destination after an instant, None for none."""
        kind, _, address = destination.partition(":")
        chat = self.world.chat
        match kind:
            case "slack":
                room = self.slack.workspace.channel(address)
                came = [each.at for each in chat.messages(room.name)] if room else []
            case "teams":
                came = [each.at for each in chat.cards(address)]
            case "mail":
                came = [each.at for each in self.world.mail.sent(address)]
            case _:
                came = [each.at for each in self.sms.taken(address)]
        return next((at for at in came if at >= since), None)

    def tickets_of(self, email: str) -> tuple[int, ...]:
        """The numbers of a customer's tickets in the helpdesk."""
        user = self.world.people.user_by_email(email)
        return tuple(
            each.number
            for each in self.world.tickets()
            if user is not None and each.requester_id == user.user_id
        )

    def category(self, number: int) -> str:
        """The category of a ticket in the helpdesk; empty while it has none."""
        title = _titles(self.policy.helpdesk).get("category", "")
        ticket, named = self.world.ticket(number), self.world.people.field_titled(title)
        if ticket is None or named is None:
            return ""
        return str(ticket.fields.get(named.field_id) or "")

    def _mailbox(self, address: str | None) -> ImapDoor | None:
        if address is None:
            return None
        from bot.sandbox.imap import ImapDoor

        mailbox = ImapDoor(self.world, address, password=secrets.token_urlsafe(12))
        self.smtp.forward(address, lambda raw, sender: mailbox.deliver(raw, sender=sender))
        return mailbox

    def _furnish(self, policy: Policy) -> None:
        people = self.world.people
        for theirs in policy.helpdesk.groups.values():
            people.add_group(theirs)
        for own, title in _titles(policy.helpdesk).items():
            is_list = own == "category"
            people.add_field(
                title, kind="tagger" if is_list else "text",
                options=_categories(policy) if is_list else (),
            )  # fmt: skip
        for letter in (*LETTERS, LATE):
            people.add_user(letter.name, letter.email, locale=LOCALES[letter.language])
        for person in policy.people.values():
            if person.slack:
                self.slack.workspace.open_channel(person.slack)


def _categories(policy: Policy) -> tuple[str, ...]:
    """The options of the category's drop-down, as the helpdesk calls them."""
    theirs = policy.helpdesk.categories
    return tuple(theirs.get(own, own) for own in policy.categories)


def _titles(names: HelpdeskMap) -> dict[str, str]:
    """Own field -> its title in the sandbox, for those that stand in the ticket."""
    return {
        own: title_of(ref)
        for own, ref in names.fields.items()
        if ref.partition(".")[0] not in OF_ORGANISATION
    }


def _setting(webhook: str) -> str:
    return f"DESKMATE_TEAMS_{webhook.upper().replace('-', '_')}"
