# SPDX-License-Identifier: GPL-3.0-or-later
"""The English reasons of what fails by itself, and of our own blindness; neither is an outage."""

from __future__ import annotations

from collections.abc import Mapping

DEGRADED: Mapping[str, str] = {
    "stays_blind": (
        "Blind: neither the helpdesk nor other services answer from here. No outage and no end "
        "of one is noticed."
    ),
    "sight_back": ("Our own line works again. For {} minutes nothing of the helpdesk was seen."),
    "recovery_unseen": (
        "For {} minutes nobody saw whether the helpdesk is well: the all-clear and what is held "
        "wait."
    ),
    "writes_fail": (
        "The helpdesk can be read but not written to: changes wait and are tried again. "
        "It is not treated as down."
    ),
    "writes_work": "The helpdesk can be written to again.",
    "webhooks_silent": (
        "The helpdesk's webhooks are not arriving; updates are fetched instead, a few minutes late."
    ),
    "webhooks_back": "The helpdesk's webhooks are arriving again.",
    "lists_stale": ("The helpdesk's lists are out of date: updates may be late, but none is lost."),
    "lists_fresh": "The helpdesk's lists are up to date again.",
    "answers_slow": (
        "The helpdesk answers slowly: updates and changes come late. It is not treated as down."
    ),
    "answers_fast": "The helpdesk answers quickly again.",
    "turned_away": (
        "The helpdesk turns us away (429) although we ask little: updates and changes come late. "
        "It is not treated as down."
    ),
    "served_again": "The helpdesk serves us again.",
    "takes_in": (
        "The helpdesk has refused our credentials for ten minutes: mails to the mailbox become "
        "cases and are acknowledged. Customers are told of no outage."
    ),
    "takes_in_no_more": ("The helpdesk accepts our credentials again: the cases follow into it."),
    "not_published": "Customers do not read a notice, a place in it is empty: {}.",
}
