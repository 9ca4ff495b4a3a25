# SPDX-License-Identifier: GPL-3.0-or-later
"""What the Zendesk door's pages have in common: a routed call, pages of lists, error bodies."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar
from urllib.parse import urlencode

from bot.sandbox.http import Call, Reply, json_reply
from bot.sandbox.world_values import Refusal, RefusalKind, User
from bot.sandbox.zendesk_render import Json

Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class Ask:
    """A call that found its page: `args` from the path, `user` who asks, None when anonymous."""

    call: Call
    key: str
    args: Mapping[str, str] = field(default_factory=dict)
    user: User | None = None

    @property
    def base(self) -> str:
        """The API's root as the caller sees it."""
        return f"{self.call.base}/api/v2"

    @property
    def who(self) -> User:
        """The authenticated user; a page that asks for it must not be anonymous."""
        if self.user is None:
            raise LookupError(f"{self.key} needs a user")
        return self.user

    def number(self, name: str = "id") -> int:
        """A numeric part of the path."""
        return int(self.args[name])

    def wanted(self, name: str, default: int = 0) -> int:
        """A number of the query, `default` where it is missing or no number."""
        text = self.call.query.get(name, "")
        return int(text) if text.lstrip("-").isdigit() else default

    def listed(self, name: str) -> tuple[str, ...]:
        """A comma-separated list of the query."""
        return tuple(each for each in self.call.query.get(name, "").split(",") if each)

    def ids(self) -> tuple[int, ...]:
        """The numbers of `ids=`."""
        return tuple(int(each) for each in self.listed("ids") if each.isdigit())

    def sent(self, name: str) -> Json:
        """An object of the JSON body by its name, empty where there is none."""
        body = self.call.json()
        inner = body.get(name) if isinstance(body, dict) else None
        return inner if isinstance(inner, dict) else {}


Handle = Callable[[Ask], Reply]


@dataclass(frozen=True, slots=True)
class Route:
    """One page: method, path template, whether it may be asked without credentials."""

    method: str
    template: str
    handle: Handle
    is_anonymous: bool = False

    @property
    def key(self) -> str:
        """How it is counted and named to fault switches: `GET tickets/{id}`."""
        return f"{self.method} {self.template}"

    def match(self, method: str, path: str) -> dict[str, str] | None:
        """The path's arguments, None when this is another page; `{id}` takes digits only."""
        if method != self.method:
            return None
        wanted, given = self.template.split("/"), path.split("/")
        if len(wanted) != len(given):
            return None
        args: dict[str, str] = {}
        for part, text in zip(wanted, given, strict=True):
            if not part.startswith("{"):
                if part != text:
                    return None
            elif part == "{id}" and not text.isdigit():
                return None
            else:
                args[part[1:-1]] = text
        return args


def error(status: int, kind: str, description: str, **more: object) -> Reply:
    """An error as the API writes it."""
    return json_reply(status, {"error": kind, "description": description, **more})


def not_found() -> Reply:
    """There is no such record."""
    return error(404, "RecordNotFound", "Not found")


def refused(refusal: Refusal) -> Reply:
    """The helpdesk's no, in the API's words."""
    match refusal.kind:
        case RefusalKind.NOT_FOUND:
            return not_found()
        case RefusalKind.STALE:
            return error(
                409,
                "UpdateConflict",
                "Safe Update prevented the update due to outdated ticket data. Please fetch the "
                "latest ticket data and try again.",
            )
        case RefusalKind.CLOSED | RefusalKind.INVALID:
            details = {refusal.field: [{"description": refusal.text, "error": "InvalidValue"}]}
            return error(422, "RecordInvalid", "Record validation errors", details=details)


def too_many(count: int) -> Reply:
    """More ids than the API takes at once."""
    return error(400, "TooManyValues", f"Parameter accepts at most {count} values", max_count=count)


def listing(
    ask: Ask, name: str, rows: Sequence[Row], show: Callable[[Row], Json], **more: object
) -> Reply:
    """A page of a list: by cursor when `page[size]` is sent, else by number."""
    if "page[size]" in ask.call.query:
        return _by_cursor(ask, name, rows, show, more)
    return _by_number(ask, name, rows, show, more)


def whole(ask: Ask, name: str, rows: Sequence[Row], show: Callable[[Row], Json]) -> Reply:
    """A list that always comes whole, with its count."""
    shown = [show(each) for each in rows]
    return json_reply(
        200, {name: shown, "count": len(shown), "next_page": None, "previous_page": None}
    )


def _by_cursor(
    ask: Ask,
    name: str,
    rows: Sequence[Row],
    show: Callable[[Row], Json],
    more: Mapping[str, object],
) -> Reply:
    size = min(max(ask.wanted("page[size]", 100), 1), 100)
    start = _place(ask.call.query.get("page[after]", ""))
    if "page[before]" in ask.call.query:
        start = max(0, _place(ask.call.query["page[before]"]) - size)
    shown = rows[start : start + size]
    end = start + len(shown)
    links = {
        "next": link(ask, **{"page[after]": _cursor(end), "page[size]": str(size)}),
        "prev": link(ask, **{"page[before]": _cursor(start), "page[size]": str(size)}),
    }
    meta = {
        "has_more": end < len(rows), "after_cursor": _cursor(end), "before_cursor": _cursor(start)
    }  # fmt: skip
    return json_reply(200, {name: [show(r) for r in shown], "meta": meta, "links": links, **more})


def _by_number(
    ask: Ask,
    name: str,
    rows: Sequence[Row],
    show: Callable[[Row], Json],
    more: Mapping[str, object],
) -> Reply:
    page, size = max(ask.wanted("page", 1), 1), min(max(ask.wanted("per_page", 100), 1), 100)
    if page > 100:
        return error(400, "InvalidPaginationDepth", "Use cursor pagination beyond 100 pages")
    start = (page - 1) * size
    has_more = start + size < len(rows)
    return json_reply(
        200,
        {
            name: [show(each) for each in rows[start : start + size]],
            "count": len(rows),
            "next_page": link(ask, page=str(page + 1), per_page=str(size)) if has_more else None,
            "previous_page": link(ask, page=str(page - 1), per_page=str(size))
            if page > 1
            else None,
            **more,
        },
    )


def link(ask: Ask, **changed: str) -> str:
    """The address of the same page with other query values."""
    query = {**ask.call.query, **changed}
    return f"{ask.call.base}{ask.call.path}?{urlencode(query)}"


def _cursor(place: int) -> str:
    return base64.b64encode(f"o:{place}".encode()).decode()


def _place(cursor: str) -> int:
    try:
        return int(base64.b64decode(cursor).decode().removeprefix("o:"))
    except ValueError:
        return 0
