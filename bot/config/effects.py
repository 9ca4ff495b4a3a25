# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads `then:` of a rule: everything that may follow when it holds."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from bot.config.incidents import read_incident_effect
from bot.config.people import URGENCIES
from bot.config.reader import Reader
from bot.config.yaml_nodes import Entry, Node
from bot.rules.actions import Urgency
from bot.rules.policy import Effects, Finding, LedgerBook, Publication

EFFECT_KEYS = (
    "priority", "category", "group", "tag", "untag", "set", "comment", "tell", "once_per",
    "urgency", "link", "hold", "release", "publish", "reply", "ledger", "violation", "warning",
    "escalate", "page", "follow_up", "suggest", "route", "hold_to_end_of", "incident", "restored",
)  # fmt: skip
PERIODS = {"month": "month"}


def read_effects(reader: Reader, entries: Mapping[str, Entry]) -> Effects:
    """The effects of a rule whose keys are `entries`; none where there is no `then`."""
    if "then" not in entries:
        return Effects()
    then = reader.mapping(entries["then"].node, "then", EFFECT_KEYS)
    return _EffectReader(reader, then, entries).effects()


class _EffectReader:
    """Reads one `then`."""

    def __init__(
        self, reader: Reader, then: Mapping[str, Entry], entries: Mapping[str, Entry]
    ) -> None:
        self._reader = reader
        self._then = then
        self._entries = entries

    def effects(self) -> Effects:
        return Effects(
            priority=self._text("priority"),
            category=self._text("category"),
            group=self._text("group"),
            add_tags=self._texts("tag"),
            remove_tags=self._texts("untag"),
            fields=self._fields(),
            comment=self._text("comment"),
            tell=self._texts("tell"),
            once_per=self._once_per(),
            urgency=self._urgency(),
            link=self._text("link"),
            hold=self._text("hold"),
            release=self._text("release"),
            publish=self._publications(),
            replies=self._replies(),
            ledger=self._ledger(),
            violations=self._findings("violation"),
            warnings=self._findings("warning"),
            escalate=self._text("escalate"),
            page=self._text("page"),
            follow_up=self._text("follow_up"),
            suggest=self._count("suggest"),
            hold_to_end_of=self._text("hold_to_end_of"),
            routes=self._texts("route"),
            incident=read_incident_effect(self._reader, self._then["incident"])
            if "incident" in self._then
            else None,
            restored=self._texts("restored"),
        )

    def _text(self, key: str) -> str | None:
        return self._reader.text(self._then[key].node, key) if key in self._then else None

    def _texts(self, key: str) -> tuple[str, ...]:
        return self._reader.texts(self._then[key].node, key) if key in self._then else ()

    def _count(self, key: str) -> int:
        if key not in self._then:
            return 0
        return self._reader.number(self._then[key].node, key, least=1)

    def _fields(self) -> dict[str, str]:
        if "set" not in self._then:
            return {}
        entries = self._reader.mapping(self._then["set"].node, "set")
        return {name: self._reader.text(entry.node, name) for name, entry in entries.items()}

    def _once_per(self) -> timedelta | None:
        once = self._then.get("once_per") or self._entries.get("once_per")
        return self._reader.duration(once.node, "once_per") if once else None

    def _urgency(self) -> Urgency | None:
        if "urgency" not in self._then:
            return None
        return self._reader.one_of(self._then["urgency"].node, "urgency", URGENCIES)

    def _publications(self) -> tuple[Publication, ...]:
        return tuple(self._publication(node) for node in self._nodes("publish"))

    def _publication(self, node: Node) -> Publication:
        if not isinstance(node.value, Mapping):
            return Publication(self._reader.text(node, "publish"), "")
        entries = self._reader.mapping(node, "publish", ("where", "template"))
        where, template = (
            self._reader.text(entries[key].node, key) if key in entries else ""
            for key in ("where", "template")
        )
        if not where:
            advice = "write `publish: {where: web_portal, template: helpdesk_down}`"
            self._reader.problem(node.place, "publish: where?", advice)
        return Publication(where, template)

    def _replies(self) -> tuple[str, ...]:
        found = []
        for node in self._nodes("reply"):
            if isinstance(node.value, Mapping):
                entries = self._reader.mapping(node, "reply", ("template", "once"))
                if "template" in entries:
                    found.append(self._reader.text(entries["template"].node, "template"))
                else:
                    self._reader.problem(
                        node.place, "reply: no template", "name one of `templates`"
                    )
            else:
                found.append(self._reader.text(node, "reply"))
        return tuple(found)

    def _ledger(self) -> LedgerBook | None:
        if "ledger" not in self._then:
            return None
        node = self._then["ledger"].node
        if not isinstance(node.value, Mapping):
            return LedgerBook(self._reader.text(node, "ledger"))
        entries = self._reader.mapping(node, "ledger", ("book", "period"))
        if "book" not in entries:
            self._reader.problem(node.place, "ledger: no book", "write `book: service_credits`")
            return None
        period = "month"
        if "period" in entries:
            period = self._reader.one_of(entries["period"].node, "period", PERIODS) or period
        return LedgerBook(self._reader.text(entries["book"].node, "book"), period)

    def _findings(self, key: str) -> tuple[Finding, ...]:
        return tuple(self._finding(node, key) for node in self._nodes(key))

    def _finding(self, node: Node, key: str) -> Finding:
        if not isinstance(node.value, Mapping):
            return Finding(self._reader.text(node, key))
        entries = self._reader.mapping(node, key, ("code", "text"))
        if "code" not in entries:
            self._reader.problem(node.place, f"{key}: no code", f"write `{key}: notice_too_short`")
        code, text = (
            self._reader.text(entries[name].node, name) if name in entries else ""
            for name in ("code", "text")
        )
        return Finding(code, text)

    def _nodes(self, key: str) -> tuple[Node, ...]:
        if key not in self._then:
            return ()
        node = self._then[key].node
        return node.value if isinstance(node.value, tuple) else (node,)
