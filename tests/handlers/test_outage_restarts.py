# SPDX-License-Identifier: GPL-3.0-or-later
"""A daemon that is started again in the middle of an outage: its timers, notices and report."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from case_mails import MINUTE, Mail, all_clear, arrive, declare_down
from desk import Desk, compiled_policy

from bot.commands.incident_record import read_record
from bot.commands.incident_text import markdown, report_text
from bot.handlers.backfill_notices import progress_in
from bot.handlers.outage import load_state
from bot.rules.outage_state import Phase
from bot.rules.probes import Verdict
from bot.sandbox.faults import Fault
from bot.texts.report_words import report_words

SECOND = timedelta(seconds=1)
ROUND = 15 * SECOND
BACK = 9 * MINUTE
END = 27 * MINUTE


@dataclass(frozen=True)
class Course:
    """What an outage came to: its timeline, who was told what and when, the banner's hours."""

    timeline: tuple[tuple[datetime, str], ...]
    told: tuple[tuple[datetime, str, str], ...]
    banner: tuple[bool, ...]
    phase_at_restart: Phase | None


def _lasting(folder: Path) -> Desk:
    return Desk(compiled_policy(folder), url=f"sqlite:///{folder / 'store.sqlite'}")


def _started_again(desk: Desk) -> None:
    desk.close()
    desk.start()


def _course(folder: Path, restart_after: timedelta | None) -> Course:
    """Away for nine minutes, back, all clear; rounds every 15 s."""
    desk, told, banner, phase = _lasting(folder), [], [], None
    desk.probe(Verdict.OK)
    desk.run(ROUND)
    began = desk.clock.now()
    desk.world.faults.switch_on(Fault.UNAVAILABLE)
    while (gone := desk.clock.now() - began) < END:
        if gone >= BACK:
            desk.world.faults.clear()
        if gone == restart_after:
            told += desk.channel.delivered
            _started_again(desk)
            with desk.store.read() as reader:
                phase = load_state(reader).phase
        desk.probe(Verdict.OK if gone >= BACK else Verdict.DOWN)
        desk.run(ROUND)
        banner.append(desk.world.portal.banner() is not None)
    told += desk.channel.delivered
    with desk.store.read() as reader:
        timeline = tuple((each.at, each.kind) for each in reader.incidents.of(1))
    desk.close()
    sent = tuple((at, each.destination, type(each.message).__name__) for at, each in told)
    return Course(timeline, sent, tuple(banner), phase)


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Course:
    """The same outage without a restart."""
    return _course(tmp_path_factory.mktemp("undisturbed"), None)


@pytest.mark.parametrize(
    ("after", "phase"),
    [
        (ROUND, Phase.SUSPECT),
        (3 * MINUTE, Phase.DOWN),
        (7 * MINUTE, Phase.DOWN),
        (13 * MINUTE, Phase.RECOVERING),
        (25 * MINUTE, Phase.HEALTHY),
    ],
    ids=["suspected", "down, the banner due", "down, with banner", "recovering", "healthy"],
)
def test_restart_in_any_state_changes_no_course(
    after: timedelta, phase: Phase, undisturbed: Course, tmp_path: Path
) -> None:
    """Every notice, the banner and the all-clear come at their instants, and none comes twice."""
    course = _course(tmp_path, after)

    assert course.phase_at_restart is phase
    assert course.timeline == undisturbed.timeline
    assert course.told == undisturbed.told
    assert course.banner == undisturbed.banner
    assert any(course.banner) and not course.banner[-1]


def test_timer_that_fell_due_while_it_was_dead_fires_at_once(tmp_path: Path) -> None:
    """Dead for three minutes when the banner is due: customers read it before the first round."""
    desk = _lasting(tmp_path)
    desk.probe(Verdict.OK)
    desk.run(ROUND)
    desk.world.faults.switch_on(Fault.UNAVAILABLE)
    for _ in range(12):
        desk.probe(Verdict.DOWN)
        desk.run(ROUND)
    before = desk.world.portal.banner()
    desk.clock.advance(3 * MINUTE)
    _started_again(desk)
    desk.run(SECOND)
    after = desk.world.portal.banner()
    desk.close()

    assert before is None
    assert after is not None


def _night(folder: Path, *, is_disturbed: bool) -> tuple[str, int]:
    """Eight mails, brought back; the report, and how often the summary was written down."""
    desk = _lasting(folder)
    declare_down(desk)
    for number in range(8):
        named, sender = f"<night{number}@x.example>", f"c{number}@northwind.example"
        arrive(desk, Mail(text=f"Matter {number}", sender=sender, message_id=named))
    all_clear(desk, SECOND)
    with desk.store.read() as reader:
        assert not progress_in(reader).is_through, "the crashes come before the report"
    for _ in range(90):
        desk.run(SECOND, look_every=SECOND)
        if is_disturbed:
            _started_again(desk)
    with desk.store.read() as reader:
        record = read_record(1, reader, desk.clock.now(), promised=99.9)
        sums = [each for each in reader.incidents.of(1) if each.kind == "backfilled"]
    desk.close()
    assert record is not None
    return markdown(report_text(record, "UTC", report_words("en"))), len(sums)


def test_crash_before_the_report_changes_none_of_its_words(tmp_path: Path) -> None:
    """Started again every second until the last case is there: one summary, the same report."""
    for name in ("calm", "crashing"):
        (tmp_path / name).mkdir()
    calm = _night(tmp_path / "calm", is_disturbed=False)
    crashing = _night(tmp_path / "crashing", is_disturbed=True)

    assert calm[1] == 1
    assert crashing == calm
