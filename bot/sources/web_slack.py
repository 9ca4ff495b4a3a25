# SPDX-License-Identifier: GPL-3.0-or-later
"""The address that Slack calls where it is heard by HTTP instead of Socket Mode."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.sources.chat import ChatReply

SLACK_PATH = "/slack/events"
GREATEST_BODY = 1024 * 1024
"""Bytes; Slack's own payloads stay far below."""


def slack_route(answer_http: Callable[[bytes, Mapping[str, str]], ChatReply]) -> Route:
    """The route for `ChatSource.answer_http`, which waits for the commit in a thread."""

    async def slack(request: Request) -> Response:
        body = bytearray()
        async for chunk in request.stream():
            body += chunk
            if len(body) > GREATEST_BODY:
                return Response("too large\n", 413, media_type="text/plain")
        reply = await run_in_threadpool(answer_http, bytes(body), dict(request.headers))
        return Response(reply.body, reply.status, {"content-type": reply.content_type})

    return Route(SLACK_PATH, slack, methods=["POST"])
