# SPDX-License-Identifier: GPL-3.0-or-later
"""Which folders of the mailbox are looked through during an outage, and from which instant on.

A filter puts a customer's mail among the spam, or a colleague files it before we have read it.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.rules.mail import Folder
from bot.rules.outage_state import OutageState, Phase

INBOX = "INBOX"
MARGIN = timedelta(minutes=1)
"""So much before the first failing round the helpdesk may have been down already."""
OURS = Folder.PROCESSED.value.partition("/")[0]
SPAM_FLAG = "junk"
LEFT_FLAGS = frozenset("sent drafts trash noselect nonexistent flagged important".split())
"""RFC 6154 and RFC 8457; the last two show mails that lie elsewhere too."""
SPAM_NAMES = frozenset(
    "junk|junk e-mail|junk-e-mail|junk email|junk mail|spam|spamverdacht|bulk mail|"
    "courrier indésirable|indésirables|pourriel|skräppost|спам|нежелательная почта".split("|")
)
LEFT_NAMES = frozenset(
    "sent|sent items|sent mail|sent messages|draft|drafts|trash|bin|deleted items|"
    "deleted messages|outbox|templates|"
    "gesendet|gesendete elemente|gesendete objekte|gesendete nachrichten|entwurf|entwürfe|"
    "papierkorb|gelöscht|gelöschte elemente|gelöschte objekte|postausgang|vorlagen|"
    "envoyés|éléments envoyés|messages envoyés|brouillons|corbeille|éléments supprimés|"
    "messages supprimés|boîte d'envoi|modèles|"
    "skickat|skickade|skickade objekt|skickade meddelanden|utkast|papperskorg|papperskorgen|"
    "borttaget|borttagna objekt|borttagna meddelanden|utkorg|mallar|"
    "отправленные|черновики|корзина|удаленные|удалённые|исходящие|шаблоны".split("|")
)
"""What mail programs call them, also on a server that marks no folder; in small letters."""


@dataclass(frozen=True, slots=True)
class MailFolder:
    """A folder as the server lists it; `flags` in small letters, without the backslash."""

    name: str
    flags: frozenset[str] = frozenset()
    separator: str = "/"


@dataclass(frozen=True, slots=True)
class SweptFolder:
    """A folder to look through; what lies among the spam needs a person."""

    name: str
    is_spam: bool = False


def swept_folders(listed: Iterable[MailFolder]) -> tuple[SweptFolder, ...]:
    """All but the inbox, our own, and what was sent, is a draft, or was thrown away.

    A mark of the server counts before a name; what lies below a folder is as that one is.
    """
    folders = sorted(listed, key=lambda each: each.name)
    kinds: dict[str, str] = {}
    found = []
    for folder in folders:
        above = kinds.get(folder.name.rpartition(folder.separator)[0], "")
        kinds[folder.name] = kind = _kind(folder, above)
        is_open = not folder.flags & {"noselect", "nonexistent"}
        if kind != "left" and is_open and folder.name.upper() != INBOX:
            found.append(SweptFolder(folder.name, is_spam=kind == "spam"))
    return tuple(found)


def swept_since(state: OutageState) -> datetime | None:
    """From when on a mail may be of the outage that goes on; None while the helpdesk is there."""
    if state.phase in (Phase.DOWN, Phase.RECOVERING):
        began = state.first_failure_at or state.since
    else:
        began = state.takes_in_since
    if began is None:
        return None
    return min(began, state.seen_up_at or began) - MARGIN


def _kind(folder: MailFolder, above: str) -> str:
    """`left`, `spam`, or nothing."""
    if SPAM_FLAG in folder.flags:
        return "spam"
    name = unicodedata.normalize("NFC", folder.name.rpartition(folder.separator)[2]).casefold()
    is_ours = folder.name.partition("/")[0] == OURS or name == OURS.casefold()
    if is_ours or folder.flags & (LEFT_FLAGS - {"noselect", "nonexistent"}):
        return "left"
    if above:
        return above
    if name in SPAM_NAMES:
        return "spam"
    return "left" if name in LEFT_NAMES else ""
