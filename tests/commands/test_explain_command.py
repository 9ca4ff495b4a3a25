# SPDX-License-Identifier: GPL-3.0-or-later
"""`explain` says of a stored ticket why each rule fired or kept quiet, and what follows."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

from click.testing import Result
from replay_desk import NOON, RULES, ReplayDesk
from typer.testing import CliRunner

from bot.cli import app
from bot.store.store import Store


def _explain(runner: CliRunner, desk: ReplayDesk, ticket: str, *more: str) -> Result:
    return runner.invoke(app, ["explain", ticket, "--policy", str(desk.folder), *more])


def _row(runner: CliRunner, desk: ReplayDesk, ticket: str, *more: str) -> Any:
    return json.loads(_explain(runner, desk, ticket, "--json", *more).output)


def test_explain_shows_every_rule(runner: CliRunner, replay_desk: ReplayDesk) -> None:
    """What fired is shown with its statements and evidence, the others with what stopped them."""
    replay_desk.ticket(7, "Portal is down", fields={"plan": "silver"})

    lines = _explain(runner, replay_desk, "7").output.splitlines()

    shown = {line.split()[0]: line for line in lines if line.startswith("  ")}
    assert lines[0] == "#7 Portal is down"
    assert "event 1 of 1: created Tue 2026-03-10 13:00:00 CET, by requester, via web" in lines[1]
    assert "FIRED    because S1 S2" in shown["down"]
    assert shown["question"].endswith("no       says ask: not found in subject or body")
    assert shown["gold"].endswith("no       plan is silver, wanted gold")
    assert "category is incident; office is open" in shown["incident-in-hours"]


def test_explain_shows_what_follows(runner: CliRunner, replay_desk: ReplayDesk) -> None:
    """The fields decided, the clocks started, and who is told now and later, in local time."""
    replay_desk.ticket(7, "Portal is down")

    output = _explain(runner, replay_desk, "7").output

    assert "decided  priority p1  category incident  group first_line" in output
    assert "tag outage" in output
    assert "first_response due Tue 2026-03-10 14:00:00 CET (in office)" in output
    assert "now: team (slack:support, mail:team@acme.example), by down" in output
    assert "Tue 2026-03-10 13:30:00 CET: team, warning of first_response" in output
    assert "Tue 2026-03-10 14:00:01 CET: lead, breach of first_response" in output
    assert "created: priority p1; category incident" in output


def test_explain_names_unknown_facts(runner: CliRunner, replay_desk: ReplayDesk) -> None:
    """A rule that kept quiet because a fact could not be read says which fact."""
    replay_desk.ticket(7, "Hello")

    [gold] = [each for each in _row(runner, replay_desk, "7")["rules"] if each["rule"] == "gold"]

    assert (gold["tried"], gold["seen"]) == ("unknown", ["plan is not known"])


def test_explain_looks_at_the_last_event(runner: CliRunner, replay_desk: ReplayDesk) -> None:
    """Without a number the latest event is explained, as the ticket stood then."""
    replay_desk.ticket(7, "Portal is down")
    replay_desk.says(7, "It is slow now", at=NOON + timedelta(minutes=5))

    last, first = _row(runner, replay_desk, "7"), _row(runner, replay_desk, "7", "--event", "1")

    assert (last["event"], last["of"], last["occasion"]) == (2, 2, "requester_reply")
    assert [each["rule"] for each in last["rules"] if each["tried"] == "fired"] == [
        "slow", "incident-in-hours",
    ]  # fmt: skip
    assert last["priority"] == "p1"
    assert [each["rule"] for each in first["rules"] if each["tried"] == "fired"] == [
        "down", "incident-in-hours",
    ]  # fmt: skip


def test_explain_of_the_past_agrees_with_the_past(
    runner: CliRunner, replay_desk: ReplayDesk
) -> None:
    """What people changed since does not change what is said of the first event."""
    replay_desk.ticket(7, "Portal is down")
    before = _row(runner, replay_desk, "7", "--event", "1")
    replay_desk.sets(7, "priority", "p1", "p3", at=NOON + timedelta(hours=1))
    replay_desk.sets(7, "status", "new", "solved", at=NOON + timedelta(hours=2))

    after = _row(runner, replay_desk, "7", "--event", "1")

    assert {**after, "of": 1} == before


def test_explain_says_what_a_person_keeps(runner: CliRunner, replay_desk: ReplayDesk) -> None:
    """A rule that fires against a person's decision is shown, and that the person's stays."""
    replay_desk.ticket(7, "Hello")
    replay_desk.sets(7, "priority", "p3", "p3", at=NOON + timedelta(minutes=1))
    replay_desk.says(7, "Now it is down", at=NOON + timedelta(minutes=5))

    output = _explain(runner, replay_desk, "7").output

    assert "kept what a person set, against priority p1" in output
    assert "priority p3" in output


def test_explain_why_not_shows_one_rule(runner: CliRunner, replay_desk: ReplayDesk) -> None:
    """Asked after one rule it shows each of its lines with its answer."""
    replay_desk.ticket(7, "Where is it?", fields={"plan": None})

    output = _explain(runner, replay_desk, "7", "--why-not", "incident-in-hours").output

    assert output.splitlines() == [
        "incident-in-hours: no       category is other, wanted incident",
        "  no       all of",
        "  no         category is other, wanted incident",
        "  yes        office is open",
    ]


def test_explain_finds_tickets_by_our_id(runner: CliRunner, replay_desk: ReplayDesk) -> None:
    """A case that has no number is found by its own id."""
    replay_desk.ticket(7, "Portal is down")
    with Store.open(replay_desk.url, clock=replay_desk.clock) as store, store.read() as reader:
        [ticket] = reader.tickets.all()

    assert _row(runner, replay_desk, ticket.ticket_id)["ticket"] == 7


def test_explain_says_what_there_is_not(runner: CliRunner, replay_desk: ReplayDesk) -> None:
    """An unknown ticket or event exits with 1, an unknown rule or folder with 2, in a sentence."""
    replay_desk.ticket(7, "Hello")

    for more, status, told in (
        (("8",), 1, "ticket 8 is not known here"),
        (("7", "--event", "2"), 1, "ticket 7 has 1 event that rules are tried on"),
        (("7", "--why-not", "dwn"), 2, "no rule 'dwn'; did you mean 'down'?"),
        (("7", "--policy", "/nowhere"), 2, "no policy here"),
    ):
        result = _explain(runner, replay_desk, *more)
        assert (result.exit_code, told in result.output) == (status, True), result.output


def test_explain_shows_the_ladder_that_opens(runner: CliRunner, replay_desk: ReplayDesk) -> None:
    """Who is told now and who later, as long as nobody has it."""
    ladder = "ladders: {urgent: {levels: [{after: 0m, tell: team}, {after: 10m, tell: lead}]}}\n"
    rule = "  urgent: {if: {says: down}, then: {page: urgent}}\n"
    replay_desk.compiled = replay_desk.write(replay_desk.folder, RULES + rule + ladder)
    replay_desk.ticket(7, "Portal is down")

    output = _explain(runner, replay_desk, "7").output

    assert "now: team, level 1 of urgent" in output
    assert "Tue 2026-03-10 13:10:00 CET: lead, level 2 of urgent" in output
    assert [each["names"] for each in _row(runner, replay_desk, "7")["ladders"]] == [
        ["team"], ["lead"],
    ]  # fmt: skip


def test_explain_shows_what_an_alert_did(runner: CliRunner, replay_desk: ReplayDesk) -> None:
    """A ticket that monitoring opened is explained by the alert that opened it."""
    rule = "  alarm: {event: alert, if: {alert.host: db-1}, then: {tell: lead}}\n"
    replay_desk.compiled = replay_desk.write(replay_desk.folder, RULES + rule)
    ticket = replay_desk.alert("disk is full")

    output = _explain(runner, replay_desk, ticket).output

    assert "event 1 of 1: alert Tue 2026-03-10 13:00:00 CET" in output
    assert "alarm              FIRED    alert.host is db-1" in output
    assert "now: lead (slack:leads), by alarm" in output
