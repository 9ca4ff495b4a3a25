# SPDX-License-Identifier: GPL-3.0-or-later
"""The one translator of everything that can go wrong with Zendesk, into the words of the ports.

zenpy raises two unrelated trees of exceptions, requests a third, and odd answers end in plain
`ValueError` or `AttributeError`; a maintenance page that calls itself 200 raises nothing at all.
"""

from __future__ import annotations

import email.utils
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import assert_never

import requests
from zenpy.lib.exception import APIException, ZenpyException

from bot.ports import Outcome, Refused, Trouble, TroubleKind, TryLater, Unknown
from bot.rules.outcome import LONGEST_PAUSE
from bot.rules.probes import Flag, Verdict

CREDENTIALS_PAUSE = 60.0
FORBIDDEN_PAUSE = 300.0
"""Seconds before a write is tried again that a person must repair something for."""


class Cause(StrEnum):
    """What happened, as finely as the ports' words need it."""

    UNREACHABLE = "unreachable"
    NAME = "name"
    CERTIFICATE = "certificate"
    NO_ANSWER = "no_answer"
    LINE_BROKE = "line_broke"
    UNAVAILABLE = "unavailable"
    SERVER_ERROR = "server_error"
    THROTTLED = "throttled"
    CREDENTIALS = "credentials"
    FORBIDDEN = "forbidden"
    NOT_FOUND = "not_found"
    CONFLICT = "conflict"
    REJECTED = "rejected"
    WRONG_CONTENT = "wrong_content"
    OWN_LIMIT = "own_limit"


class Failure(Exception):  # noqa: N818
    """A call that failed; it never leaves `bot/helpdesks/`.

    `retry_after` is in seconds. `is_sent` is False when the call surely never reached Zendesk.
    """

    def __init__(
        self,
        cause: Cause,
        reason: str,
        *,
        retry_after: float | None = None,
        is_sent: bool = True,
    ) -> None:
        """Keep what happened, in words for people."""
        super().__init__(reason)
        self.cause = cause
        self.reason = reason
        self.retry_after = retry_after
        self.is_sent = is_sent


@dataclass(frozen=True, slots=True)
class _Meaning:
    """One cause in the words of reads and probes."""

    trouble: TroubleKind
    verdict: Verdict


_MEANINGS = {
    Cause.UNREACHABLE: _Meaning(TroubleKind.DOWN, Verdict.DOWN),
    Cause.NAME: _Meaning(TroubleKind.DOWN, Verdict.DOWN),
    Cause.CERTIFICATE: _Meaning(TroubleKind.DOWN, Verdict.DOWN),
    Cause.NO_ANSWER: _Meaning(TroubleKind.SLOW, Verdict.DOWN),
    Cause.LINE_BROKE: _Meaning(TroubleKind.DOWN, Verdict.DOWN),
    Cause.UNAVAILABLE: _Meaning(TroubleKind.DOWN, Verdict.DOWN),
    Cause.SERVER_ERROR: _Meaning(TroubleKind.DOWN, Verdict.DOWN),
    Cause.WRONG_CONTENT: _Meaning(TroubleKind.WRONG_CONTENT, Verdict.DOWN),
    Cause.THROTTLED: _Meaning(TroubleKind.THROTTLED, Verdict.THROTTLED),
    Cause.OWN_LIMIT: _Meaning(TroubleKind.THROTTLED, Verdict.THROTTLED),
    Cause.CREDENTIALS: _Meaning(TroubleKind.CREDENTIALS, Verdict.CREDENTIALS),
    Cause.FORBIDDEN: _Meaning(TroubleKind.CREDENTIALS, Verdict.CREDENTIALS),
    Cause.NOT_FOUND: _Meaning(TroubleKind.NOT_FOUND, Verdict.MISCONFIGURED),
    Cause.CONFLICT: _Meaning(TroubleKind.MISCONFIGURED, Verdict.MISCONFIGURED),
    Cause.REJECTED: _Meaning(TroubleKind.MISCONFIGURED, Verdict.MISCONFIGURED),
}


_FLAGS = {
    Cause.NAME: Flag.NAME,
    Cause.CERTIFICATE: Flag.CERTIFICATE,
    Cause.WRONG_CONTENT: Flag.WRONG_CONTENT,
}


def trouble_of(failure: Failure) -> Trouble:
    """A failed read in the port's words."""
    return Trouble(_MEANINGS[failure.cause].trouble, failure.reason, failure.retry_after)


def verdict_of(failure: Failure) -> Verdict:
    """A failed probe in the words of docs/outages.md."""
    return _MEANINGS[failure.cause].verdict


def flag_of(failure: Failure) -> Flag | None:
    """What of a failed probe a person should know: it may be the line or a proxy of ours."""
    return _FLAGS.get(failure.cause)


