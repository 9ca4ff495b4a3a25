# SPDX-License-Identifier: GPL-3.0-or-later
"""Checks a Zendesk account against the policy, changing nothing: for `deskmate check --online`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from bot.clock import Clock
from bot.helpdesks.zendesk_desk import Desk
from bot.helpdesks.zendesk_exports import Exports
from bot.helpdesks.zendesk_failures import Cause, Failure
from bot.helpdesks.zendesk_names import CATEGORY, HOLDERS, plain
from bot.helpdesks.zendesk_session import ZendeskLine
from bot.ports import Finding

Json = Mapping[str, Any]
ORGANISATION = HOLDERS[0]
SHOWN = 5
"""Organisations that are named, of those that lack a fact."""


class Examiner:
    """Asks Zendesk what the policy takes for granted."""

    def __init__(
        self,
        line: ZendeskLine,
        desk: Desk,
        exports: Exports,
        clock: Clock,
        *,
        categories: Mapping[str, str],
    ) -> None:
        """`categories` are the policy's own codes with the values of the helpdesk's field."""
        self._line = line
        self._desk = desk
        self._exports = exports
        self._clock = clock
        self._categories = categories

    def examine(self) -> Sequence[Finding]:
        """Every finding; the later ones are left out when we cannot even log in."""
        try:
            me = self._line.me()
        except Failure as failure:
            advice = "check DESKMATE_ZENDESK_URL, client id and client secret"
            return (Finding("zendesk credentials", False, failure.reason, advice),)
        found = [self._role(me)]
        for look in (self._export, self._fields, self._groups, self._canary, self._receipt):
            found.extend(self._looked(look))
        return tuple(found)

    def lacking(self, own_fields: Iterable[str]) -> Sequence[Finding]:
        """For each own field that stands with the organisations: those that have none."""
        keys = {own: _key(self._desk.names.reference(own)) for own in own_fields}
        wanted = {own: key for own, key in keys.items() if key is not None}
        if not wanted:
            return ()
        try:
            rows = list(self._desk.listing("organizations"))
        except Failure as failure:
            return (Finding("zendesk organisations", False, failure.reason, ""),)
        return tuple(_lacking(own, key, rows) for own, key in wanted.items())

    def taken_in(self, addresses: Mapping[str, str]) -> Sequence[Finding]:
        """For each bare mail address that we use: whether a mail to it becomes a ticket."""
        try:
            rows = list(self._desk.listing("recipient_addresses"))
        except Failure as failure:
            return (Finding("zendesk support addresses", False, failure.reason, ""),)
        theirs = {str(each.get("email")).casefold() for each in rows}
        wrong = [use for address, use in addresses.items() if address in theirs]
        if not wrong:
            shown = f"{len(theirs)}, and we write to none of them"
            return (Finding("zendesk support addresses", True, shown),)
        advice = "a mail to it becomes a ticket: use an address outside the helpdesk"
        return tuple(Finding(use, False, "is a support address", advice) for use in wrong)

    def _role(self, me: Json) -> Finding:
        role = str(me.get("role"))
        advice = "" if role == "admin" else "the exports are open to administrators only"
        return Finding("zendesk credentials", role == "admin", f"{me.get('name')}, {role}", advice)

    def _looked(self, look: Callable[[], Iterator[Finding]]) -> Iterator[Finding]:
        try:
            yield from look()
        except Failure as failure:
            advice = (
                "a scope or the plan may not allow it" if failure.cause is Cause.FORBIDDEN else ""
            )
            yield Finding(f"zendesk {look.__name__.strip('_')}", False, failure.reason, advice)

    def _export(self) -> Iterator[Finding]:
        self._exports.tickets(None, self._clock.now())
        yield Finding("zendesk export", True, "tickets can be followed")

    def _fields(self) -> Iterator[Finding]:
        names = self._desk.names
        shown = list(self._desk.listing("ticket_fields"))
        names.learn(shown)
        by_id = {int(each["id"]): each for each in shown}
        for own in (CATEGORY, *names.own_fields()):
            reference = names.reference(own)
            if reference is None or reference.partition(".")[0] in HOLDERS:
                continue
            field_id = names.field_id(own)
            is_known = field_id in by_id
            advice = "" if is_known else "create it, or correct helpdesk.fields"
            yield Finding(f"zendesk field {own}", is_known, reference, advice)
            if own == CATEGORY and field_id is not None and is_known:
                yield from self._options(by_id[field_id])

    def _options(self, field: Json) -> Iterator[Finding]:
        options = {str(each.get("value")) for each in field.get("custom_field_options") or ()}
        if not options:
            return
        for own, theirs in self._categories.items():
            is_known = theirs in options
            advice = "" if is_known else f"add {theirs!r} to the drop-down"
            yield Finding(f"zendesk category {own}", is_known, theirs, advice)

    def _groups(self) -> Iterator[Finding]:
        wanted = self._desk.names.groups()
        if wanted:
            self._desk.learn_groups()
        for own, theirs in wanted.items():
            is_known = self._desk.people.group_id(theirs) is not None
            advice = "" if is_known else "create it, or correct helpdesk.groups"
            yield Finding(f"zendesk group {own}", is_known, theirs, advice)

    def _canary(self) -> Iterator[Finding]:
        number = self._desk.names.canary
        if number is None:
            advice = "create a ticket for it and name it in helpdesk.canary"
            yield Finding("zendesk canary", False, "write probes are off", advice)
            return
        is_there = number in self._desk.present_tickets([number])
        advice = "" if is_there else "the ticket is gone: create another"
        yield Finding("zendesk canary", is_there, f"ticket {number}", advice)

    def _receipt(self) -> Iterator[Finding]:
        title = self._desk.names.receipt_trigger()
        if title is None:
            return
        found = next(
            (
                each
                for each in self._desk.listing("triggers")
                if title in (each.get("title"), str(each.get("id")))
            ),
            None,
        )
        is_active = found is not None and found.get("active") is True
        advice = "" if is_active else "correct helpdesk.receipt_trigger, or switch the trigger on"
        yield Finding("zendesk receipt trigger", is_active, title, advice)


def _key(reference: str | None) -> str | None:
    """The organisation field that is meant, None for a field of another holder."""
    holder, _, key = (reference or "").partition(".")
    return key if holder == ORGANISATION and key else None


def _lacking(own: str, key: str, organisations: Sequence[Json]) -> Finding:
    names = [
        str(each.get("name"))
        for each in organisations
        if plain((each.get("organization_fields") or {}).get(key)) is None
    ]
    shown = ", ".join(names[:SHOWN]) + (", ..." if len(names) > SHOWN else "")
    count = f"{len(names)} of {len(organisations)} have none"
    detail = f"{count}: {shown}" if names else f"all {len(organisations)} have one"
    advice = f"fill in {key!r}, or write `facts: {{{own}: {{if_unknown: ...}}}}`" if names else ""
    return Finding(f"zendesk organisations' {own}", not names, detail, advice)
