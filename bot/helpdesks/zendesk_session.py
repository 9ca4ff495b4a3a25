# SPDX-License-Identifier: GPL-3.0-or-later
"""The line to Zendesk: zenpy over a session of ours, without its retries, its cache or its waits.

zenpy's own session sends a PUT again that may have been carried out, its cache never forgets a
renamed group, and it sleeps through a 429 in our thread. Ours does none of it, follows no redirect
to a login page, and renews the token once on 401.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, cast
from urllib.parse import urlencode, urlsplit, urlunsplit

import requests
from requests.adapters import HTTPAdapter
from zenpy import Zenpy
from zenpy.lib.api_objects import JobStatus, Ticket, TicketAudit, User

from bot.clock import Clock
from bot.helpdesks.zendesk_failures import Cause, Failure, retry_after_of, translated
from bot.helpdesks.zendesk_limits import CallBudget, Lane
from bot.helpdesks.zendesk_token import TIMEOUT, Credentials, ZendeskAccess
from bot.telemetry import Figures

Json = dict[str, Any]
_NUMBER = re.compile(r"/(?:\d+|V\d-[^/]+)(?=/|$)")


class ZendeskSession(requests.Session):
    """A session that zenpy may use: it raises at once on 429 and keeps to the given host."""

    def __init__(self, line: ZendeskLine, credentials: Credentials | None) -> None:
        """Without `credentials` the calls are anonymous."""
        super().__init__()
        self.authorized = True
        self.trust_env = False
        self.auth = credentials
        self._line = line
        self._credentials = credentials
        for prefix in ("http://", "https://"):
            self.mount(prefix, HTTPAdapter(max_retries=0))

    def request(  # type: ignore[override]
        self, method: str, url: str, **how: Any
    ) -> requests.Response:
        """Send one request; raises `Failure` on 429 and when no token can be had."""
        how["allow_redirects"] = False
        url = self._line.located(url)
        response = super().request(method, url, **how)
        if response.status_code == 401 and self._credentials is not None:
            refused = response.request.headers.get("Authorization", "")
            if self._credentials.renew(str(refused)):
                response = super().request(method, url, **how)
        self._line.observe(response)
        return response


class ZendeskLine:
    """Calls of Zendesk that answer with plain values or raise `Failure`; safe to share.

    A zenpy client keeps state of its current call, so each thread has one of its own.
    """

    def __init__(
        self,
        access: ZendeskAccess,
        clock: Clock,
        *,
        credentials: Credentials,
        budget: CallBudget,
        figures: Figures | None = None,
        timeout: tuple[float, float] = TIMEOUT,
        is_anonymous: bool = False,
    ) -> None:
        """`timeout` is seconds to connect and between two pieces of an answer."""
        parts = urlsplit(access.url)
        subdomain, dot, domain = parts.netloc.partition(".")
        if not dot:
            raise ValueError(f"{access.url!r}: write the helpdesk as https://NAME.zendesk.com")
        self._scheme, self._netloc = parts.scheme, parts.netloc
        self._names = {"subdomain": subdomain, "domain": domain}
        self._clock = clock
        self._credentials = None if is_anonymous else credentials
        self._budget = budget
        self._figures = figures
        self._timeout = timeout
        self._of_thread = threading.local()

    def get(self, path: str, **query: object) -> Json:
        """Read `path` below `/api/v2/`; the JSON object it answers with."""
        url = f"https://{self._netloc}/api/v2/{path}"
        asked = {name: value for name, value in query.items() if value is not None}
        with translated():
            api = self._zenpy().tickets
            shown = f"{url}?{urlencode(asked)}" if asked else url
            return _object(api._get(shown, raw_response=True))

    def me(self) -> Json:
        """Our own user."""
        with translated():
            user = self._zenpy().users.me()
            if not isinstance(user, User) or getattr(user, "id", None) is None:
                raise Failure(Cause.WRONG_CONTENT, "wrong content: no user")
            return cast(Json, user.to_dict())

    def update(self, number: int, values: Mapping[str, Any]) -> Json:
        """Change one ticket; its audit as the answer shows it."""
        with translated():
            answer = self._zenpy().tickets.update(Ticket(id=number, **values))
            if not isinstance(answer, TicketAudit):
                raise Failure(Cause.WRONG_CONTENT, "wrong content: no ticket and audit")
            return {"ticket": answer.ticket.to_dict(), "audit": answer.audit.to_dict()}

    def create(self, path: str, ticket: Mapping[str, Any], key: str) -> Json:
        """Make one ticket below `/api/v2/`, once per `key`; the ticket as the answer shows it."""
        with translated():
            api = self._zenpy().tickets
            # zenpy's own `create` cannot send a header.
            response = api._call_api(
                api.session.post,
                f"https://{self._netloc}/api/v2/{path}.json",
                json={"ticket": dict(ticket)},
                headers={"Idempotency-Key": key},
                timeout=api.timeout,
            )
            made = response.json()
            shown = made.get("ticket") if isinstance(made, dict) else None
            if not isinstance(shown, dict) or not isinstance(shown.get("id"), int):
                raise Failure(Cause.WRONG_CONTENT, "wrong content: no new ticket")
            return shown

    def upload(self, name: str, content_type: str, content: bytes) -> str:
        """Leave one file there for three days; the token that attaches it to a comment."""
        with translated():
            api = self._zenpy().tickets
            response = api._call_api(
                api.session.post,
                f"https://{self._netloc}/api/v2/uploads.json?{urlencode({'filename': name})}",
                data=content,
                headers={"Content-Type": content_type},
                timeout=api.timeout,
            )
            left = response.json()
            shown = left.get("upload") if isinstance(left, dict) else None
            token = shown.get("token") if isinstance(shown, dict) else None
            if not isinstance(token, str):
                raise Failure(Cause.WRONG_CONTENT, "wrong content: no upload")
            return token

    def update_many(self, items: Sequence[Mapping[str, Any]]) -> str:
        """Change up to 100 tickets in the background; each item has its `id`. The job's id."""
        with translated():
            job = self._zenpy().tickets.update([Ticket(**item) for item in items])
            if not isinstance(job, JobStatus) or not job.id:
                raise Failure(Cause.WRONG_CONTENT, "wrong content: no job")
            return str(job.id)

    def jobs(self, job_ids: Sequence[str]) -> list[Json]:
        """How the named jobs stand, all in one call."""
        with translated():
            answer = self._zenpy().job_status(ids=list(job_ids))
            found = answer.get("job_statuses") if isinstance(answer, dict) else None
            if not isinstance(found, list):
                raise Failure(Cause.WRONG_CONTENT, "wrong content: no jobs")
            return [job.to_dict() for job in found]

    def close(self) -> None:
        """Let go of this thread's connections."""
        client = getattr(self._of_thread, "client", None)
        if client is not None:
            client.users.session.close()
            del self._of_thread.client

    def located(self, url: str) -> str:
        """The address on our helpdesk: zenpy always writes https, a sandbox may be plain http."""
        parts = urlsplit(url)
        if parts.netloc != self._netloc:
            raise Failure(Cause.WRONG_CONTENT, f"a link leads away to {parts.netloc}")
        return urlunsplit(parts._replace(scheme=self._scheme))

    def observe(self, response: requests.Response) -> None:
        """Count a call and heed what its headers say; raises `Failure` on 429."""
        method, path = response.request.method or "GET", urlsplit(response.url).path
        if self._figures is not None:
            endpoint = _NUMBER.sub("/{id}", path.removeprefix("/api/v2").removesuffix(".json"))
            self._figures.helpdesk_calls.labels(f"{method} {endpoint.lstrip('/')}").inc()
        lane = _lane(method, path)
        self._budget.count_call(response.headers)
        if response.status_code == 429:
            after = retry_after_of(response, self._now())
            self._budget.pause(lane, after)
            raise Failure(Cause.THROTTLED, "429: too many requests", retry_after=after)
        self._budget.observe(response.headers)

    def _now(self) -> datetime:
        return self._clock.now()

    def _zenpy(self) -> Any:
        client = getattr(self._of_thread, "client", None)
        if client is None:
            session = ZendeskSession(self, self._credentials)
            client = Zenpy(
                **self._names, session=session, timeout=self._timeout, disable_cache=True
            )
            self._of_thread.client = client
        return client


def _lane(method: str, path: str) -> Lane:
    if "/incremental/" in path and "/help_center/" not in path:
        return Lane.EXPORTS
    return Lane.OTHER if method == "GET" else Lane.UPDATES


def _object(response: object) -> Json:
    """The body as a JSON object; a page, nothing at all or `{}` is no answer."""
    if not isinstance(response, requests.Response) or response.status_code != 200:
        status = getattr(response, "status_code", None)
        raise Failure(Cause.WRONG_CONTENT, f"wrong content: answered {status}")
    try:
        body = response.json()
    except ValueError:
        kind = response.headers.get("Content-Type", "no content type")
        raise Failure(Cause.WRONG_CONTENT, f"wrong content: {kind}") from None
    if not isinstance(body, dict) or not body:
        raise Failure(Cause.WRONG_CONTENT, "wrong content: no JSON object")
    return body