def outcome_of(failure: Failure) -> Outcome:
    """A failed write in the port's words.

    Whatever may have been carried out is `Unknown`; what a person can repair without touching the
    update is tried again, so that an expired secret loses nothing.
    """
    if not failure.is_sent:
        pause = CREDENTIALS_PAUSE if failure.cause is Cause.CREDENTIALS else failure.retry_after
        return TryLater(failure.reason, pause)
    match failure.cause:
        case Cause.NO_ANSWER | Cause.LINE_BROKE | Cause.SERVER_ERROR | Cause.WRONG_CONTENT:
            return Unknown(failure.reason)
        case Cause.UNREACHABLE | Cause.NAME | Cause.CERTIFICATE | Cause.UNAVAILABLE:
            return TryLater(failure.reason, failure.retry_after)
        case Cause.THROTTLED | Cause.OWN_LIMIT:
            return TryLater(failure.reason, failure.retry_after)
        case Cause.CONFLICT:
            return TryLater(failure.reason)
        case Cause.CREDENTIALS:
            return TryLater(failure.reason, CREDENTIALS_PAUSE)
        case Cause.FORBIDDEN:
            return TryLater(failure.reason, FORBIDDEN_PAUSE)
        case Cause.NOT_FOUND:
            return Refused(failure.reason, "the ticket is gone; nothing to do")
        case Cause.REJECTED:
            return Refused(failure.reason, "compare helpdesk: in the policy with the helpdesk")
        case _:
            assert_never(failure.cause)


@contextmanager
def translated() -> Iterator[None]:
    """Let nothing but `Failure` out of a call of zenpy or requests."""
    try:
        yield
    except Failure:
        raise
    except APIException as error:
        raise _of_answer(error.response, str(error)) from error
    except requests.RequestException as error:
        raise _of_line(error) from error
    except (ZenpyException, ValueError, AttributeError, KeyError, TypeError) as error:
        text = f"an answer that makes no sense: {type(error).__name__}: {error}"
        raise Failure(Cause.WRONG_CONTENT, text[:300]) from error


def of_status(response: requests.Response) -> Failure:
    """The failure that a status outside 200 to 299 stands for."""
    return _of_answer(response, "")


def retry_after_of(response: requests.Response, now: datetime) -> float | None:
    """`Retry-After` in seconds, an hour at most; None when it is missing or odd.

    It may also come as a date.
    """
    text = response.headers.get("Retry-After", "").strip()
    try:
        return min(LONGEST_PAUSE, max(0.0, float(text)))
    except ValueError:
        pass
    try:
        at = email.utils.parsedate_to_datetime(text)
    except ValueError:
        return None
    wait = (at - now).total_seconds() if at.tzinfo else None
    return None if wait is None else min(LONGEST_PAUSE, max(0.0, wait))


def _of_line(error: requests.RequestException) -> Failure:
    reason = _first_line(error)
    match error:
        case requests.HTTPError(response=response) if response is not None:
            return _of_answer(response, "")
        case requests.exceptions.SSLError():
            return Failure(Cause.CERTIFICATE, f"certificate: {reason}", is_sent=False)
        case requests.ConnectTimeout():
            return Failure(Cause.UNREACHABLE, "no connection in time", is_sent=False)
        case requests.Timeout():
            return Failure(Cause.NO_ANSWER, "no answer in time")
        case requests.ConnectionError() if _inner_name(error) == "NameResolutionError":
            return Failure(Cause.NAME, "the name does not resolve", is_sent=False)
        case requests.ConnectionError() if _inner_name(error) in _NEVER_OPEN:
            return Failure(Cause.UNREACHABLE, f"no connection: {reason}", is_sent=False)
        case requests.JSONDecodeError():
            return Failure(Cause.WRONG_CONTENT, "wrong content: no JSON")
        case _:
            return Failure(Cause.LINE_BROKE, f"the line broke: {reason}")


_NEVER_OPEN = frozenset({"NewConnectionError", "ConnectTimeoutError"})


def _inner_name(error: requests.ConnectionError) -> str:
    """The name of urllib3's error within: by it alone it tells a connection that was never open."""
    inner = error.args[0] if error.args else None
    return type(getattr(inner, "reason", inner)).__name__


def _of_answer(response: requests.Response | None, text: str) -> Failure:
    if response is None:
        return Failure(Cause.WRONG_CONTENT, text or "an answer without a status")
    status, said = response.status_code, _said(response)
    reason = f"{status}: {said}" if said else str(status)
    match status:
        case 401:
            return Failure(Cause.CREDENTIALS, reason)
        case 403:
            return Failure(Cause.FORBIDDEN, reason)
        case 404:
            return Failure(Cause.NOT_FOUND, reason)
        case 409:
            return Failure(Cause.CONFLICT, reason)
        case 429:
            return Failure(Cause.THROTTLED, reason)
        case 503 if response.headers.get("Retry-After", "").isdecimal():
            after = min(LONGEST_PAUSE, float(response.headers["Retry-After"]))
            return Failure(Cause.UNAVAILABLE, reason, retry_after=after)
        case _ if status >= 500:
            return Failure(Cause.SERVER_ERROR, reason)
        case _ if status < 400:
            return Failure(Cause.WRONG_CONTENT, f"wrong content: answered {reason}")
    return Failure(Cause.REJECTED, reason)


def _said(response: requests.Response) -> str:
    """What an error's body says, if it is Zendesk's JSON; never a page."""
    try:
        body = response.json()
    except ValueError:
        return ""
    if not isinstance(body, dict):
        return ""
    parts = [str(body.get(name) or "") for name in ("error", "description", "error_description")]
    if body.get("details"):
        parts.append(json.dumps(body["details"], ensure_ascii=False))
    return " - ".join(part for part in parts if part)[:300]


def _first_line(error: BaseException) -> str:
    lines = str(error).strip().splitlines()
    return (lines[0] if lines else type(error).__name__)[:200]
