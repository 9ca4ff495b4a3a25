# SPDX-License-Identifier: GPL-3.0-or-later
"""Turns frozen dataclasses into JSON values and back, exactly, as their type hints say.

A value becomes what JSON knows: instants epoch microseconds, durations microseconds, sets sorted
lists, members of a union objects with a `type`. Fields at their default are left out.
"""

from __future__ import annotations

import dataclasses
import types
import typing
from collections.abc import Callable, Mapping
from dataclasses import MISSING, dataclass, fields
from datetime import UTC, datetime, timedelta
from enum import Enum
from functools import cache
from typing import Any, cast

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_PLAIN = (str, int, float, bool, type(None))

Write = Callable[[Any], Any]
Read = Callable[[Any], Any]


class UnknownRow(ValueError):  # noqa: N818
    """A row names a type that this program does not know."""


def micros(instant: datetime) -> int:
    """An aware instant as epoch microseconds, the one way instants are stored."""
    if instant.tzinfo is None:
        raise ValueError(f"an instant needs a zone: {instant.isoformat()}")
    return (instant - EPOCH) // _MICROSECOND


def instant(value: int) -> datetime:
    """The aware UTC instant of epoch microseconds."""
    return EPOCH + timedelta(microseconds=value)


def maybe_micros(value: datetime | None) -> int | None:
    """`micros`, where the instant may be missing."""
    return None if value is None else micros(value)


def maybe_instant(value: int | None) -> datetime | None:
    """`instant`, where the value may be missing."""
    return None if value is None else instant(value)


@dataclass(frozen=True, slots=True)
class Codec:
    """How values of one type are written to JSON values and read back."""

    write: Write
    read: Read


def _same(value: Any) -> Any:
    return value


_SAME = Codec(_same, _same)

UNIONS: dict[frozenset[type], dict[str, type]] = {}
"""The members of each closed union -> its names; filled by `bot/store/rows.py`."""


@cache
def codec(hint: Any) -> Codec:
    """The codec of a type hint; raises TypeError for a type that has no exact JSON form."""
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin in (typing.Union, types.UnionType):
        return _union(arguments)
    if origin is tuple and arguments[-1:] == (Ellipsis,):
        inner = codec(arguments[0])
        return Codec(
            lambda value: [inner.write(each) for each in value],
            lambda value: tuple(inner.read(each) for each in value),
        )
    if origin is frozenset:
        inner = codec(arguments[0])
        return Codec(
            lambda value: sorted(inner.write(each) for each in value),
            lambda value: frozenset(inner.read(each) for each in value),
        )
    if origin in (dict, Mapping):
        return _mapping(codec(arguments[1]))
    return _single(hint)


def _single(hint: Any) -> Codec:
    if hint in _PLAIN or hint is Any:
        return _SAME
    if hint is datetime:
        return Codec(micros, instant)
    if hint is timedelta:
        return Codec(lambda value: value // _MICROSECOND, lambda n: timedelta(microseconds=n))
    if isinstance(hint, type) and issubclass(hint, Enum):
        return Codec(lambda value: value.value, hint)
    if isinstance(hint, type) and dataclasses.is_dataclass(hint):
        return _record(hint)
    raise TypeError(f"{hint!r} has no exact form in a row")


def _mapping(inner: Codec) -> Codec:
    return Codec(
        lambda value: {key: inner.write(each) for key, each in value.items()},
        lambda value: {key: inner.read(each) for key, each in value.items()},
    )


def _union(arguments: tuple[Any, ...]) -> Codec:
    members = tuple(each for each in arguments if each is not type(None))
    if len(members) == 1:
        inner = codec(members[0])
        return Codec(
            lambda value: None if value is None else inner.write(value),
            lambda value: None if value is None else inner.read(value),
        )
    names = UNIONS.get(frozenset(members))
    if names is None:
        raise TypeError(f"the union {arguments!r} has no names in bot/store/rows.py")
    return _named(names)


def _named(names: Mapping[str, type]) -> Codec:
    name_of = {member: name for name, member in names.items()}
    by_type = {member: codec(member) for member in names.values()}

    def write(value: Any) -> Any:
        member = type(value)
        return {"type": name_of[member], **by_type[member].write(value)}

    def read(row: Any) -> Any:
        member = names.get(row["type"])
        if member is None:
            raise UnknownRow(f"a row of type {row['type']!r}; known are {', '.join(names)}")
        return by_type[member].read(row)

    return Codec(write, read)


@dataclass(frozen=True, slots=True)
class _Part:
    name: str
    codec: Codec
    default: Any


def _record(kind: type) -> Codec:
    hints = typing.get_type_hints(kind)
    parts = tuple(
        _Part(each.name, codec(hints[each.name]), _default(each))
        for each in fields(cast(Any, kind))
    )
    plain = tuple((part.name, part.default) for part in parts if part.codec is _SAME)
    other = tuple(
        (part.name, part.codec.write, part.default) for part in parts if part.codec is not _SAME
    )
    readers = {part.name: part.codec.read for part in parts}

    def write(value: Any) -> dict[str, Any]:
        row = {}
        for name, default in plain:
            field = getattr(value, name)
            if field is not default and field != default:
                row[name] = field
        for name, put, default in other:
            field = getattr(value, name)
            if field is not default and field != default:
                row[name] = put(field)
        return row

    def read(row: Any) -> Any:
        return kind(**{name: readers[name](row[name]) for name in row if name in readers})

    return Codec(write, read)


def _default(part: dataclasses.Field[Any]) -> Any:
    if part.default is not MISSING:
        return part.default
    if part.default_factory is not MISSING:
        return part.default_factory()
    return MISSING
