# SPDX-License-Identifier: GPL-3.0-or-later
"""`deskmate decide` answers each line in its place, whatever the others hold."""

from __future__ import annotations

import json
import subprocess
import sys
import tracemalloc
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from bot.cli import app
from bot.commands.decide import decide_lines
from bot.config.load import Loaded, load_policy
from bot.rules.engine import CompiledPolicy, compile_policy

ROOT = Path(__file__).resolve().parents[2]
KEYS = {
    "id", "category", "priority", "helpdesk_priority", "tags", "routes", "mentions",
    "delivered_by", "clocks", "calendars", "escalation_level", "link_to", "hold_until", "suggest",
    "publish", "reply", "ledger", "violations", "warnings", "fired", "unknown",
}  # fmt: skip
OUTAGE = {
    "id": "a",
    "at": "2026-03-10T10:20:00+01:00",
    "subject": "Portal is down",
    "body": "nobody can log in",
    "plan": "enterprise",
    "region": "emea",
    "organisation": "Acme",
}


@pytest.fixture(scope="module")
def compiled() -> CompiledPolicy:
    """The shipped policy."""
    loaded = load_policy(ROOT, this_year=2026)
    assert isinstance(loaded, Loaded)
    return compile_policy(loaded.policy)


def _decide(compiled: CompiledPolicy, *lines: object) -> list[dict[str, Any]]:
    given = (line if isinstance(line, bytes) else json.dumps(line).encode() for line in lines)
    return list(decide_lines(compiled, given))


def test_answer_holds_every_key(compiled: CompiledPolicy) -> None:
    """Each output key is there, with the value after the event."""
    [answer] = _decide(compiled, OUTAGE)

    assert set(answer) == KEYS
    assert (answer["category"], answer["priority"]) == ("incident", "urgent")
    assert answer["tags"] == ["enterprise", "outage"]
    assert answer["routes"] == ["first_line"]
    assert answer["delivered_by"] == ["slack", "teams", "mail"]
    assert answer["clocks"]["first_response"] == {
        "due": "2026-03-10T09:50:00+00:00",
        "calendar": "office",
        "starts_at": "2026-03-10T09:20:00+00:00",
    }


def test_channel_that_is_down_is_left_out(compiled: CompiledPolicy) -> None:
    """What the context says is down delivers nothing."""
    [answer] = _decide(compiled, {**OUTAGE, "context": {"teams": "down"}})

    assert answer["delivered_by"] == ["slack", "mail"]


def test_absent_fact_is_unknown_and_null_is_known(compiled: CompiledPolicy) -> None:
    """A plan that is not told decides nothing and is named; null means "has none"."""
    told = {key: value for key, value in OUTAGE.items() if key != "plan"}

    unknown, known = _decide(compiled, told, {**told, "plan": None})

    assert unknown["unknown"] == ["plan"]
    assert known["unknown"] == []
    assert unknown["tags"] == known["tags"] == ["outage"]


def test_current_holds_where_no_rule_decides(compiled: CompiledPolicy) -> None:
    """What no rule touched is what `current` said."""
    line = {**OUTAGE, "subject": "Hello", "body": "Hello", "event": "requester_reply"}

    [answer] = _decide(compiled, {**line, "current": {"category": "question", "priority": "high"}})

    assert (answer["category"], answer["priority"]) == ("question", "high")


@pytest.mark.parametrize(
    ("line", "line_id", "error"),
    [
        (b"not json", None, "line 1: this is no JSON"),
        (b"[1]", None, "line 1: expected a JSON object"),
        ({"id": 7}, 7, "line 1: at (or created_at) is missing"),
        ({"id": "x", "at": "yesterday"}, "x", "line 1: at: 'yesterday' is no instant"),
        ({"id": "x", "at": "2026-03-10T10:00:00"}, "x", "has no offset"),
        ({"id": "x", "at": "2026-03-10T10:00:00Z", "event": "odd"}, "x", "event: 'odd'"),
        ({"id": "x", "at": "2026-03-10T10:00:00Z", "body": 5}, "x", "body: expected a text"),
        ({"id": "x", "at": "2026-03-10T10:00:00Z", "current": []}, "x", "current: expected"),
    ],
)
def test_bad_line_is_answered_in_its_place(
    compiled: CompiledPolicy, line: object, line_id: object, error: str
) -> None:
    """A line that cannot be understood says so, with its number and its id; the next goes on."""
    bad, good = _decide(compiled, line, OUTAGE)

    assert bad["id"] == line_id
    assert error in bad["error"]
    assert good["category"] == "incident"


def test_ids_come_back_as_they_came(compiled: CompiledPolicy) -> None:
    """Numbers, texts and nothing at all are returned unchanged and in order."""
    ids = [1, "two", None, 3.5]

    answers = _decide(compiled, *({**OUTAGE, "id": line_id} for line_id in ids))

    assert [answer["id"] for answer in answers] == ids


@pytest.mark.long
def test_memory_stays_as_lines_go_by(compiled: CompiledPolicy) -> None:
    """Ten thousand lines need no more memory than one thousand."""

    def lines(count: int) -> Iterator[bytes]:
        for number in range(count):
            yield json.dumps({**OUTAGE, "id": number, "subject": f"Portal {number}"}).encode()

    def peak(count: int) -> int:
        tracemalloc.start()
        for _ in decide_lines(compiled, lines(count)):
            pass
        size = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return size

    peak(50)
    few = peak(200)

    assert peak(2_000) < 2 * few + 200_000


