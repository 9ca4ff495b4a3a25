# SPDX-License-Identifier: GPL-3.0-or-later
"""Turns a notice into what people read: the same facts in the same order on every channel.

What is asked and by when, whose it is and their first words, who has it, what to press. Plain text
throughout: each channel escapes it in its own way.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType

from bot.rules.actions import Notice, NoticeKind
from bot.texts.cleaning import cut, one_line
from bot.texts.instants import duration, time_of, time_with_zone
from bot.texts.listed import (
    GREATEST_CASES,
    GREATEST_NAME,
    GREATEST_QUOTE,
    GREATEST_TITLE,
    listed_lines,
    names_cases,
)
from bot.texts.own import NO_TEXTS, OwnTexts, own_parts
from bot.texts.templates import parts
from bot.texts.words import Language, language, named_way, said
from bot.texts.words_type import Words

LATE_AFTER = timedelta(minutes=5)
GREATEST_HEADLINE = 150
GREATEST_SHORT = 150
GREATEST_FACT = 200
GREATEST_LINE = 300
GREATEST_BODY = 1_000
ACKNOWLEDGE = "acknowledge"

_OF_THE_OUTAGE = frozenset({NoticeKind.HELPDESK_DOWN, NoticeKind.HELPDESK_UP})
_SINCE = _OF_THE_OUTAGE | {NoticeKind.CATCH_UP, NoticeKind.STORM}
"""Kinds that speak of when something began, not of when something is due."""
_SINCE_REASONS = frozenset({"stays_blind"})
"""Reasons of an administrator's notice that do so too."""
_OF_INCIDENTS = frozenset({NoticeKind.INCIDENT, NoticeKind.INCIDENT_DUE})
"""Kinds whose instant is that of the next update to customers, and says so."""
_LASTING = frozenset({NoticeKind.SILENCE, NoticeKind.MAINTENANCE})
"""Kinds that last until an instant; afterwards they are over, not late."""
_OURS = _OF_THE_OUTAGE | {NoticeKind.ADMIN}
"""Kinds whose `quote` is what we saw ourselves, not a customer's words."""
_NOBODY_EXPECTED = frozenset(
    {NoticeKind.ACKNOWLEDGED, NoticeKind.ANSWERED, NoticeKind.DONE, NoticeKind.ADMIN,
     NoticeKind.HELPDESK_UP, NoticeKind.DIGEST, NoticeKind.REMINDER, NoticeKind.CATCH_UP,
     NoticeKind.ANSWER, NoticeKind.STORM, NoticeKind.SILENCE, NoticeKind.INCIDENT,
     NoticeKind.MAINTENANCE, NoticeKind.GROUP}
)  # fmt: skip
_FOR_INFORMATION = frozenset(
    "mailbox_back writes_work webhooks_back lists_fresh answers_fast served_again intake_back "
    "takes_in_no_more sight_back disk_over vendor_says backfilled drill".split()
)
"""Reasons of which an administrator should know and need do nothing."""
_ASKS_TO_TAKE = frozenset(
    {NoticeKind.RULE, NoticeKind.ALERT, NoticeKind.SLA_WARNING, NoticeKind.SLA_BREACHED}
)
"""Kinds whose next step is to say "I have it"."""
_NAMES_A_WAY = frozenset({"refused_elsewhere", "slow_elsewhere", "undelivered"})
"""Reasons that name a way to people among their first two words."""
NO_NAMES: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Rendered:
    """What people read, in plain text of bounded length.

    `headline` (150 characters) is enough by itself: the mail's subject, the phone's preview.
    `facts` are (label, value), `body` one or more lines, `next_step` one line or nothing. `short`
    (150 characters) is for SMS: no customer's words. `buttons` are (action, label). `colon` goes
    between a label and its value, `open_label` is the text of a link to the ticket.
    """

    headline: str
    facts: tuple[tuple[str, str], ...]
    body: str
    next_step: str
    short: str
    buttons: tuple[tuple[str, str], ...]
    language: str
    colon: str
    open_label: str


