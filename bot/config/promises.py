# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads `promises:`, the clocks of a desk: from when, until when, within what, in whose hours."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from bot.config.problems import did_you_mean
from bot.config.reader import Reader
from bot.config.yaml_nodes import Entry, Node
from bot.rules.policy import Promise
from bot.rules.sla import ClockSpec, Metric, Moment, Target, Warn

KEYS = (
    "from", "to", "within", "less_than", "hours", "warn", "tell", "breached", "pause_while",
    "promised", "because", "on_reopen", "complete", "violation", "undecided",
)  # fmt: skip
STATUSES = ("new", "open", "pending", "hold", "solved", "closed")
MOMENTS = {
    "created": Moment.CREATED,
    "notified": Moment.NOTIFIED,
    "acknowledged": Moment.ACKNOWLEDGED,
    "assigned": Moment.ASSIGNED,
    "public_reply": Moment.AGENT_REPLY,
    "internal_note": Moment.AGENT_NOTE,
    "requester_reply": Moment.REQUESTER_REPLY,
    "solved": Moment.SOLVED,
}
FIELD_MOMENTS = ("group", "status", "tag", "field")
"""Moments with a value: `group second_line`, `tag maintenance`, `field stage=started`."""
METRICS = {each.value: each for each in Metric if each is not Metric.CUSTOM}
DEFAULT_PAUSES = {
    Metric.PERIODIC_UPDATE: frozenset({"pending"}),
    Metric.RESOLUTION: frozenset({"pending"}),
}
"""First and next response never pause by themselves: setting a ticket to pending unread would
stop the promise."""


