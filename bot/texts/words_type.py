# SPDX-License-Identifier: GPL-3.0-or-later
"""What a language must have words for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Words:
    """The words of one language.

    `open_quote` and `close_quote` enclose a customer's words, spaces included. In `day_format`
    and its neighbours `{weekday}`, `{day}`, `{month}` and `{time}` stand for their values;
    `first_day` is how the first of a month is written.
    """

    ticket: str
    customer: str
    priority: str
    due: str
    until: str
    since: str
    owner: str
    detail: str
    nobody: str
    open_link: str
    open_ticket: str
    colon: str
    open_quote: str
    close_quote: str
    days: str
    hours: str
    minutes: str
    under_a_minute: str
    left: str
    ago: str
    late: str
    weekdays: tuple[str, ...]
    months: tuple[str, ...]
    zones: Mapping[str, str]
    near_day: str
    far_day: str
    first_day: str
    clocks: Mapping[str, str]
    buttons: Mapping[str, str]
    reasons: Mapping[str, str]
    mail: str
    next_steps: Mapping[str, str]
    case_mail: Mapping[str, str]
    chat_replies: Mapping[str, str]
    silences: Mapping[str, str]
    take: Mapping[str, str]
    continuity: Mapping[str, str]
    not_written_down: str
    help: str