def render(
    notice: Notice,
    *,
    now: datetime,
    names: Mapping[str, str] = NO_NAMES,
    texts: OwnTexts = NO_TEXTS,
    instead: str | None = None,
) -> Rendered:
    """Render `notice` as it reads at `now`, in its own zone and language.

    `names` are display names of own codes (priorities, categories, clocks, people); a code without
    one is shown with spaces for underscores. `texts` are the desk's own words, where it has some.
    `instead` is what can be done where a way cannot show "I have it", as a code of next steps.
    """
    tongue = language(notice.language)
    values = _values(notice, tongue, now=now, names=names)
    if instead is not None:
        values["button"] = ""
    said_by_template = dict(parts(f"{tongue.code}/{notice.kind}.j2", values))
    own = own_parts(texts.get(notice.kind, {}).get(tongue.code, {}), values)
    said_by_template.update({part: text for part, text in own.items() if text or part == "body"})
    step = own.get("next_step") or str(values["next_step"]) or said_by_template["next_step"]
    if not step and instead and values["is_unowned"] and notice.kind in _ASKS_TO_TAKE:
        step = one_line(said(instead, tongue.words.next_steps), GREATEST_LINE)
    return Rendered(
        headline=cut(said_by_template["headline"], GREATEST_HEADLINE),
        facts=_facts(notice, tongue, values, now=now),
        body=_body(notice, tongue, values, own=said_by_template["body"], now=now),
        next_step=cut(step, GREATEST_LINE),
        short=cut(_for_sms(said_by_template["short"]), GREATEST_SHORT),
        buttons=_buttons(notice, tongue),
        language=tongue.code,
        colon=tongue.words.colon,
        open_label=_open_label(notice, tongue),
    )


def facts_of(notice: Notice, *, now: datetime) -> Mapping[str, object]:
    """What a desk's own texts may speak of, as it reads at `now`."""
    return _values(notice, language(notice.language), now=now, names=NO_NAMES)


def _values(
    notice: Notice, tongue: Language, *, now: datetime, names: Mapping[str, str]
) -> dict[str, object]:
    """What the templates may speak of; everything is text or a truth, cleaned and bounded."""
    words = tongue.words
    ticket = f"#{notice.number}" if notice.number is not None else notice.reference or ""
    title = one_line(notice.title, GREATEST_TITLE)
    whose = one_line(notice.organisation or notice.customer or "", GREATEST_NAME)
    owner = one_line(_named(notice.owner, names), GREATEST_NAME)
    return {
        "ticket": ticket or words.ticket,
        "title": title,
        "whose": whose,
        "subject": " ".join(filter(None, (ticket, whose))) or title or notice.thread,
        "owner": owner,
        "is_unowned": not owner and _wants_owner(notice),
        "is_for_information": notice.reason.partition(":")[0] in _FOR_INFORMATION,
        "is_outage": notice.thread.startswith("outage:"),
        "priority": one_line(_named(notice.priority, names), GREATEST_NAME),
        "category": one_line(_named(notice.category, names), GREATEST_NAME),
        "clock": _clock(notice, tongue, names),
        "reason": one_line(said(_with_ways(notice.reason, words), words.reasons), GREATEST_LINE),
        "next_step": one_line(said(notice.next_step, words.next_steps), GREATEST_LINE),
        "button": dict(_buttons(notice, tongue)).get(ACKNOWLEDGE, ""),
        "colon": words.colon,
        "count": str(len(notice.lines)),
        "soon": str(notice.soon),
        "customers": str(notice.customers),
        **_times(notice, tongue, now=now),
    }


def _times(notice: Notice, tongue: Language, *, now: datetime) -> dict[str, object]:
    """`due` stands for the beginning of an outage too; `left`, `ago` and `lasted` are lengths."""
    words, at = tongue.words, notice.due_at or notice.at
    length = duration(at - now, words)
    return {
        "due": time_of(at, now=now, zone=notice.zone, words=words),
        "left": words.left.format(length),
        "ago": words.ago.format(length),
        "lasted": length,
        "is_overdue": at <= now,
        "is_timed": notice.due_at is not None and notice.clock is not None,
    }


