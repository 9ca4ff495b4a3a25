# SPDX-License-Identifier: GPL-3.0-or-later
"""What a log line may not say of people."""

from __future__ import annotations

from bot.telemetry import Veil


def test_hidden_addresses_leave_one_mark_each() -> None:
    """No address or number is left; lines about one person can still be told to be so."""
    veil = Veil()
    line = {"event": "message_sent", "key": "rule/x/ticket:1/mail:Anna.Berg@acme.example",
            "attempt": 3, "tried": ("sms:+46701234567",)}  # fmt: skip

    hidden = veil(None, "info", dict(line))
    again = veil(None, "info", {"reason": "550 <anna.berg@ACME.example> is unknown"})

    mark = str(hidden["key"]).partition("mail:")[2]
    assert (hidden["event"], hidden["attempt"]) == ("message_sent", 3)
    assert mark.startswith("person-") and mark in str(again["reason"])
    assert "acme" not in str([hidden, again]).casefold() and "4670" not in str(hidden)
    assert Veil()(None, "info", dict(line))["key"] != hidden["key"]
