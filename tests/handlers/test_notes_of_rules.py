# SPDX-License-Identifier: GPL-3.0-or-later
"""What rules find in a ticket, as the internal note says it."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from bot.config.load import Loaded, load_policy
from bot.handlers.consequences import notes_of
from bot.rules.consequences import Consequences
from bot.rules.engine import compile_policy
from bot.rules.policy_parts import Finding
from bot.rules.ticket import Origin, Status, Ticket

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def test_finding_ends_with_one_full_stop(tmp_path: Path) -> None:
    """Whether the policy wrote it or not; a code without a text is said in words."""
    (tmp_path / "rules.yaml").write_text("desk: test\nlanguage: sv\n", encoding="utf-8")
    loaded = load_policy(tmp_path, this_year=2026)
    assert isinstance(loaded, Loaded), loaded
    ticket = Ticket("t1", Origin.HELPDESK, NOW, NOW, Status.OPEN, subject="", description="")
    found = (Finding("a", "Högst tio."), Finding("b", "Högst tio"), Finding("no_owner"))

    notes = notes_of(Consequences(warnings=found), ticket, compile_policy(loaded.policy))

    assert notes == ("Warning: Högst tio.", "Warning: Högst tio.", "Warning: no owner.")
