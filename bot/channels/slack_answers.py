# SPDX-License-Identifier: GPL-3.0-or-later
"""Judges how a call of Slack ended: each class of its errors has one outcome and one advice.

Slack says no with HTTP 200 and `ok: false`. `internal_error` and `fatal_error` leave it open
whether the call took effect (its method pages say so), as does a line that breaks after sending.
"""

from __future__ import annotations

import socket
import ssl
from enum import StrEnum
from http.client import HTTPException
from urllib.error import URLError

from slack_sdk.errors import SlackApiError

from bot.ports import Outcome, Refused, TryLater, Unknown

DEFAULT_RETRY_AFTER = 5.0
"""Seconds, where a 429 names none."""

CALL_FAILURES = (SlackApiError, OSError, HTTPException)
"""What a call may raise that is no bug of ours."""


class Trouble(StrEnum):
    """The classes of failure."""

    RATE = "rate"
    TRANSIENT = "transient"
    AMBIGUOUS = "ambiguous"
    CONTENT = "content"
    DESTINATION = "destination"
    CREDENTIAL = "credential"
    GONE = "gone"
    """The message that was to be edited or answered to is not there any more."""
    OTHER = "other"


_CLASSES = {
    Trouble.RATE: "ratelimited rate_limited message_limit_exceeded",
    Trouble.TRANSIENT: "service_unavailable team_added_to_org request_timeout",
    Trouble.AMBIGUOUS: "internal_error fatal_error",
    Trouble.CONTENT: (
        "msg_too_long msg_blocks_too_long invalid_blocks invalid_blocks_format no_text "
        "invalid_arguments invalid_metadata_format invalid_metadata_schema metadata_too_large "
        "metadata_must_be_sent_from_app"
    ),
    Trouble.DESTINATION: (
        "channel_not_found not_in_channel is_archived restricted_action user_not_found "
        "restricted_action_read_only_channel restricted_action_thread_only_channel "
        "restricted_action_non_threadable_channel cannot_dm_bot messages_tab_disabled "
        "team_access_not_granted user_disabled"
    ),
    Trouble.CREDENTIAL: (
        "invalid_auth not_authed token_revoked token_expired account_inactive missing_scope "
        "no_permission not_allowed_token_type access_denied accesslimited ekm_access_denied "
        "org_login_required"
    ),
    Trouble.GONE: (
        "message_not_found thread_not_found cant_update_message edit_window_closed "
        "cannot_reply_to_message"
    ),
}
_CLASS_OF = {error: trouble for trouble, errors in _CLASSES.items() for error in errors.split()}

_ADVICE = {
    "channel_not_found": (
        "write the channel's id, and invite the app if the channel is private: /invite @Deskmate"
    ),
    "not_in_channel": "invite the app to the channel: /invite @Deskmate",
    "is_archived": "unarchive the channel, or name another one under people: in the rules",
    "restricted_action": "let the app post there: channel settings, posting permissions",
    "missing_scope": (
        "add the scope under OAuth & Permissions, then install the app to the workspace again"
    ),
    "token_expired": (
        "turn token rotation off for this app, then set the new DESKMATE_SLACK_BOT_TOKEN"
    ),
}
_ADVICE_OF_CLASS = {
    Trouble.CREDENTIAL: (
        "install the app to the workspace again and set the new DESKMATE_SLACK_BOT_TOKEN"
    ),
    Trouble.DESTINATION: "check the channel in Slack, or name another one under people:",
    Trouble.CONTENT: "this is a fault of ours: please report it with this message's key",
}


def trouble_of(failure: Exception) -> Trouble:
    """The class of a failed call."""
    if not isinstance(failure, SlackApiError):
        return Trouble.TRANSIENT if _never_left(failure) else Trouble.AMBIGUOUS
    known = _CLASS_OF.get(error_of(failure))
    if failure.response.status_code == 429:
        return Trouble.RATE
    if known is not None:
        return known
    if failure.response.status_code >= 500:
        return Trouble.TRANSIENT
    if not _is_no_answer(failure):
        return Trouble.OTHER
    return Trouble.TRANSIENT if failure.response.status_code >= 400 else Trouble.AMBIGUOUS


def judge(failure: Exception) -> Outcome:
    """The outcome of a failed call, with what a person can do about it."""
    trouble, reason = trouble_of(failure), _reason(failure)
    match trouble:
        case Trouble.RATE:
            return TryLater(reason, retry_after(failure))
        case Trouble.TRANSIENT:
            if isinstance(_cause(failure), ssl.SSLCertVerificationError):
                return Refused(reason, "check the certificates of this machine and of its proxy")
            return TryLater(reason)
        case Trouble.AMBIGUOUS:
            return Unknown(reason)
        case _:
            is_for_all = trouble is Trouble.CREDENTIAL
            return Refused(reason, advice(failure), is_for_all=is_for_all)


def advice(failure: Exception) -> str:
    """What a person can do about a failed call."""
    error = error_of(failure)
    found = _ADVICE.get(error) or _ADVICE_OF_CLASS.get(trouble_of(failure))
    if found is None:
        return f"look up {error} among the errors of the method in Slack's documentation"
    needed = failure.response.get("needed") if isinstance(failure, SlackApiError) else None
    return f"{found} ({needed})" if needed else found


def error_of(failure: Exception) -> str:
    """Slack's own word for it, the exception's name where Slack said nothing."""
    if isinstance(failure, SlackApiError):
        return str(failure.response.get("error") or "unknown_error")
    return type(_cause(failure)).__name__


def retry_after(failure: Exception) -> float:
    """Seconds that Slack asked us to wait."""
    headers = failure.response.headers if isinstance(failure, SlackApiError) else {}
    for name, value in headers.items():
        if name.casefold() == "retry-after" and str(value).strip().isdecimal():
            return float(value)
    return DEFAULT_RETRY_AFTER


def _never_left(failure: Exception) -> bool:
    """True when the request surely did not reach Slack: refused, no such host, no trust."""
    cause = _cause(failure)
    return isinstance(
        cause, ConnectionRefusedError | socket.gaierror | ssl.SSLCertVerificationError
    )


def _cause(failure: Exception) -> object:
    return failure.reason if isinstance(failure, URLError) else failure


def _is_no_answer(failure: SlackApiError) -> bool:
    """True for a body that is no JSON: something between us and Slack answered."""
    return "non-JSON" in error_of(failure)


def _reason(failure: Exception) -> str:
    error = error_of(failure)
    match trouble_of(failure):
        case Trouble.RATE:
            return "Slack asks us to slow down"
        case Trouble.TRANSIENT:
            return f"Slack cannot be used just now ({error})"
        case Trouble.AMBIGUOUS:
            return f"no clear answer from Slack ({error[:80]})"
        case Trouble.CREDENTIAL:
            return f"Slack refuses our token ({error})"
        case Trouble.DESTINATION:
            return f"Slack refuses the channel ({error})"
        case Trouble.CONTENT:
            return f"Slack refuses the message ({error})"
        case _:
            return f"Slack refuses ({error})"
