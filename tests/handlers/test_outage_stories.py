# SPDX-License-Identifier: GPL-3.0-or-later
"""What happens when the helpdesk goes down, and when it is back."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from desk import POLICY, Desk, compiled_policy

from bot.handlers.vendor import TIMELINE
from bot.rules.actions import Notice
from bot.rules.events import DiskChanged, Event, OutageOrdered
from bot.rules.probes import Flag, ProbeRound, VendorIncident, VendorSaid, Verdict
from bot.sandbox.faults import Fault

MINUTE = timedelta(minutes=1)


def _fail(desk: Desk, span: timedelta) -> None:
    """The helpdesk fails for a while, probed every 15 s."""
    desk.world.faults.switch_on(Fault.UNAVAILABLE)
    _probe(desk, span, Verdict.DOWN)


def _probe(desk: Desk, span: timedelta, verdict: Verdict) -> None:
    end = desk.clock.now() + span
    while desk.clock.now() < end:
        desk.probe(verdict)
        desk.run(timedelta(seconds=15))


def _recover(desk: Desk, span: timedelta) -> None:
    desk.world.faults.clear()
    _probe(desk, span, Verdict.OK)


def test_staff_hear_first_and_customers_after_five_minutes(desk: Desk) -> None:
    """Slack, mail and the escalation mailbox at once; the banner only when it lasts."""
    _fail(desk, 3 * MINUTE)
    early = desk.world.portal.banner()
    _fail(desk, 3 * MINUTE)

    assert sorted(where for where, _ in desk.told("helpdesk_down")) == [
        "mail:escalations@acme.example",
        "mail:team@acme.example",
        "slack:support",
    ]
    assert early is None
    assert desk.world.portal.banner() is not None


def test_mails_may_carry_a_link_for_their_person_alone(tmp_path: Path) -> None:
    """Where the policy says so, and only to who is on a roster: a team or a mailbox is nobody."""
    people = "people:\n  bo: {slack: bo, mail: bo@acme.example}"
    text = POLICY.replace("people:", people).replace(
        "down:\n  tell: team", "down:\n  tell: [team, bo]"
    )
    duty = "rosters: {duty: {zone: UTC, rotation: {people: [bo], every: 1w, since: 2026-01-05}}}\n"
    found = []
    for setting in ("", "helpdesk_down:\n  links_by_mail: true"):
        policy = text.replace("helpdesk_down:", setting or "helpdesk_down:") + duty
        desk = Desk(compiled_policy(tmp_path, policy))
        _fail(desk, 3 * MINUTE)
        messages = [outgoing.message for _, outgoing in desk.channel.delivered]
        found.append({each.page_for for each in messages if isinstance(each, Notice)})
        desk.close()

    assert found == [{""}, {"", "mail:bo@acme.example"}]


def test_changes_are_held_and_written_once(desk: Desk) -> None:
    """A note decided while the helpdesk is down is written after it is back, once."""
    number = desk.write("Portal is down")
    desk.run(2 * MINUTE)
    _fail(desk, 3 * MINUTE)
    desk.press(number)
    held = list(desk.notes(number))

    _recover(desk, 20 * MINUTE)

    assert "Bo has it (by slack)." not in held
    assert desk.notes(number).count("Bo has it (by slack).") == 1


def test_clocks_run_on_without_the_helpdesk(desk: Desk) -> None:
    """A promise does not wait for the helpdesk: its warning comes at its minute."""
    desk.write("Portal is down")
    desk.run(2 * MINUTE)

    _fail(desk, 40 * MINUTE)

    assert desk.told("sla_warning") != []


def test_all_clear_withdraws_the_banner(desk: Desk) -> None:
    """After the hold the banner is gone, staff have one summary, and nothing is held."""
    _fail(desk, 7 * MINUTE)
    _recover(desk, 15 * MINUTE)

    with desk.store.read() as reader:
        held = reader.outbox.held()
    assert desk.world.portal.banner() is None
    assert held == {}
    assert len([where for where, _ in desk.told("helpdesk_up") if where == "slack:support"]) == 2


def test_refused_credentials_tell_the_team_and_no_customer(desk: Desk) -> None:
    """A 401 is our fault: staff are told once, nothing is held, no banner."""
    _probe(desk, 10 * MINUTE, Verdict.CREDENTIALS)

    with desk.store.read() as reader:
        held = reader.outbox.held()
    assert [where for where, _ in desk.told("admin")].count("slack:support") == 1
    assert held == {} and desk.world.portal.banner() is None


def test_declared_and_cleared_by_hand_is_told_once_each(desk: Desk) -> None:
    """Staff read who said so and why, and nothing is held after the all-clear."""
    _probe(desk, MINUTE, Verdict.OK)
    _order(desk, is_down=True, because="agents cannot log in")
    held = _held(desk)
    _order(desk, is_down=False, because="it works again")

    [down] = _reasons(desk, "helpdesk_down")
    [up] = _reasons(desk, "helpdesk_up")
    assert (down, up) == (
        "declared_by_hand:bo, agents cannot log in",
        "cleared_by_hand:bo, it works again",
    )
    assert (list(held), _held(desk)) == (["helpdesk"], {})
    assert desk.world.portal.banner() is None


def test_staff_read_what_may_be_a_proxy_of_ours(desk: Desk) -> None:
    """The first notice names a certificate that does not hold."""
    for _ in range(8):
        _round(desk, ProbeRound(Verdict.DOWN, Verdict.DOWN, Verdict.DOWN, flag=Flag.CERTIFICATE))
        desk.run(timedelta(seconds=15))

    assert _reasons(desk, "helpdesk_down") == ["seen_certificate"]


def test_writing_that_fails_is_told_and_holds_nothing(desk: Desk) -> None:
    """Staff hear once that it cannot be written to, and once that it can; it is not down."""
    for write in (Verdict.OK, Verdict.DOWN, Verdict.DOWN, Verdict.DOWN, Verdict.OK):
        _round(desk, ProbeRound(Verdict.OK, Verdict.OK, write, detail="write: 503"))
        desk.run(MINUTE)

    assert _reasons(desk, "admin") == ["writes_fail", "writes_work"]
    assert (desk.told("helpdesk_down"), _held(desk)) == ([], {})


def _round(desk: Desk, probes: ProbeRound) -> None:
    now = desk.clock.now()
    event = Event(f"outage/round@{now.isoformat()}", "outage", now, "probe", probes)
    desk.store.receive([event]).result()


def test_vendor_that_reports_an_outage_declares_nothing(desk: Desk) -> None:
    """Our probes see none: staff read one note, customers nothing, nothing is held."""
    _say(desk, VendorIncident("7", "Pod 17 <is> down", True))
    _probe(desk, 10 * MINUTE, Verdict.OK)
    _say(desk, VendorIncident("7", "Pod 17 <is> down", True), VendorIncident("8", "Slow", False))

    [note] = _notices(desk, "admin")
    assert (note.reason, "Pod 17 <is> down (outage" in note.quote) == ("vendor_says", True)
    assert (desk.told("helpdesk_down"), _held(desk)) == ([], {})
    assert desk.world.portal.banner() is None


def test_vendor_that_says_nothing_hides_no_outage(desk: Desk) -> None:
    """Declared as ever; its word stands in the notice and, later, in the timeline."""
    _say(desk)
    _fail(desk, 3 * MINUTE)
    _say(desk, VendorIncident("7", "Pod 17 is down", True))

    [down] = _notices(desk, "helpdesk_down")
    with desk.store.read() as reader:
        seen = [each.detail["seen"] for each in reader.incidents.of(1) if each.kind == TIMELINE]
    assert down.quote == "503; the vendor's status page says nothing"
    assert ["Pod 17 is down" in each for each in seen] == [True]
    assert _notices(desk, "admin") == []


def test_disk_that_is_nearly_full_is_told_once_each_way(desk: Desk) -> None:
    """While it can still be written down; a daemon that starts again tells nothing twice."""
    for is_low, free in ((False, 0.5), (True, 0.09), (True, 0.05), (False, 0.4)):
        _event(desk, DiskChanged(is_low, "/data", free))

    told = [(each.reason, each.quote) for each in _notices(desk, "admin")]
    assert told == [("disk_low", "/data, 9% free"), ("disk_over", "/data, 40% free")]


def _say(desk: Desk, *incidents: VendorIncident) -> None:
    _event(desk, VendorSaid(incidents))


def _event(desk: Desk, fact: VendorSaid | DiskChanged) -> None:
    now = desk.clock.now()
    desk.store.receive([Event(f"watch@{now.isoformat()}", "desk", now, "probe", fact)]).result()
    desk.run(timedelta(seconds=15))


def _order(desk: Desk, *, is_down: bool, because: str) -> None:
    now = desk.clock.now()
    order = OutageOrdered(is_down, because, "bo")
    event = Event(f"outage/order@{now.isoformat()}/{is_down}", "outage", now, "command", order)
    desk.store.receive([event]).result()
    desk.run(2 * MINUTE)


def _held(desk: Desk) -> dict[str, str]:
    with desk.store.read() as reader:
        return reader.outbox.held()


def _reasons(desk: Desk, kind: str) -> list[str]:
    """Why the team's channel was told, one per message."""
    return [each.reason for each in _notices(desk, kind)]


def _notices(desk: Desk, kind: str) -> list[Notice]:
    return [
        row.message
        for _, row in desk.channel.delivered
        if isinstance(row.message, Notice)
        and row.message.kind == kind
        and row.destination == "slack:support"
    ]
