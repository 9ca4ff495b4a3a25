# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads who is told and what is whose: `people:`, `groups:`, `facts:`, `helpdesk:`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from bot.config.calendars import read_zone
from bot.config.problems import did_you_mean
from bot.config.reader import Reader
from bot.config.yaml_nodes import Entry, Node
from bot.rules.actions import Urgency
from bot.rules.grouping import GROUPED_BY, LONGEST, GroupingSpec
from bot.rules.policy import (
    Group,
    HelpdeskMap,
    OutagePolicy,
    Recipient,
    Relay,
    Ways,
)
from bot.rules.policy_parts import IntakeCheck

LANGUAGES = {each: each for each in ("en", "fr", "de", "sv", "ru")}
WAYS = {each.value: each for each in Ways}
URGENCIES = {each.value: each for each in Urgency if each is not Urgency.EDIT}
PERSON_KEYS = (
    "slack",
    "teams",
    "mail",
    "sms",
    "mention",
    "else",
    "hours",
    "language",
    "zone",
    "urgency",
    "mention_from",
    "nobody_took_it",
    "skills",
    "speaks",
    "mode",
    "fallback_after",
    "grouping",
    "because",
)
GROUPING_KEYS = ("by", "wait", "every")  # fmt: skip
HELPDESK_KEYS = (
    "kind", "category", "code", "plan", "region", "fields", "groups", "canary", "receipt_trigger",
    "categories", "intake",
)  # fmt: skip
OUTAGE_TIMES = (
    "interval", "interval_suspect", "declare_after", "declare_window", "recover_after", "hold",
    "hold_greatest", "reopen_window", "release_after", "banner_after", "banner_valid",
    "write_probe_every", "reminder_every", "unobserved_after", "blind_after",
)  # fmt: skip
OUTAGE_COUNTS = (
    "declare_in_a_row", "declare_failing", "declare_of", "leave_suspect", "recover_in_a_row",
    "relapse_in_a_row", "backfill_per_minute",
)  # fmt: skip
INTAKE_KEYS = ("address", "every", "within")
LEAST_EVERY = timedelta(minutes=5)
OUTAGE_KEYS = (
    "tell", "mailbox", "banner", "tag", "banner_texts", "witnesses", "ack_hint", "signature",
    "reference_prefix", "intake", "links_by_mail", *OUTAGE_TIMES, *OUTAGE_COUNTS,
)  # fmt: skip


def read_recipient(reader: Reader, name: str, entry: Entry) -> Recipient:
    """One entry of `people:`."""
    entries = reader.mapping(entry.node, f"people {name}", PERSON_KEYS)

    def text(key: str) -> str | None:
        return reader.text(entries[key].node, key) if key in entries else None

    def texts(key: str) -> tuple[str, ...]:
        return reader.texts(entries[key].node, key) if key in entries else ()

    language = (
        reader.one_of(entries["language"].node, "language", LANGUAGES)
        if "language" in entries
        else None
    )
    urgency = (
        reader.one_of(entries["urgency"].node, "urgency", URGENCIES)
        if "urgency" in entries
        else None
    )
    mode = reader.one_of(entries["mode"].node, "mode", WAYS) if "mode" in entries else None
    after = timedelta(minutes=1)
    if "fallback_after" in entries:
        after = reader.duration(entries["fallback_after"].node, "fallback_after")
    return Recipient(
        name=name,
        slack=text("slack"),
        teams=text("teams"),
        mail=_address(reader, entries, "mail"),
        sms=text("sms"),
        mention=texts("mention"),
        mention_from=text("mention_from"),
        nobody_took_it=_nobody_took_it(reader, entries),
        skills=texts("skills"),
        speaks=texts("speaks"),
        otherwise=texts("else"),
        hours=text("hours"),
        language=language,
        zone=read_zone(reader, entries["zone"].node) if "zone" in entries else None,
        urgency=urgency or Urgency.NORMAL,
        mode=mode or Ways.ALL,
        fallback_after=after,
        grouping=_grouping(reader, entries),
        place=entry.key_place,
    )


def _grouping(reader: Reader, entries: Mapping[str, Entry]) -> GroupingSpec | None:
    """Which of its messages wait for each other, and how long; what is not written is usual."""
    if "grouping" not in entries:
        return None
    inner = reader.mapping(entries["grouping"].node, "grouping", GROUPING_KEYS)
    by = reader.texts(inner["by"].node, "by") if "by" in inner else ()
    for name in by:
        if name not in GROUPED_BY:
            advice = did_you_mean(name, GROUPED_BY)
            reader.problem(inner["by"].node.place, f"grouping: nothing is called {name!r}", advice)
    usual = GroupingSpec()
    times = {
        key: reader.duration(inner[key].node, key) for key in ("wait", "every") if key in inner
    }
    for key, length in times.items():
        if length > LONGEST:
            what = f"grouping: {key} is longer than 4h; use `urgency: low` and a digest"
            reader.problem(inner[key].node.place, what, "")
    return GroupingSpec(by, times.get("wait", usual.wait), times.get("every", usual.every))


def _nobody_took_it(reader: Reader, entries: Mapping[str, Entry]) -> Relay | None:
    if "nobody_took_it" not in entries:
        return None
    node = entries["nobody_took_it"].node
    inner = reader.mapping(node, "nobody_took_it", ("after", "tell"))
    for key, advice in (("after", "write `after: 10m`"), ("tell", "name who is told then")):
        if key not in inner:
            reader.problem(node.place, f"nobody_took_it: {key} is missing", advice)
    if len(inner) < 2:
        return None
    after = reader.duration(inner["after"].node, "after")
    return Relay(after, reader.texts(inner["tell"].node, "tell"))


