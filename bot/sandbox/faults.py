# SPDX-License-Identifier: GPL-3.0-or-later
"""Switches for everything that can go wrong in the sandbox, thrown and cleared while it runs.

A switch holds until it is cleared or for a number of strikes, everywhere or at endpoints whose
template fits a pattern (`PUT tickets/{id}`, `GET incremental/*`, `PUT *`). Other doors bring
switches of their own: any `StrEnum` works.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum
from fnmatch import fnmatchcase


class Fault(StrEnum):
    """What the helpdesk's door, its webhooks and its mail intake can do wrong."""

    EXPIRED_TOKEN = "expired_token"
    """Every call answers 401, as after the token's life."""
    TOKEN_REFUSED = "token_refused"
    """`POST oauth/tokens` answers 401: the client's secret was changed."""
    FORBIDDEN = "forbidden"
    """403: a scope, a role or the plan does not allow it."""
    THROTTLED = "throttled"
    """429 with `Retry-After`, account headers at zero."""
    THROTTLED_SILENTLY = "throttled_silently"
    """429 without `Retry-After`."""
    BUCKET_THROTTLED = "bucket_throttled"
    """429 of an endpoint's own bucket while the account headers still read high."""
    UNAVAILABLE = "unavailable"
    """503 with JSON and `Retry-After`."""
    UNAVAILABLE_PAGE = "unavailable_page"
    """503 with an HTML page."""
    BAD_GATEWAY_PAGE = "bad_gateway_page"
    """502 with an HTML page."""
    EDGE_PAGE = "edge_page"
    """520 with the HTML page of the network edge."""
    PAGE_INSTEAD = "page_instead"
    """200 with an HTML page: maintenance that calls itself success."""
    EMPTY_ANSWER = "empty_answer"
    """200 with no body at all."""
    LOGIN_REDIRECT = "login_redirect"
    """302 to `/login`, which answers 200 with HTML."""
    HANGS = "hangs"
    """The call is read and never answered until the switch is cleared."""
    SLOW = "slow"
    """The answer comes after `seconds`."""
    ANSWER_LOST = "answer_lost"
    """The call is carried out and the line breaks before the answer."""
    RESET = "reset"
    """The line breaks before the call is carried out."""
    REFUSED = "refused"
    """Nobody listens: connections are refused. Whole door, until cleared."""
    CONFLICT = "conflict"
    """409 on a write, as if somebody else had written at the same time."""
    EMPTY_PAGE = "empty_page"
    """An export page with no rows and `end_of_stream` false."""
    DUPLICATE_ROWS = "duplicate_rows"
    """Every row of an export page comes twice."""
    REAPPEARING_ROWS = "reappearing_rows"
    """Rows that were exported before come again, with `updated_at` unchanged."""
    SCRUBBED_ROWS = "scrubbed_rows"
    """Deleted tickets come out of the export scrubbed."""
    JOB_ITEM_FAILS = "job_item_fails"
    """A bulk job completes although its first item failed."""
    WEBHOOK_DUPLICATED = "webhook_duplicated"
    """A delivery is made twice."""
    WEBHOOK_REORDERED = "webhook_reordered"
    """A delivery waits until after the next one."""
    WEBHOOK_DELAYED = "webhook_delayed"
    """A delivery comes `seconds` late, freshly signed: event time far before signature time."""
    WEBHOOK_LOST = "webhook_lost"
    """A delivery is never made."""
    WEBHOOK_TEST_SECRET = "webhook_test_secret"
    """A delivery is signed with the public test secret."""
    WEBHOOK_WRONG_SIGNATURE = "webhook_wrong_signature"
    """A delivery carries a signature that does not fit."""
    WEBHOOK_STALE_STAMP = "webhook_stale_stamp"
    """A delivery is signed with a timestamp `seconds` old."""
    MAIL_QUEUED = "mail_queued"
    """Mails from customers make no tickets until the switch is cleared; then late ones."""
    MAIL_SUSPENDED = "mail_suspended"
    """Mails from customers end among the suspended tickets."""


@dataclass(frozen=True, slots=True)
class Switch:
    """One thrown switch; `times` None holds until cleared, `seconds` and `retry_after` are its
    parameters where it has any."""

    fault: StrEnum
    endpoint: str = "*"
    times: int | None = None
    seconds: float = 0.0
    retry_after: int = 30


class Faults:
    """The board of switches, safe to use from any thread."""

    def __init__(self) -> None:
        """Begin with everything working."""
        self._lock = threading.Condition()
        self._switches: list[Switch] = []
        self._listeners: list[Callable[[], None]] = []
        self._releases = 0
        self._hanging = 0

    def switch_on(
        self,
        fault: StrEnum,
        *,
        endpoint: str = "*",
        times: int | None = None,
        seconds: float = 0.0,
        retry_after: int = 30,
    ) -> None:
        """Throw a switch, for `times` strikes or until `clear`; a second one adds to the first."""
        if fault is Fault.REFUSED and (times is not None or endpoint != "*"):
            raise ValueError("refused connections are never seen: no count and no endpoint")
        with self._lock:
            self._switches.append(Switch(fault, endpoint, times, seconds, retry_after))
        self._tell()

    def clear(self, fault: StrEnum | None = None) -> None:
        """Take back one kind of fault, or all; calls that hang are released."""
        with self._lock:
            self._switches = [
                each for each in self._switches if fault is not None and each.fault != fault
            ]
            self._release()
        self._tell()

    def strike(self, fault: StrEnum, endpoint: str = "*") -> Switch | None:
        """Whether `fault` strikes this call now; a counted switch is used up by it."""
        with self._lock:
            for place, switch in enumerate(self._switches):
                if switch.fault == fault and fnmatchcase(endpoint, switch.endpoint):
                    self._use_up(place, switch)
                    return switch
        return None

    def is_on(self, fault: StrEnum) -> bool:
        """True while a switch of this kind is thrown, without using it up."""
        with self._lock:
            return any(each.fault == fault for each in self._switches)

    def thrown(self) -> tuple[Switch, ...]:
        """Every switch that is thrown now."""
        with self._lock:
            return tuple(self._switches)

    def listen(self, listener: Callable[[], None]) -> None:
        """Call `listener` after every switch thrown or cleared by hand."""
        self._listeners.append(listener)

    def hang(self, fault: StrEnum, endpoint: str = "*") -> bool:
        """Hang here until the next `clear` or `release` if `fault` strikes; True when it did."""
        with self._lock:
            if self.strike(fault, endpoint) is None:
                return False
            releases = self._releases
            self._hanging += 1
            self._lock.notify_all()
            self._lock.wait_for(lambda: self._releases != releases)
            self._hanging -= 1
            return True

    def wait_until_hanging(self, seconds: float) -> bool:
        """Wait until a call hangs, `seconds` of real time at most; whether one does."""
        with self._lock:
            return self._lock.wait_for(lambda: self._hanging > 0, seconds)

    def release(self) -> None:
        """Let go whoever hangs, without clearing anything; for a door that stops."""
        with self._lock:
            self._release()

    def _release(self) -> None:
        self._releases += 1
        self._lock.notify_all()

    def _use_up(self, place: int, switch: Switch) -> None:
        if switch.times is None:
            return
        if switch.times <= 1:
            del self._switches[place]
        else:
            self._switches[place] = replace(switch, times=switch.times - 1)

    def _tell(self) -> None:
        for listener in list(self._listeners):
            listener()
