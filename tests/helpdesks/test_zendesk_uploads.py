# SPDX-License-Identifier: GPL-3.0-or-later
"""The files of a case's mails go into Zendesk with it, and never hold the case back."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest

from bot.clock import SystemClock, VirtualClock
from bot.helpdesks.zendesk import Zendesk
from bot.helpdesks.zendesk_probes import Patience
from bot.helpdesks.zendesk_token import ZendeskAccess
from bot.helpdesks.zendesk_uploads import plain_name
from bot.ports import Delivered, Enclosed, TryLater, Unknown
from bot.rules.actions import TicketCreation, TicketMessage
from bot.rules.policy import HelpdeskMap
from bot.rules.ticket import Person
from bot.sandbox.faults import Fault
from bot.sandbox.world import World
from bot.sandbox.zendesk import ZendeskDoor
from bot.sources.mail_enclosures import MailFiles
from bot.sources.mail_spool import Spool
from bot.sources.mail_worker import MailWorker

NOW = datetime(2026, 3, 2, 8, tzinfo=UTC)
IMPATIENT = Patience(call=(1.0, 0.5), probe=(1.0, 0.5), write_probe=(1.0, 0.5))
UPLOAD, IMPORT = "POST uploads", "POST imports/tickets"
FILES = {"error & log.png": 2048, "setup.exe": 3}


@pytest.fixture
def spool(tmp_path: Path) -> Spool:
    return Spool(tmp_path)


@pytest.fixture
def creation(spool: Spool) -> TicketCreation:
    """A case of a mail with two files, a reply without a mail, and one whose mail is gone."""
    mail = EmailMessage()
    mail["From"], mail["Subject"] = "nora@northwind.example", "Portal is down"
    mail.set_content("See the files")
    for name, size in FILES.items():
        mail.add_attachment(b"x" * size, maintype="image", subtype="png", filename=name)
    raw = spool.keep(mail.as_bytes())
    messages = (
        TicketMessage("See the files", at=NOW, mail=raw),
        TicketMessage("We are on it", author=Person(name="Bo"), at=NOW),
        TicketMessage("Thanks", at=NOW, mail="0" * 64),
    )
    nora = Person(name="Nora", email="nora@northwind.example")
    return TicketCreation("t9", "ACM-1", "Portal is down", messages, nora, created_at=NOW)


@pytest.fixture
def zendesk(
    door: ZendeskDoor, names: HelpdeskMap, clock: VirtualClock, spool: Spool
) -> Iterator[Zendesk]:
    """The adapter with the files of a real spool."""
    access = ZendeskAccess(door.url, client_id="deskmate", client_secret="sandbox-secret")
    files = MailFiles(spool, MailWorker(SystemClock()))
    adapter = Zendesk(access, names, clock, patience=IMPATIENT, enclosures=files)
    yield adapter
    adapter.close()


def attached(world: World) -> list[dict[str, int]]:
    """What hangs on each message of the one ticket that was made: name and size."""
    [ticket] = [each for each in world.tickets() if each.external_id == "ACM-1"]
    return [
        {file.file_name: file.size for file in comment.attachments}
        for comment in world.comments(ticket.number)
    ]


def test_files_hang_on_the_message_they_came_with(
    zendesk: Zendesk, world: World, creation: TicketCreation
) -> None:
    """Of any type and name, byte for byte as many; a mail that is gone holds nothing back."""
    outcome = zendesk.create("import/ACM-1", creation)

    assert isinstance(outcome, Delivered)
    assert attached(world) == [FILES, {}, {}]


def test_lost_token_leaves_the_file_again(
    zendesk: Zendesk, world: World, door: ZendeskDoor, creation: TicketCreation
) -> None:
    """The file was taken and the answer lost: it is left anew, and hangs there once."""
    door.faults.switch_on(Fault.ANSWER_LOST, endpoint=UPLOAD, times=1)

    zendesk.create("import/ACM-1", creation)

    assert attached(world) == [FILES, {}, {}]


def test_crash_between_files_and_ticket_makes_one_ticket(
    zendesk: Zendesk, world: World, door: ZendeskDoor, creation: TicketCreation
) -> None:
    """Files that no ticket took are forgotten there; the next try brings them with its own."""
    door.faults.switch_on(Fault.RESET, endpoint=IMPORT, times=1)

    outcomes = [zendesk.create("import/ACM-1", creation) for _ in range(2)]

    assert [type(each) for each in outcomes] == [Unknown, Delivered]
    assert attached(world) == [FILES, {}, {}]


@pytest.mark.parametrize("fault", [Fault.FORBIDDEN, Fault.UNAVAILABLE, Fault.EMPTY_ANSWER])
def test_refused_files_hold_no_case_back(
    zendesk: Zendesk, world: World, door: ZendeskDoor, creation: TicketCreation, fault: Fault
) -> None:
    """The case comes without them; its note names them and where the mail lies."""
    door.faults.switch_on(fault, endpoint=UPLOAD)

    assert isinstance(zendesk.create("import/ACM-1", creation), Delivered)
    assert attached(world) == [{}, {}, {}]


def test_being_told_to_slow_down_makes_the_case_wait(
    zendesk: Zendesk, door: ZendeskDoor, clock: VirtualClock, creation: TicketCreation
) -> None:
    """A limit passes: the case and its files come together, later."""
    door.faults.switch_on(Fault.THROTTLED, endpoint=UPLOAD, times=1)

    throttled = zendesk.create("import/ACM-1", creation)
    clock.advance(timedelta(minutes=2))

    assert isinstance(throttled, TryLater)
    assert isinstance(zendesk.create("import/ACM-1", creation), Delivered)


def test_files_that_take_too_long_are_left_out_of_the_next_try(
    door: ZendeskDoor, names: HelpdeskMap, clock: VirtualClock, world: World,
    creation: TicketCreation,
) -> None:  # fmt: skip
    """Nothing is sent when the row may be another's by now; then the case comes without files."""

    def slowly(mail: str) -> tuple[Enclosed, ...]:
        clock.advance(timedelta(seconds=50))
        return (Enclosed(mail, "text/plain", b"x"),)

    access = ZendeskAccess(door.url, client_id="deskmate", client_secret="sandbox-secret")
    adapter = Zendesk(access, names, clock, patience=IMPATIENT, enclosures=slowly)
    outcomes = [adapter.create("import/ACM-1", creation) for _ in range(2)]
    adapter.close()

    assert [type(each) for each in outcomes] == [TryLater, Delivered]
    assert attached(world) == [{}, {}, {}]


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("../../etc/passwd", "etc_passwd"),
        ("C:\\temp\\a.txt", "C_temp_a.txt"),
        ("invoice\u202egnp.exe", "invoice_gnp.exe"),
        ("a\r\nX-Header: 1.txt", "a_X-Header_ 1.txt"),
        ("...", "unnamed"),
        ("ü" * 300 + ".png", "ü" * 146 + ".png"),
    ],
)
def test_hostile_names_are_made_plain(name: str, shown: str) -> None:
    """No path, no line break, no letter that turns the reading direction."""
    assert plain_name(name) == shown
