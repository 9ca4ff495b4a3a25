# SPDX-License-Identifier: GPL-3.0-or-later
"""What the sandbox's Slack can do wrong; the endpoint of a switch is the method's name."""

from __future__ import annotations

from enum import StrEnum


class SlackFault(StrEnum):
    """Switches for `Faults`; unless said otherwise the call has no effect."""

    THROTTLED = "slack_throttled"
    """429 with `Retry-After`."""
    THROTTLED_SILENTLY = "slack_throttled_silently"
    """429 without it."""
    UNAVAILABLE = "slack_unavailable"
    """503 with a page."""
    PAGE_INSTEAD = "slack_page_instead"
    """200 with a page, although the call took effect."""
    ANSWER_LOST = "slack_answer_lost"
    """The call took effect and the line breaks before the answer."""
    RESET = "slack_reset"
    """The line breaks before the call takes effect."""
    INTERNAL_ERROR = "slack_internal_error"
    """`internal_error`, although the call took effect."""
    TOKEN_REVOKED = "slack_token_revoked"
    """`token_revoked`."""
    BLOCKS_REFUSED = "slack_blocks_refused"
    """`invalid_blocks` for every message that has blocks."""
    REFUSED = "slack_refused"
    """Nobody listens: connections are refused. Whole door, until cleared."""
