# SPDX-License-Identifier: GPL-3.0-or-later
"""The sandbox's directory: users, organisations, groups, brands and ticket fields."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Mapping
from dataclasses import replace

from bot.clock import Clock
from bot.sandbox.world_values import Brand, Group, Organisation, Role, TicketField, User


class Directory:
    """Who and what the helpdesk knows; ids are unique over all kinds and look like real ones."""

    def __init__(self, clock: Clock, lock: threading.RLock) -> None:
        """Begin with one brand and nobody; `lock` is the world's."""
        self._clock = clock
        self._lock = lock
        self._ids = itertools.count(360_000_000_001)
        self._users: dict[int, User] = {}
        self._by_email: dict[str, int] = {}
        self._organisations: dict[int, Organisation] = {}
        self._groups: dict[int, Group] = {}
        self._fields: dict[int, TicketField] = {}
        self._brands: dict[int, Brand] = {}
        self.add_brand("Acme")

    def next_id(self) -> int:
        """A fresh id for anything that is not a ticket or an audit."""
        with self._lock:
            return next(self._ids)

    def add_brand(self, name: str, *, subdomain: str = "acme") -> Brand:
        """Add a brand; the first one is the default of new tickets."""
        with self._lock:
            brand = Brand(self.next_id(), name, self._clock.now(), subdomain)
            self._brands[brand.brand_id] = brand
            return brand

    def add_group(self, name: str, *, description: str = "") -> Group:
        """Add a group of agents, or return the one of that name."""
        with self._lock:
            known = self.group_named(name)
            if known is not None:
                return known
            is_first = not self._groups
            group = Group(self.next_id(), name, self._clock.now(), description, is_first)
            self._groups[group.group_id] = group
            return group

    def add_field(
        self, title: str, *, kind: str = "text", options: tuple[str, ...] = ()
    ) -> TicketField:
        """Add a custom ticket field, or return the one of that title."""
        with self._lock:
            known = self.field_titled(title)
            if known is not None:
                return known
            made = TicketField(self.next_id(), title, kind, self._clock.now(), options)
            self._fields[made.field_id] = made
            return made

    def add_organisation(
        self,
        name: str,
        *,
        domains: tuple[str, ...] = (),
        fields: Mapping[str, str | None] | None = None,
    ) -> Organisation:
        """Add a customer's company with its mail domains and custom fields."""
        with self._lock:
            now = self._clock.now()
            made = Organisation(self.next_id(), name, now, now, domains, dict(fields or {}))
            self._organisations[made.organisation_id] = made
            return made

    def add_user(
        self,
        name: str,
        email: str | None,
        *,
        role: Role = Role.END_USER,
        organisation_id: int | None = None,
        group_id: int | None = None,
        locale: str = "en-US",
        time_zone: str = "UTC",
    ) -> User:
        """Add somebody; without an organisation the mail domain decides."""
        with self._lock:
            now = self._clock.now()
            if organisation_id is None and email is not None:
                organisation_id = self._organisation_by_domain(email)
            user = User(
                self.next_id(), name, email, role, now, now, organisation_id, group_id,
                locale, time_zone,
            )  # fmt: skip
            return self._keep(user)

    def change_user(self, user_id: int, **values: str | None) -> User | None:
        """Change somebody's name, email, locale, time_zone or external_id."""
        with self._lock:
            user = self._users.get(user_id)
            if user is None:
                return None
            known = {key: value for key, value in values.items() if key in _CHANGEABLE}
            changed = replace(user, updated_at=self._clock.now(), **known)  # type: ignore[arg-type]
            return self._keep(changed)

    def suspend_user(self, user_id: int) -> User:
        """Let somebody ask for nothing any more; the address stays."""
        with self._lock:
            user = self._users[user_id]
            return self._keep(replace(user, updated_at=self._clock.now(), is_suspended=True))

    def delete_user(self, user_id: int) -> User:
        """Somebody left: the row stays, without its address, which others may have from now on."""
        with self._lock:
            user = self._users[user_id]
            if user.email is not None:
                self._by_email.pop(user.email.casefold(), None)
            return self._keep(
                replace(user, updated_at=self._clock.now(), is_active=False, email=None)
            )

    def move_user(
        self, user_id: int, *, organisation_id: int | None = None, group_id: int | None = None
    ) -> User:
        """Put somebody into an organisation and a group; None leaves it as it is."""
        with self._lock:
            user = self._users[user_id]
            return self._keep(replace(
                user, updated_at=self._clock.now(),
                organisation_id=organisation_id or user.organisation_id,
                group_id=group_id or user.group_id,
            ))  # fmt: skip

    def user_or_new(self, email: str, name: str = "") -> User:
        """Whoever writes from `email`, made an end user if nobody does yet."""
        with self._lock:
            return self.user_by_email(email) or self.add_user(name or email.split("@")[0], email)

    def user(self, user_id: int | None) -> User | None:
        """One user."""
        return None if user_id is None else self._users.get(user_id)

    def user_by_email(self, email: str) -> User | None:
        """Whoever has this address, whatever its case."""
        return self.user(self._by_email.get(email.casefold()))

    def users(self) -> tuple[User, ...]:
        """Everybody, by id."""
        with self._lock:
            return tuple(self._users.values())

    def organisation(self, organisation_id: int | None) -> Organisation | None:
        """One organisation."""
        return None if organisation_id is None else self._organisations.get(organisation_id)

    def organisations(self) -> tuple[Organisation, ...]:
        """Every organisation, by id."""
        with self._lock:
            return tuple(self._organisations.values())

    def group(self, group_id: int | None) -> Group | None:
        """One group."""
        return None if group_id is None else self._groups.get(group_id)

    def group_named(self, name: str) -> Group | None:
        """The group of that name."""
        return next((each for each in self.groups() if each.name == name), None)

    def groups(self) -> tuple[Group, ...]:
        """Every group, by id."""
        with self._lock:
            return tuple(self._groups.values())

    def field(self, field_id: int) -> TicketField | None:
        """One custom ticket field."""
        return self._fields.get(field_id)

    def field_titled(self, title: str) -> TicketField | None:
        """The custom ticket field of that title."""
        return next((each for each in self.fields() if each.title == title), None)

    def fields(self) -> tuple[TicketField, ...]:
        """Every custom ticket field, by id."""
        with self._lock:
            return tuple(self._fields.values())

    def brands(self) -> tuple[Brand, ...]:
        """Every brand; the first is the default."""
        with self._lock:
            return tuple(self._brands.values())

    def _keep(self, user: User) -> User:
        self._users[user.user_id] = user
        if user.email is not None:
            self._by_email.setdefault(user.email.casefold(), user.user_id)
        return user

    def _organisation_by_domain(self, email: str) -> int | None:
        domain = email.rpartition("@")[2].casefold()
        for each in self._organisations.values():
            if domain in each.domains:
                return each.organisation_id
        return None


_CHANGEABLE = frozenset({"name", "email", "locale", "time_zone", "external_id"})
