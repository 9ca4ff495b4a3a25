# SPDX-License-Identifier: GPL-3.0-or-later
"""A customer's page in the sandbox: an ordinary portal that embeds the banner's script."""

from __future__ import annotations

from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.pages.render import page

PORTAL = "/portal"
LANGUAGES = {
    "en": "English",
    "de": "Deutsch",
    "fr": "Français",
    "sv": "Svenska",
    "ru": "Русский",
}


def portal_route(script: str) -> Route:
    """The page at `/portal`; `?lang=de` says in which language its reader has it.

    Its content security policy lets in the banner of that one host and nothing else, as a
    customer's own page should.
    """
    parts = urlsplit(script)
    host = f"{parts.scheme}://{parts.netloc}"
    policy = (
        f"default-src 'none'; style-src 'self'; script-src {host}; connect-src {host}; "
        "base-uri 'none'; frame-ancestors 'none'"
    )

    async def portal(request: Request) -> Response:
        wanted = request.query_params.get("lang", "en")
        spoken = wanted if wanted in LANGUAGES else "en"
        values = {"script": script, "spoken": spoken, "languages": LANGUAGES}
        answer = page("portal.html.j2", values)
        answer.headers["Content-Security-Policy"] = policy
        return answer

    return Route(PORTAL, portal)