class PromiseReader:
    """Reads promises; targets are told by the desk's priorities and by its plans."""

    def __init__(self, reader: Reader, priorities: Mapping[str, str]) -> None:
        """`priorities` are the desk's own codes."""
        self._reader = reader
        self._priorities = priorities

    def read(self, name: str, entry: Entry) -> Promise:
        """One promise; `first_response`, `next_response`, `periodic_update` and `resolution` know
        their own beginning and end, any other name needs `from` and `to`."""
        reader, what = self._reader, f"promises {name}"
        entries = reader.mapping(entry.node, what, KEYS)
        for key in ("hours",):
            if key not in entries:
                reader.problem(entry.key_place, f"{what}: {key} is missing", "name a calendar")
        breached: tuple[str, ...] = ()
        page: str | None = None
        if "breached" in entries:
            inner = reader.mapping(entries["breached"].node, "breached", ("tell", "page"))
            page = reader.text(inner["page"].node, "page") if "page" in inner else None
            breached = reader.texts(inner["tell"].node, "tell") if "tell" in inner else ()
        hours, hours_by = self._hours(entries)
        return Promise(
            clock=replace(self._clock(name, entry, entries), hours_by=hours_by),
            hours=hours,
            violation=reader.text(entries["violation"].node, "violation")
            if "violation" in entries
            else None,
            undecided=self._undecided(entries),
            tell_at_warning=reader.texts(entries["tell"].node, "tell") if "tell" in entries else (),
            tell_at_breach=breached,
            page_at_breach=page,
            because=reader.statements(entries["because"].node) if "because" in entries else (),
            place=entry.key_place,
        )

    def _hours(self, entries: Mapping[str, Entry]) -> tuple[str, dict[str, str]]:
        """One calendar for every ticket, or a line per priority, plan or `organisation NAME`.

        `else` names the calendar of all others; without it the last line's is taken.
        """
        if "hours" not in entries:
            return "", {}
        node = entries["hours"].node
        if not isinstance(node.value, Mapping):
            return self._reader.text(node, "hours"), {}
        lines = {
            key: self._reader.text(entry.node, f"hours {key}")
            for key, entry in self._reader.mapping(node, "hours").items()
        }
        usual = lines.pop("else", None) or next(reversed(lines.values()), "")
        return usual, lines

    def _undecided(self, entries: Mapping[str, Entry]) -> str | None:
        if "undecided" not in entries:
            return None
        choices = {code: code for code in self._priorities}
        return self._reader.one_of(entries["undecided"].node, "undecided", choices)

    def _clock(self, name: str, entry: Entry, entries: Mapping[str, Entry]) -> ClockSpec:
        reader = self._reader
        metric = METRICS.get(name, Metric.CUSTOM)
        begins, begin_fields = self._moments(entries, "from")
        ends, end_fields = self._moments(entries, "to")
        has_both = bool(begins or begin_fields) and bool(ends or end_fields)
        if metric is Metric.CUSTOM and not has_both:
            advice = f"write `from:` and `to:`, or call it {', '.join(METRICS)}"
            reader.problem(entry.key_place, f"promises {name}: from when, until when?", advice)
        pause_on = DEFAULT_PAUSES.get(metric, frozenset())
        if "pause_while" in entries:
            choices = {each: each for each in STATUSES}
            node = entries["pause_while"].node
            texts = () if node.value == "never" else reader.texts(node, "pause_while")
            for text in texts:
                if text not in choices:
                    advice = did_you_mean(text, [*STATUSES, "never"])
                    reader.problem(node.place, f"pause_while: no status {text!r}", advice)
            pause_on = frozenset(texts)
        promised = (
            reader.text(entries["promised"].node, "promised") if "promised" in entries else ""
        )
        if promised not in ("", "always"):
            reader.problem(
                entries["promised"].node.place, f"promised: {promised!r}", "write always"
            )
        return ClockSpec(
            name=name,
            metric=metric,
            targets=self._targets(name, entry, entries),
            pause_on=pause_on,
            warn=self._warnings(entries),
            is_strict="less_than" in entries,
            promised_always=promised == "always",
            begins=begins,
            ends=ends,
            begin_fields=begin_fields,
            end_fields=end_fields,
            restarts="on_reopen" in entries
            and reader.text(entries["on_reopen"].node, "on_reopen") == "restart",
            is_complete="complete" in entries
            and reader.truth(entries["complete"].node, "complete"),
        )

    def _moments(
        self, entries: Mapping[str, Entry], key: str
    ) -> tuple[frozenset[Moment], frozenset[str]]:
        """The moments of `from` or `to`, and those that are a field's new value."""
        if key not in entries:
            return frozenset(), frozenset()
        found, fields = set(), set()
        for text in self._reader.texts(entries[key].node, key):
            name = "public_reply" if text == "first_public_reply" else text
            what, _, value = text.partition(" ")
            if name in MOMENTS:
                found.add(MOMENTS[name])
            elif what in FIELD_MOMENTS and value:
                fields.add(value.strip() if what == "field" else f"{what}={value.strip()}")
            else:
                advice = did_you_mean(text, [*MOMENTS, "group NAME", "tag NAME", "status NAME"])
                self._reader.problem(entries[key].node.place, f"{key}: no moment {text!r}", advice)
        return frozenset(found), frozenset(fields)

    def _targets(self, name: str, entry: Entry, entries: Mapping[str, Entry]) -> tuple[Target, ...]:
        given = [key for key in ("within", "less_than") if key in entries]
        if len(given) != 1:
            advice = "write `within: 4h`, or a line per priority"
            what = "two targets" if given else "no target"
            self._reader.problem(entry.key_place, f"promises {name}: {what}", advice)
            return ()
        return tuple(self._cells(entries[given[0]].node, given[0]))

    def _cells(self, node: Node, what: str) -> list[Target]:
        """One duration, a line per priority, or a block of lines per plan or organisation."""
        if not isinstance(node.value, Mapping):
            return [Target(self._seconds(node, what))]
        cells: list[Target] = []
        for key, entry in node.value.items():
            if isinstance(entry.node.value, Mapping):
                cells += self._block(key, entry)
            elif key in self._priorities:
                cells.append(Target(self._seconds(entry.node, key), priority=key))
            elif key.startswith("organisation "):
                organisation = key.removeprefix("organisation ")
                cells.append(Target(self._seconds(entry.node, key), organisation=organisation))
            else:
                advice = did_you_mean(key, self._priorities)
                what = f"no priority {key!r} (a plan has a line per priority below it)"
                self._reader.problem(entry.key_place, what, advice)
        return cells

    def _block(self, name: str, entry: Entry) -> list[Target]:
        is_organisation = name.startswith("organisation ")
        organisation = name.removeprefix("organisation ") if is_organisation else None
        plan = None if is_organisation else name
        cells = []
        for priority, inner in self._reader.mapping(entry.node, name).items():
            if priority not in self._priorities:
                advice = did_you_mean(priority, self._priorities)
                self._reader.problem(inner.key_place, f"no priority {priority!r}", advice)
                continue
            seconds = self._seconds(inner.node, priority)
            cells.append(Target(seconds, priority=priority, plan=plan, organisation=organisation))
        return cells

    def _seconds(self, node: Node, what: str) -> int:
        return int(self._reader.duration(node, what).total_seconds())

    def _warnings(self, entries: Mapping[str, Entry]) -> tuple[Warn, ...]:
        if "warn" not in entries:
            return ()
        node = entries["warn"].node
        nodes = node.value if isinstance(node.value, tuple) else (node,)
        return tuple(self._warning(each) for each in nodes)

    def _warning(self, node: Node) -> Warn:
        text = self._reader.text(node, "warn")
        share = self._reader.share(text)
        if share is not None:
            return Warn(share=share)
        lead = Node(node.place, text.removesuffix("before").strip())
        return Warn(lead=self._reader.duration(lead, "warn"))
