# SPDX-License-Identifier: GPL-3.0-or-later
"""Files of mails that follow a case as notes: over real sockets, out of a real spool, once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from email.message import EmailMessage
from pathlib import Path

import pytest
from case_mails import (
    MINUTE,
    NORA,
    Mail,
    all_clear,
    arrive,
    case_of,
    declare_down,
    notice_id,
    written_to,
)
from desk import Desk, compiled_policy

from bot.clock import SystemClock
from bot.helpdesks.zendesk import Zendesk
from bot.helpdesks.zendesk_probes import Patience
from bot.helpdesks.zendesk_token import ZendeskAccess
from bot.rules.mail import MailFile
from bot.rules.ticket import Ticket
from bot.sandbox.faults import Fault
from bot.sandbox.world_values import Comment
from bot.sandbox.zendesk import ZendeskDoor
from bot.sources.mail_enclosures import MailFiles
from bot.sources.mail_spool import Spool
from bot.sources.mail_worker import MailWorker

IMPATIENT = Patience(call=(1.0, 0.5), probe=(1.0, 0.5), write_probe=(1.0, 0.5))
UPLOAD, UPDATE = "POST uploads", "PUT tickets/{id}"
FIRST = "<first@northwind.example>"
PICTURE = {"error & log.png": 2048}


@dataclass
class DoorDesk(Desk):
    """A desk whose helpdesk is reached over its API, with the files of a real spool."""

    folder: Path = Path()

    def port(self) -> Zendesk:
        self.spool = Spool(self.folder)
        self.door = ZendeskDoor(self.world, withhold=1.0).start()
        access = ZendeskAccess(self.door.url, client_id="deskmate", client_secret="sandbox-secret")
        return Zendesk(
            access, self.compiled.policy.helpdesk, self.clock, patience=IMPATIENT,
            enclosures=MailFiles(self.spool, MailWorker(SystemClock())),
        )  # fmt: skip

    def close(self) -> None:
        self.helpdesk.close()
        self.door.stop()
        super().close()

    def with_files(self, mail: Mail, files: Mapping[str, int] = PICTURE) -> Mail:
        """The mail with files of these names and sizes, kept in the spool."""
        raw = EmailMessage()
        raw["From"], raw["Subject"] = mail.sender, mail.subject
        raw.set_content(mail.text)
        for name, size in files.items():
            raw.add_attachment(b"x" * size, maintype="image", subtype="png", filename=name)
        named = tuple(MailFile(name, "image/png", size) for name, size in files.items())
        return replace(mail, files=named, raw=self.spool.keep(raw.as_bytes()))

    def reply(self, case: Ticket, text: str, files: Mapping[str, int] = PICTURE) -> None:
        """The customer writes again about their case, with files, and some time passes."""
        mail = Mail(text=text, subject=f"Re: [{case.reference}]")
        arrive(self, self.with_files(mail, files))
        self.run(5 * MINUTE)

    def said(self, case: Ticket, text: str) -> Comment:
        """The one comment of the case's one ticket that holds these words."""
        numbers = [t.number for t in self.world.tickets() if t.external_id == case.reference]
        [number] = numbers or [self.number_of(case)]
        [comment] = [each for each in self.world.comments(number) if text in each.body]
        return comment

    def number_of(self, case: Ticket) -> int:
        with self.store.read() as reader:
            ticket = reader.tickets.load(case.ticket_id)
        assert ticket is not None and ticket.number is not None
        return ticket.number


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[DoorDesk]:
    made = DoorDesk(compiled_policy(tmp_path), folder=tmp_path / "spool")
    yield made
    made.close()


@pytest.fixture
def case(desk: DoorDesk) -> Ticket:
    """A case that the helpdesk has by now."""
    declare_down(desk)
    case = case_of(desk, arrive(desk))
    all_clear(desk)
    return case


def hanging(comment: Comment) -> dict[str, int]:
    """The files of a comment: name and size."""
    return {each.file_name: each.size for each in comment.attachments}


def test_reply_after_the_import_brings_its_files(desk: DoorDesk, case: Ticket) -> None:
    """They hang on the note with the words, which names them and where the mail is kept."""
    desk.reply(case, "It looks like this now")

    note = desk.said(case, "It looks like this now")
    assert hanging(note) == PICTURE
    assert not note.is_public
    assert "Attached: error & log.png (2,048 bytes)." in note.body and ".eml" in note.body


