# SPDX-License-Identifier: GPL-3.0-or-later
"""Turns templates into the pages that people open; everything is escaped, nothing is inlined.

One stylesheet and one small script serve every page. The content security policy allows nothing
else, so that whatever a customer wrote can do no harm.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

HERE = Path(__file__).resolve().parent
SAFE_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex, nofollow",
    "Cache-Control": "no-store",
}
_KINDS = {"style.css": "text/css", "live.js": "text/javascript"}

_environment = Environment(
    loader=FileSystemLoader(HERE / "templates"),
    autoescape=select_autoescape(default=True, default_for_string=True),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def page(template: str, values: Mapping[str, object], *, status: int = 200) -> HTMLResponse:
    """The answer for one template, with the headers that keep it harmless."""
    html = _environment.get_template(template).render(values)
    return HTMLResponse(html, status_code=status, headers=SAFE_HEADERS)


def page_text(template: str, values: Mapping[str, object]) -> str:
    """A page that stands by itself in a file: its stylesheet is part of it."""
    style = (HERE / "static" / "style.css").read_text("utf-8")
    return _environment.get_template(template).render({**values, "style": style})


def static_routes() -> list[Route]:
    """Where the stylesheet and the script are served: `/static/...`."""
    return [Route("/static/{name}", _static)]


async def _static(request: Request) -> Response:
    name = request.path_params["name"]
    if name not in _KINDS:
        return Response("Not found", status_code=404, media_type="text/plain")
    content = (HERE / "static" / name).read_bytes()
    headers = {**SAFE_HEADERS, "Cache-Control": "max-age=300"}
    return Response(content, media_type=_KINDS[name], headers=headers)
