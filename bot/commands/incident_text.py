# SPDX-License-Identifier: GPL-3.0-or-later
"""An outage's record as rows that people read: the same parts in Markdown and as a page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.commands.incident_record import IncidentRecord, staff_were_told_at
from bot.handlers.vendor import TIMELINE
from bot.rules.calendar_days import local_time
from bot.rules.outage_state import Step

MOST_ROWS = 2_000
SAID = {
    Step.SUSPECTED: "It failed; suspected",
    Step.CLEARED: "The suspicion was over",
    Step.DECLARED: "Declared down",
    Step.REOPENED: "Down again soon after the all-clear: the same outage",
    Step.SHOW_BANNER: "Customers read the banner",
    Step.REMIND: "Staff were reminded",
    Step.ANSWERING_AGAIN: "It answered again",
    Step.RELAPSED: "It failed again",
    Step.RELEASE: "Held changes were released",
    Step.RECOVERED: "All clear",
    Step.BLINDED: "Our own line failed: what we saw did not count",
    Step.SEEING_AGAIN: "We saw again",
    Step.CREDENTIALS_REFUSED: "It refused our credentials",
    Step.UNOBSERVED: "Nobody had watched for a while",
    Step.DECLARED_BY_HAND: "Declared down by hand",
    Step.DECLARATION_OVER: "The declaration by hand ran out",
    Step.ASKS_TO_CLEAR: "It answered our probes while declared down by hand",
    Step.CLEARED_BY_HAND: "All clear given by hand",
    Step.MAINTENANCE: "It went away for announced maintenance",
    Step.MAINTENANCE_AGAIN: "It went away again, for the same announced maintenance",
    Step.OVERRUN: "The announced maintenance overran: an outage from here on",
    Step.STILL_FAILING: "It still failed after the all-clear by hand",
    Step.TAKES_IN: "Credentials refused for ten minutes: the mailbox took over",
    Step.TAKES_IN_NO_MORE: "It accepted our credentials again",
}
"""What stands in a report for each step."""
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


def report_text(record: IncidentRecord, zone: str) -> ReportText:
    """Say the record in words, all times in `zone`."""
    return ReportText(
        title=f"Outage {record.number} of the helpdesk",
        summary=_summary(record, zone),
        parts=(_timeline(record, zone), _told(record, zone), _mails(record, zone),
               _breaches(record, zone)),
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
    """`1 h 05 min`, `43 min 12 s`, `9 s`."""
    seconds = round(span.total_seconds())
    if seconds < 60:
        return f"{seconds} s"
    if seconds < 3600:
        return f"{seconds // 60} min {seconds % 60:02d} s"
    return f"{seconds // 3600} h {seconds % 3600 // 60:02d} min"


def said_at(at: datetime | None, zone: str) -> str:
    """An instant in the reader's zone, to the second; a dash for none."""
    return f"{local_time(zone, at):%Y-%m-%d %H:%M:%S}" if at else "-"


def _summary(record: IncidentRecord, zone: str) -> tuple[str, ...]:
    month, first = record.availability, staff_were_told_at(record)
    until = said_at(record.ended, zone) if record.is_over else "not over yet"
    told = f"{length(first - record.began)} after the first failure" if first else "nobody yet"
    verdict = "kept" if month.is_kept else "broken"
    return (
        f"From {said_at(record.began, zone)} to the all-clear: {until} ({zone}).",
        f"Away for {length(record.away_for)}, in {len(record.away)} span(s).",
        f"Staff were reached: {told}.",
        f"Mails: {len(record.mails)}, {record.undecided} of them without a fate.",
        f"Promises broken meanwhile: {len(record.breaches)}.",
        f"30 days up to then: away {length(month.away)}, available {month.per_cent:.3f} %; "
        f"{month.promised:g} % allows {length(month.allowed)}: {verdict}.",
    )


def _timeline(record: IncidentRecord, zone: str) -> Part:
    said = {step.value: words for step, words in SAID.items()} | {
        TIMELINE: "The vendor's word changed"
    }
    first = (said_at(record.began, zone), "It began", "")
    rows = (
        first,
        *(
            (said_at(each.at, zone), said.get(each.kind, each.kind.replace("_", " ")), each.seen)
            for each in record.timeline
        ),
    )
    note = "The last column is what our probes saw, or who said it."
    return Part("Timeline and evidence", ("when", "what", "seen"), rows, "Nothing.", note)


def _told(record: IncidentRecord, zone: str) -> Part:
    rows = [
        (said_at(each.decided_at, zone), each.destination, each.because.replace("_", " "),
         said_at(each.arrived_at, zone), each.state, str(each.attempts))
        for each in record.told
    ]  # fmt: skip
    columns = ("decided", "to", "because", "arrived", "state", "tries")
    return Part("Who was told", columns, bounded(rows), "Nobody was told.")


def _mails(record: IncidentRecord, zone: str) -> Part:
    rows = [
        (said_at(each.received_at, zone), each.sender, each.fate, each.case, each.reason)
        for each in record.mails
    ]
    counted = ", ".join(f"{count} {fate}" for fate, count in record.fates.items())
    columns = ("came", "from", "fate", "case", "because")
    return Part("Mails", columns, bounded(rows), "No mail came.", counted)


def _breaches(record: IncidentRecord, zone: str) -> Part:
    rows = [
        (said_at(each.told_at, zone), each.ticket, each.customer, each.clock.replace("_", " "))
        for each in record.breaches
    ]
    columns = ("told", "ticket", "whose", "promise")
    return Part("Promises broken while it was away", columns, bounded(rows), "None.")


def bounded(rows: Sequence[tuple[str, ...]]) -> tuple[tuple[str, ...], ...]:
    """The rows as many as a page can show, and how many more there are."""
    if len(rows) <= MOST_ROWS:
        return tuple(rows)
    more = f"and {len(rows) - MOST_ROWS} more; --json has all"
    return (*rows[:MOST_ROWS], (more, *("" for _ in rows[0][1:])))


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"
