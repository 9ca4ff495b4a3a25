# SPDX-License-Identifier: GPL-3.0-or-later
"""An outage's record as rows that people read: the same parts in Markdown and as a page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.commands.incident_record import IncidentRecord, staff_were_told_at
from bot.handlers.vendor import TIMELINE
from bot.rules.calendar_days import local_time
from bot.texts.report_words import ReportWords, report_words

MOST_ROWS = 20_000
"""Rows of one table; a browser shows as many, a page of them is about 4 MB."""
_SPECIAL = "\\`*_{}[]<>#!|~&"


@dataclass(frozen=True, slots=True)
class Part:
    """A heading with a table; `none` is said where the table would be empty."""

    heading: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    none: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class ReportText:
    """A report in plain words: neither Markdown nor HTML yet."""

    title: str
    summary: tuple[str, ...]
    parts: tuple[Part, ...]
    language: str = "en"


def report_text(record: IncidentRecord, zone: str, say: ReportWords) -> ReportText:
    """Say the record in words, all times in `zone`; what was seen and said stays as it was."""
    return ReportText(
        title=say["title"].format(record.number),
        summary=_summary(record, zone, say),
        parts=(_timeline(record, zone, say), _told(record, zone, say), _mails(record, zone, say),
               _breaches(record, zone, say)),
        language=say.code,
    )  # fmt: skip


def markdown(text: ReportText) -> str:
    """The report as Markdown; what is somebody else's text cannot become markup."""
    lines = [f"# {text.title}", "", *(f"- {escaped(each)}" for each in text.summary)]
    for part in text.parts:
        lines += ["", f"## {part.heading}", ""]
        lines += [escaped(part.note), ""] if part.note else []
        if not part.rows:
            lines.append(part.none)
            continue
        lines += [_row(part.columns), _row(["---"] * len(part.columns))]
        lines += [_row([escaped(cell) for cell in row]) for row in part.rows]
    return "\n".join(lines) + "\n"


def escaped(text: str) -> str:
    """Text on one line that Markdown shows as it is."""
    plain = "".join(c if c.isprintable() else " " for c in text)
    shown = "".join(f"\\{c}" if c in _SPECIAL else c for c in plain)
    return shown.replace("://", "\\://")


def length(span: timedelta) -> str:
    """`1 h 05 min`, `43 min 12 s`, `9 s`, as our own commands say it."""
    return report_words("en").length(span)


def said_at(at: datetime | None, zone: str) -> str:
    """An instant in the reader's zone, to the second; a dash for none."""
    return f"{local_time(zone, at):%Y-%m-%d %H:%M:%S}" if at else "-"


def _summary(record: IncidentRecord, zone: str, say: ReportWords) -> tuple[str, ...]:
    month, first = record.availability, staff_were_told_at(record)
    until = said_at(record.ended, zone) if record.is_over else say["not_over"]
    told = say["after_first"].format(say.length(first - record.began)) if first else ""
    return (
        say["span"].format(began=said_at(record.began, zone), until=until, zone=zone),
        say["away"].format(length=say.length(record.away_for), count=len(record.away)),
        say["reached"].format(told or say["nobody_yet"]),
        say["mails"].format(count=len(record.mails), undecided=record.undecided),
        say["broken"].format(len(record.breaches)),
        say["month"].format(
            away=say.length(month.away),
            per_cent=say.decimal(f"{month.per_cent:.3f}"),
            promised=say.decimal(f"{month.promised:g}"),
            allowed=say.length(month.allowed),
            verdict=say["kept" if month.is_kept else "not_kept"],
        ),
    )


def _timeline(record: IncidentRecord, zone: str, say: ReportWords) -> Part:
    rows = [(said_at(record.began, zone), say["began"], "")]
    for each in record.timeline:
        what = say["vendor"] if each.kind == TIMELINE else say.named("step", each.kind)
        rows.append((said_at(each.at, zone), what, each.seen))
    columns = (say["when"], say["what"], say["seen"])
    return Part(say["timeline"], columns, tuple(rows), say["nothing"], say["timeline_note"])


def _told(record: IncidentRecord, zone: str, say: ReportWords) -> Part:
    rows = [
        (said_at(each.decided_at, zone), each.destination, say.named("because", each.because),
         said_at(each.arrived_at, zone), say.named("state", each.state), str(each.attempts))
        for each in record.told
    ]  # fmt: skip
    keys = ("decided", "to", "because", "arrived", "state", "tries")
    columns = tuple(say[key] for key in keys)
    return table(say["told"], columns, rows, say["nobody_told"], say)


def _mails(record: IncidentRecord, zone: str, say: ReportWords) -> Part:
    rows = [
        (said_at(each.received_at, zone), each.sender, say.named("fate", each.fate), each.case,
         _sent(each.acknowledged_at, each.acknowledgement, zone, say),
         _sent(each.answered_at, each.answer, zone, say), each.reason)
        for each in record.mails
    ]  # fmt: skip
    counted = ", ".join(
        f"{say.named('fate', fate)}{say['colon']}{count}" for fate, count in record.fates.items()
    )
    keys = ("came", "sender", "fate", "case", "acknowledged", "answered", "because")
    columns = tuple(say[key] for key in keys)
    return table(say["mail_heading"], columns, rows, say["no_mail"], say, counted)


def _sent(at: datetime | None, state: str, zone: str, say: ReportWords) -> str:
    """When it went out; else how it stands, a dash where nothing was sent."""
    return say.named("state", state) if state and at is None else said_at(at, zone)


def _breaches(record: IncidentRecord, zone: str, say: ReportWords) -> Part:
    rows = [
        (said_at(each.told_at, zone), each.ticket, each.customer, say.clock(each.clock))
        for each in record.breaches
    ]
    columns = tuple(say[key] for key in ("told_at", "ticket", "whose", "promise"))
    return table(say["breaches"], columns, rows, say["none"], say)


def table(
    heading: str,
    columns: tuple[str, ...],
    rows: Sequence[tuple[str, ...]],
    none: str,
    say: ReportWords,
    note: str = "",
) -> Part:
    """As many rows as a page can show, and above them how many more there are."""
    left_out = len(rows) - MOST_ROWS
    more = say["more"].format(left_out) if left_out > 0 else ""
    said = "; ".join(each for each in (note, more) if each)
    return Part(heading, columns, tuple(rows[:MOST_ROWS]), none, said)


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"