def _facts(
    notice: Notice, tongue: Language, values: Mapping[str, object], *, now: datetime
) -> tuple[tuple[str, str], ...]:
    words = tongue.words
    about = _text(values, "title")
    if notice.number is not None:
        about = f"{values['ticket']} {about}".strip()
    is_about_ticket = notice.number is not None or notice.ticket_id is not None
    rank = ", ".join(filter(None, (_text(values, "priority"), _text(values, "category"))))
    found = (
        (words.ticket, about if is_about_ticket else ""),
        (words.customer, _customer(notice)),
        (words.priority, rank),
        _when(notice, tongue, values, now=now),
        (words.detail, one_line(notice.quote, GREATEST_FACT) if notice.kind in _OURS else ""),
        (words.owner, _text(values, "owner") or (words.nobody if values["is_unowned"] else "")),
    )
    return tuple((label, cut(value, GREATEST_FACT)) for label, value in found if value)


def _when(
    notice: Notice, tongue: Language, values: Mapping[str, object], *, now: datetime
) -> tuple[str, str]:
    words = tongue.words
    if notice.due_at is None:
        return (words.due, "")
    clock = time_with_zone(notice.due_at, now=now, zone=notice.zone, words=words)
    if notice.kind in _SINCE or notice.reason in _SINCE_REASONS:
        return (words.since, f"{clock} ({values['lasted']})")
    due = words.until if notice.kind in _LASTING else words.due
    if notice.kind in _OF_INCIDENTS:
        name = _text(values, "clock")
        due = name[:1].upper() + name[1:]
    return (due, f"{clock} ({values['ago'] if values['is_overdue'] else values['left']})")


def _body(
    notice: Notice, tongue: Language, values: Mapping[str, object], *, own: str, now: datetime
) -> str:
    """A line each: that it is late, the customer's words, why, what the kind has to say."""
    words = tongue.words
    late = ""
    if now - notice.at > LATE_AFTER:
        true_time = time_with_zone(notice.at, now=now, zone=notice.zone, words=words)
        late = words.late.format(true_time)
    quote = "" if notice.kind in _OURS else one_line(notice.quote, GREATEST_QUOTE)
    reason = "" if notice.kind is NoticeKind.ADMIN else _text(values, "reason")
    quoted = f"{words.open_quote}{quote}{words.close_quote}" if quote else ""
    works = one_line(said(notice.works, words.reasons), GREATEST_LINE)
    listed = listed_lines(notice, tongue, now=now)
    longest = GREATEST_CASES if names_cases(notice) else GREATEST_BODY
    return cut("\n".join(filter(None, (late, works, quoted, reason, own, *listed))), longest)


def _buttons(notice: Notice, tongue: Language) -> tuple[tuple[str, str], ...]:
    labels = tongue.words.buttons
    return tuple((action, labels[action]) for action in notice.buttons if action in labels)


def _customer(notice: Notice) -> str:
    known = (notice.customer, notice.organisation)
    return ", ".join(dict.fromkeys(one_line(each, GREATEST_NAME) for each in known if each))


def _open_label(notice: Notice, tongue: Language) -> str:
    if notice.number is None:
        return tongue.words.open_link
    return tongue.words.open_ticket.format(f"#{notice.number}")


def _for_sms(text: str) -> str:
    """Spaces that the alphabet of an SMS has, and one full stop where a unit brought its own."""
    return text.replace("\u00a0", " ").replace("..", ".")


def _with_ways(reason: str, words: Words) -> str:
    """The same reason with Slack, not `slack`, where it names a way."""
    code, _, detail = reason.partition(":")
    if code not in _NAMES_A_WAY:
        return reason
    first, *rest = detail.split(", ", 2)
    named = [named_way(first, words), *(named_way(each, words) for each in rest[:1]), *rest[1:]]
    return f"{code}:{', '.join(named)}"


def _wants_owner(notice: Notice) -> bool:
    if notice.kind in _NOBODY_EXPECTED:
        return False
    return notice.number is not None or ACKNOWLEDGE in notice.buttons


def _clock(notice: Notice, tongue: Language, names: Mapping[str, str]) -> str:
    code = notice.clock or ""
    name = names.get(code) or tongue.words.clocks.get(code) or code.replace("_", " ")
    return one_line(name, GREATEST_NAME) or tongue.words.due


def _named(code: str | None, names: Mapping[str, str]) -> str:
    return names.get(code, code.replace("_", " ")) if code else ""


def _text(values: Mapping[str, object], name: str) -> str:
    return str(values[name])