def test_adopted_ticket_gets_the_files_that_it_lacks(desk: DoorDesk) -> None:
    """The helpdesk made a ticket of the first mail: the second comes as a note with its file."""
    declare_down(desk)
    case = case_of(desk, arrive(desk, Mail(message_id=FIRST)))
    desk.reply(case, "It looks like this now")
    desk.world.mail_arrives(
        f"From: {NORA}\r\nTo: support@acme.example\r\nSubject: Portal is down\r\n"
        f"Message-ID: {FIRST}\r\n\r\nThe portal is down, please help us.\r\n".encode()
    )
    all_clear(desk)

    assert hanging(desk.said(case, "It looks like this now")) == PICTURE
    assert desk.door.calls[UPLOAD] == 1


@pytest.mark.parametrize("is_there", [False, True])
def test_files_of_our_people_are_for_the_helpdesk_alone(desk: DoorDesk, is_there: bool) -> None:
    """An answer by mail, before the case is there or after it: on an internal note that says so."""
    declare_down(desk)
    case = case_of(desk, arrive(desk))
    if is_there:
        all_clear(desk)
    answer = Mail(text="Try this.", sender="ada@acme.example", references=(notice_id(case),))
    arrive(desk, desk.with_files(answer))
    all_clear(desk)

    note = desk.said(case, "The customer was sent the words without them.")
    assert (hanging(note), note.is_public) == (PICTURE, False)
    assert [each.text for each in written_to(desk)][-1].startswith("Try this.")
    assert desk.door.calls[UPLOAD] == 1


def test_lost_answer_leaves_one_note_with_one_file(desk: DoorDesk, case: Ticket) -> None:
    """The note is looked for by its key before it is written again."""
    desk.door.faults.switch_on(Fault.ANSWER_LOST, endpoint=UPDATE, times=1)
    desk.reply(case, "It looks like this now")

    assert hanging(desk.said(case, "It looks like this now")) == PICTURE
    assert (desk.door.calls[UPDATE], desk.door.calls[UPLOAD]) == (1, 1)


def test_lost_request_leaves_the_files_again(desk: DoorDesk, case: Ticket) -> None:
    """The note never arrived: the next try brings it with files of its own."""
    desk.door.faults.switch_on(Fault.RESET, endpoint=UPDATE, times=1)
    desk.reply(case, "It looks like this now")

    assert hanging(desk.said(case, "It looks like this now")) == PICTURE
    assert desk.door.calls[UPLOAD] == 2


def test_lost_token_of_a_note_leaves_the_file_again(desk: DoorDesk, case: Ticket) -> None:
    """The file was taken and the answer lost: it hangs there once."""
    desk.door.faults.switch_on(Fault.ANSWER_LOST, endpoint=UPLOAD, times=1)
    desk.reply(case, "It looks like this now")

    assert hanging(desk.said(case, "It looks like this now")) == PICTURE
    assert desk.door.calls[UPLOAD] == 2


def test_refused_files_hold_no_note_back(desk: DoorDesk, case: Ticket) -> None:
    """The words come without them, and name them."""
    desk.door.faults.switch_on(Fault.FORBIDDEN, endpoint=UPLOAD)
    desk.reply(case, "It looks like this now")

    note = desk.said(case, "It looks like this now")
    assert hanging(note) == {}
    assert "error & log.png" in note.body


def test_case_has_twenty_files_and_no_more(desk: DoorDesk) -> None:
    """With the case and as notes together; what would be too many is only named."""
    ten = {f"{number}.png": 5 for number in range(10)}
    declare_down(desk)
    case = case_of(desk, arrive(desk, desk.with_files(Mail(), ten)))
    all_clear(desk)
    desk.reply(case, "Ten more", ten)
    desk.reply(case, "One more")

    found = [hanging(desk.said(case, text)) for text in ("The portal is down", "Ten more")]
    assert found == [ten, ten]
    assert hanging(desk.said(case, "One more")) == {}
    assert "error & log.png" in desk.said(case, "One more").body
