# SPDX-License-Identifier: GPL-3.0-or-later
"""Serves the banner to the customers' pages: `/banner.json` and the script `/banner.js`.

Anybody may read it, from any site; there is nothing in it but the banner. It is worked out from the
states of the outage and of incidents, so it is right even where no banner file is set.
"""

from __future__ import annotations

from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.clock import Clock
from bot.rules.outage_state import from_row
from bot.rules.policy import Policy
from bot.store.portal_notices import load_beside
from bot.store.store import Store
from bot.texts.banner_file import banner_json, banner_script, portal_banner

MACHINE = "outage"
"""The name under which the store keeps the outage machine's state."""
FRESH = 2.0
"""Seconds for which one answer serves everybody: a crowd of customers costs one read."""
_HEADERS = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "Date",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "max-age=30",
}


class BannerPages:
    """Answers with the banner of the moment."""

    def __init__(self, store: Store, policy: Callable[[], Policy], clock: Clock) -> None:
        """`policy` gives the texts and says whether there is a banner at all."""
        self._store = store
        self._policy = policy
        self._clock = clock
        self._read_at: float | None = None
        self._body = b""

    def routes(self) -> list[Route]:
        """Where both are served."""
        return [Route("/banner.json", self._json), Route("/banner.js", self._script)]

    def _json(self, _request: Request) -> Response:
        at, now = self._clock.monotonic(), self._clock.now()
        if self._read_at is None or at - self._read_at > FRESH:
            with self._store.read() as reader:
                state = from_row(reader.states.load(MACHINE))
                beside = load_beside(reader, now)
            banner = portal_banner(state, beside, self._policy(), now)
            self._body = banner_json(banner)
            self._read_at = at
        return Response(self._body, media_type="application/json", headers=_HEADERS)

    def _script(self, _request: Request) -> Response:
        headers = {**_HEADERS, "Cross-Origin-Resource-Policy": "cross-origin"}
        return Response(banner_script(), media_type="text/javascript", headers=headers)
