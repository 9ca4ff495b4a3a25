# SPDX-License-Identifier: GPL-3.0-or-later
"""The circuit breaker of the sandbox's webhooks."""

from __future__ import annotations

from datetime import UTC, datetime

from bot.sandbox.zendesk_breaker import Breaker


def test_the_breaker_opens_and_probes() -> None:
    """70 % errors of at least 100 requests open it; after five seconds one probe decides."""
    breaker, at = Breaker(), datetime(2026, 3, 2, tzinfo=UTC)
    for place in range(99):
        breaker.note(at, is_success=place % 4 == 0)
    before = breaker.lets_pass(at)
    breaker.note(at, is_success=False)
    seconds = [breaker.lets_pass(at.replace(second=second)) for second in (0, 4, 5)]

    breaker.note(at.replace(second=5), is_success=True)

    assert before
    assert seconds == [False, False, True]
    assert breaker.lets_pass(at.replace(second=6))
