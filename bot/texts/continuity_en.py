# SPDX-License-Identifier: GPL-3.0-or-later
"""The English words of the continuity page and its links."""

from __future__ import annotations

CONTINUITY = {
    "over_title": "This link is over",
    "over": (
        "Links to this page hold for 24 hours at most and can be taken back. A new one: "
        "“/desk outage link” in Slack, or “deskmate outage link” on the server."
    ),
    "personal": "This link is {person}'s alone and ends {until}. Every view is recorded.",
    "seen_by": "Seen by link in the last 24 hours:",
    "link": "Your link to who waits, until {until}, for you alone; every view is recorded: {url}",
    "no_link_here": "A personal link is given in Slack alone, where nobody else reads it.",
    "no_link_set": (
        "No links can be made: DESKMATE_PUBLIC_URL (https) and DESKMATE_LINK_SECRET are not set."
    ),
    "not_known": "You stand in no roster here, nor under `people`; ask who looks after Deskmate.",
    "open_page": "Who waits, without the helpdesk",
}
