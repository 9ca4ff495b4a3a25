# SPDX-License-Identifier: GPL-3.0-or-later
"""The stage of the night: a mailbox of its own, and companies that the helpdesk knows."""

from __future__ import annotations

import secrets
from pathlib import Path

from bot.clock import Clock
from bot.sandbox.faults import Fault
from bot.sandbox.imap import ImapDoor
from bot.sandbox.night.cast import COMPANIES, LOCALES, MAILBOX, Customer, in_turn
from bot.sandbox.night.english import ENGLISH
from bot.sandbox.night.french import FRENCH
from bot.sandbox.night.german import GERMAN
from bot.sandbox.night.post import PostOffice
from bot.sandbox.night.russian import RUSSIAN
from bot.sandbox.night.swedish import SWEDISH
from bot.sandbox.stage import Stage, free_port
from bot.sandbox.zendesk_limits import Limits

CUSTOMERS = in_turn(ENGLISH, FRENCH, GERMAN, SWEDISH, RUSSIAN)
"""The forty, in the order in which they write."""
POLICY = Path(__file__).resolve().parent / "policy"


class NightStage(Stage):
    """A stage whose helpdesk takes no mail either while it is down."""

    def __init__(
        self, clock: Clock, folder: Path, *, categories: tuple[str, ...], export_delay: int,
        limits: Limits,
    ) -> None:  # fmt: skip
        """Furnish the helpdesk with the customers that it knows; nothing is served yet."""
        super().__init__(
            clock, folder, categories=categories, export_delay=export_delay, limits=limits
        )
        self.mailbox = ImapDoor(self.world, MAILBOX, password=secrets.token_urlsafe(12))
        self.post = PostOffice(self.world, self.mailbox)
        self.pages_port = free_port()
        self._case_secret = secrets.token_urlsafe(24)
        for company in COMPANIES:
            self.world.people.add_organisation(
                company.name, domains=(company.domain,),
                fields={"plan": company.plan, "region": company.region},
            )  # fmt: skip
        for customer in CUSTOMERS:
            if is_known(customer):
                self.world.people.add_user(
                    customer.name, customer.email, locale=LOCALES[customer.language]
                )

    def open(self) -> NightStage:
        """Open every door, the mailbox's too."""
        super().open()
        self.mailbox.start()
        return self

    def close(self) -> None:
        """Close every door."""
        self.mailbox.stop()
        super().close()

    def environment(self) -> dict[str, str]:
        """The settings of the daemon, with its mailbox and the continuity page."""
        return {
            **super().environment(),
            "DESKMATE_MAILBOX_URL": self.mailbox.url,
            "DESKMATE_CASE_SECRET": self._case_secret,
            "DESKMATE_MAIL_SPOOL": str(self.places.folder / "mails"),
            "DESKMATE_PAGES_LISTEN": f"127.0.0.1:{self.pages_port}",
        }

    @property
    def continuity_page(self) -> str:
        """Where our people work from while the helpdesk is down."""
        return f"http://127.0.0.1:{self.pages_port}/"

    @property
    def banner_script(self) -> str:
        """What customers' pages embed."""
        return f"http://127.0.0.1:{self.daemon_port}/banner.js"

    def helpdesk_fails(self) -> None:
        """From now on it answers with error pages, and queues the mails it gets."""
        self.world.faults.switch_on(Fault.MAIL_QUEUED)
        super().helpdesk_fails()

    def helpdesk_works(self) -> None:
        """It answers again, and makes late tickets of the mails that it had queued."""
        super().helpdesk_works()
        self.world.faults.clear(Fault.MAIL_QUEUED)

    def tickets_of(self, customer: Customer) -> tuple[int, ...]:
        """The numbers of a customer's tickets in the helpdesk."""
        user = self.world.people.user_by_email(customer.email)
        return tuple(
            each.number
            for each in self.world.tickets()
            if user is not None and each.requester_id == user.user_id
        )


def is_known(customer: Customer) -> bool:
    """Whether the helpdesk knew them before the night."""
    return any(customer.domain == company.domain for company in COMPANIES)