def read_group(reader: Reader, name: str, entry: Entry) -> Group:
    """One entry of `groups:`: a list of who covers it, or `helpdesk` and `cover`."""
    node = entry.node
    if isinstance(node.value, Mapping):
        entries = reader.mapping(node, f"groups {name}", ("helpdesk", "cover", "because"))
        theirs = (
            reader.text(entries["helpdesk"].node, "helpdesk") if "helpdesk" in entries else name
        )
        cover = reader.texts(entries["cover"].node, "cover") if "cover" in entries else ()
        return Group(name, theirs, cover, entry.key_place)
    cover = () if node.value is None else reader.texts(node, f"groups {name}")
    return Group(name, name, cover, entry.key_place)


def read_helpdesk(reader: Reader, node: Node, priorities: Mapping[str, str]) -> HelpdeskMap:
    """`helpdesk:`: own names and the helpdesk's."""
    entries = reader.mapping(node, "helpdesk", HELPDESK_KEYS)
    fields = {
        key: reader.text(entries[key].node, key)
        for key in ("category", "code", "plan", "region")
        if key in entries
    }
    fields.update(_pairs(reader, entries, "fields"))
    kind = reader.text(entries["kind"].node, "kind") if "kind" in entries else "zendesk"
    if kind != "zendesk":
        reader.problem(entries["kind"].node.place, f"kind: no helpdesk {kind!r}", "write zendesk")
    return HelpdeskMap(
        kind=kind,
        fields=fields,
        priorities=priorities,
        categories=_pairs(reader, entries, "categories"),
        groups=_pairs(reader, entries, "groups"),
        canary=reader.number(entries["canary"].node, "canary", least=1)
        if "canary" in entries
        else None,
        receipt_trigger=reader.text(entries["receipt_trigger"].node, "receipt_trigger")
        if "receipt_trigger" in entries
        else None,
        intake=reader.texts(entries["intake"].node, "intake") if "intake" in entries else (),
    )


def read_outage(reader: Reader, entry: Entry) -> OutagePolicy:
    """`helpdesk_down:`; every time of the state machine is a key with a simulated default."""
    entries = reader.mapping(entry.node, "helpdesk_down", OUTAGE_KEYS)
    times: dict[str, Any] = {
        key: reader.duration(entries[key].node, key) for key in OUTAGE_TIMES if key in entries
    }
    for key in OUTAGE_COUNTS:
        if key in entries:
            times[key] = reader.number(entries[key].node, key, least=1)
    return OutagePolicy(
        tell=reader.texts(entries["tell"].node, "tell") if "tell" in entries else (),
        mailbox=_address(reader, entries, "mailbox"),
        banner=reader.text(entries["banner"].node, "banner") if "banner" in entries else None,
        tag=reader.text(entries["tag"].node, "tag") if "tag" in entries else None,
        banner_texts=_pairs(reader, entries, "banner_texts"),
        ack_hint=_pairs(reader, entries, "ack_hint"),
        signature=_pairs(reader, entries, "signature"),
        reference_prefix=_prefix(reader, entries),
        witnesses=reader.texts(entries["witnesses"].node, "witnesses")
        if "witnesses" in entries
        else (),
        intake=_intake(reader, entries),
        links_by_mail="links_by_mail" in entries
        and reader.truth(entries["links_by_mail"].node, "links_by_mail"),
        place=entry.key_place,
        **times,
    )


def _intake(reader: Reader, entries: Mapping[str, Entry]) -> IntakeCheck | None:
    if "intake" not in entries:
        return None
    node = entries["intake"].node
    inner = reader.mapping(node, "intake", INTAKE_KEYS)
    address = _address(reader, inner, "address")
    if not address:
        advice = "write `intake: {address: support@example.com}`"
        reader.problem(node.place, "intake: address is missing", advice)
        return None
    if "mailbox" not in entries:
        advice = "name `mailbox`, from which its mails are sent"
        reader.problem(node.place, "intake: there is no mailbox to send from", advice)
    times = {
        key: found
        for key in ("every", "within")
        if key in inner and (found := reader.read_duration(inner[key].node, key)) is not None
    }
    if min(times.values(), default=LEAST_EVERY) < LEAST_EVERY:
        reader.problem(node.place, "intake: that is too often", "write 5m or more")
    return IntakeCheck(address, **times)


def _prefix(reader: Reader, entries: Mapping[str, Entry]) -> str | None:
    if "reference_prefix" not in entries:
        return None
    node = entries["reference_prefix"].node
    text = reader.text(node, "reference_prefix")
    if not (2 <= len(text) <= 5 and text.isascii() and text.isalpha() and text.isupper()):
        advice = "write two to five capital letters, such as ACM"
        reader.problem(node.place, f"reference_prefix: {text!r} begins no reference", advice)
    return text


def _pairs(reader: Reader, entries: Mapping[str, Entry], key: str) -> dict[str, str]:
    if key not in entries:
        return {}
    return {
        name: reader.text(entry.node, f"{key} {name}")
        for name, entry in reader.mapping(entries[key].node, key).items()
    }


def _address(reader: Reader, entries: Mapping[str, Entry], key: str) -> str | None:
    if key not in entries:
        return None
    text = reader.text(entries[key].node, key)
    local, at, domain = text.partition("@")
    if text and (not at or not local or "." not in domain or any(c.isspace() for c in text)):
        advice = "write somebody@example.com"
        reader.problem(entries[key].node.place, f"{key}: {text!r} is no mail address", advice)
    return text
