# SPDX-License-Identifier: GPL-3.0-or-later
"""Who and what the sandbox's Slack knows: channels and people, with ids as Slack makes them."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterable
from dataclasses import dataclass, replace

from bot.sandbox.world_people import Directory


@dataclass(frozen=True, slots=True)
class Channel:
    """One channel; without `is_member` the app is not in it."""

    channel_id: str
    name: str
    is_archived: bool = False
    is_member: bool = True
    is_private: bool = False

    @property
    def is_direct(self) -> bool:
        """True for a conversation with one person."""
        return self.channel_id.startswith("D")


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody in the workspace; `handle` is the short name that payloads carry."""

    user_id: str
    handle: str
    real_name: str
    email: str = ""


class Workspace:
    """Channels by name or id, people from the world's staff. Safe to share by threads."""

    def __init__(self, people: Directory, channels: Iterable[str] | None) -> None:
        """`channels` None lets a channel come into being when somebody first names it."""
        self._people = people
        self._lock = threading.Lock()
        self._channels: dict[str, Channel] = {}
        self._grows = channels is None
        for name in channels or ():
            self.open_channel(name)

    def open_channel(
        self, name: str, *, is_archived: bool = False, is_member: bool = True,
        is_private: bool = False,
    ) -> Channel:  # fmt: skip
        """Make a channel, or change what holds of it."""
        name = name.removeprefix("#")
        channel_id = ("D" if name.startswith("U") and name.isupper() else "C") + _digest(name)
        made = Channel(channel_id, name, is_archived, is_member, is_private)
        with self._lock:
            self._channels[name] = made
        return made

    def archive(self, name: str) -> Channel:
        """Archive a channel."""
        channel = replace(self.open_channel(name), is_archived=True)
        with self._lock:
            self._channels[channel.name] = channel
        return channel

    def channel(self, wanted: str) -> Channel | None:
        """A channel by name, `#name`, id, or a person's id for a direct conversation."""
        name = wanted.removeprefix("#")
        with self._lock:
            for each in self._channels.values():
                if name in (each.name, each.channel_id):
                    return each
        is_person = any(each.user_id == name for each in self.members())
        if is_person or (self._grows and not _looks_like_id(name)):
            return self.open_channel(name)
        return None

    def channel_by_id(self, channel_id: str) -> Channel | None:
        """A channel by its id alone, as reading methods want it."""
        with self._lock:
            return next(
                (each for each in self._channels.values() if each.channel_id == channel_id), None
            )

    def channels(self) -> tuple[Channel, ...]:
        """Every channel that is not a direct conversation."""
        with self._lock:
            return tuple(each for each in self._channels.values() if not each.is_direct)

    def members(self) -> tuple[Member, ...]:
        """The world's staff, as members of the workspace."""
        return tuple(
            _member(each.name, each.email or "") for each in self._people.users() if each.is_staff
        )

    def member(self, wanted: str) -> Member:
        """Somebody by name, address, handle or id; a stranger's name or id makes a member."""
        for each in self.members():
            if wanted in (each.user_id, each.handle, each.real_name, each.email):
                return each
        if _looks_like_id(wanted) and wanted[0] in "UW":
            return Member(wanted, wanted.casefold(), wanted, "")
        return _member(wanted, "")


def _member(name: str, email: str) -> Member:
    handle = name.casefold().replace(" ", ".")
    return Member(f"U{_digest(email or name)}", handle, name, email)


def _digest(name: str) -> str:
    return hashlib.sha256(name.encode()).hexdigest()[:10].upper()


def _looks_like_id(name: str) -> bool:
    return len(name) >= 9 and name[0] in "CDGUW" and name.isupper() and name.isalnum()