@pytest.mark.parametrize(
    ("content", "status"), [(json.dumps(OUTAGE), 0), ("{}\n" + json.dumps(OUTAGE), 1)]
)
def test_exit_status_says_whether_all_was_read(tmp_path: Path, content: str, status: int) -> None:
    """0 when every line was read, 1 when one was not."""
    file = tmp_path / "events.jsonl"
    file.write_text(content, encoding="utf-8")

    result = CliRunner().invoke(app, ["decide", str(file), "--policy", str(ROOT)])

    assert result.exit_code == status


def test_policy_that_cannot_be_read_stops_it(tmp_path: Path) -> None:
    """Without a policy there is nothing to decide by: exit status 2."""
    assert CliRunner().invoke(app, ["decide", "--policy", str(tmp_path)]).exit_code == 2


@pytest.mark.parametrize(
    ("odd", "told"),
    [
        ({"context": {"recent_incidents": {"count": "many"}}},
         "context.recent_incidents.count: 'many' is no number"),
        ({"context": {"recent_incidents": {"count": 3, "minutes": -1}}},
         "context.recent_incidents.minutes: -1 is no number"),
        ({"context": {"notified_at": "x"}}, "notified_at: 'x' is no instant"),
        ({"context": {"later_events": {}}}, "context.later_events: expected a list of objects"),
        ({"context": {"sla": {"breached_at": 5}}}, "context.sla.breached_at: 5 is no instant"),
        ({"context": {"managers": ["ada"]}}, "context.managers: expected a list of objects"),
        ({"current": {"tags": 5}}, "current.tags: expected a list of texts"),
        ({"current": {"status": "lost"}}, "current.status: 'lost' is no status"),
        ({"change": {"fields": [1]}}, "change.fields: expected an object"),
        ({"change": {"by": []}}, "by: expected a text"),
        ({"change": {"by": "me"}}, "change.by: 'me' is none of agent, requester, system"),
        ({"event": ["created"]}, "event: expected a text"),
    ],
)  # fmt: skip
def test_odd_values_cost_one_line_alone(
    compiled: CompiledPolicy, odd: dict[str, Any], told: str
) -> None:
    """A value of another kind than it should be is that line's error, by its key's name."""
    bad, good = _decide(compiled, {**OUTAGE, **odd}, OUTAGE)

    assert bad == {"id": "a", "error": f"line 1: {told}"}
    assert good["category"] == "incident"


@pytest.mark.parametrize("name", ["NaN", "Infinity", "-Infinity"])
def test_numbers_that_json_lacks_are_a_malformed_line(compiled: CompiledPolicy, name: str) -> None:
    """An answer could not say them again: it would be no JSON itself."""
    line = json.dumps(OUTAGE)[:-1] + f', "id": {name}}}'

    [answer] = decide_lines(compiled, [line.encode()])

    assert answer == {"id": None, "error": f"line 1: this is no JSON: {name} is no number"}


@pytest.mark.parametrize(("minutes", "is_told"), [(30, True), (31, False), (0, True)])
def test_incidents_lie_over_all_the_minutes_that_are_told(
    compiled: CompiledPolicy, minutes: int, is_told: bool
) -> None:
    """Ten in 31 minutes are not ten within half an hour."""
    counted = {"count": 10, "minutes": minutes, "organisations": 5}

    [answer] = _decide(compiled, {**OUTAGE, "context": {"recent_incidents": counted}})

    assert ("lead" in answer["routes"]) is is_told


def test_no_number_costs_more_than_it_is_worth(compiled: CompiledPolicy) -> None:
    """Huge counts and times are taken for the greatest that make sense."""
    counted = {"count": 1e12, "minutes": 1e300, "organisations": 1e12}

    [answer] = _decide(compiled, {**OUTAGE, "context": {"recent_incidents": counted}})

    assert answer["category"] == "incident"


def test_change_is_the_value_after_the_event(compiled: CompiledPolicy) -> None:
    """What an agent has just set holds in the answer."""
    line = {**OUTAGE, "subject": "Hello", "body": "Hello", "event": "updated"}

    [answer] = _decide(
        compiled, {**line, "change": {"by": "agent", "fields": {"priority": "high"}}}
    )

    assert answer["priority"] == "high"


def test_line_without_an_end_is_not_read_to_its_end(tmp_path: Path) -> None:
    """What is over 4 MiB is one error in its place, and the next line is answered."""
    file = tmp_path / "events.jsonl"
    file.write_bytes(b"x" * (9 * 1024 * 1024) + b"\n" + json.dumps(OUTAGE).encode())

    result = CliRunner().invoke(app, ["decide", str(file), "--policy", str(ROOT)])

    bad, good = [json.loads(line) for line in result.stdout.splitlines()]
    assert bad["error"] == "line 1: the line is over 4 MiB"
    assert good["category"] == "incident"


def test_reader_that_stops_early_is_no_trouble(tmp_path: Path) -> None:
    """With `| head -1` the command ends quietly."""
    file = tmp_path / "events.jsonl"
    file.write_text(f"{json.dumps(OUTAGE)}\n" * 200, encoding="utf-8")
    command = f"{sys.executable} -m bot decide --policy {ROOT} {file} | head -1"

    done = subprocess.run(command, shell=True, capture_output=True, text=True, cwd=ROOT)

    assert json.loads(done.stdout)["category"] == "incident"
    assert done.stderr == ""
