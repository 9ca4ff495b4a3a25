# SPDX-License-Identifier: GPL-3.0-or-later
"""`deskmate test --mutate` leaves out each list that a sentence must hold, or must not."""

from __future__ import annotations

from pathlib import Path

from bot.commands.test_mutate import flips_of
from bot.config.load import Loaded, load_policy

POLICY = """\
desk: flips
words: {thing: {en: [portal]}, down: {en: [down]}, slow: {en: [slow]}, no: {en: [planned]}}
rules:
  fault:
    if: {says: {lists: thing, one_of: [down, slow], without: no}}
    then: {tag: fault}
"""


def test_each_list_beside_the_first_is_left_out_once(tmp_path: Path) -> None:
    """The opposite, and one flip per list of `one_of` and of `without`."""
    (tmp_path / "rules.yaml").write_text(POLICY)
    loaded = load_policy(tmp_path, this_year=2026)
    assert isinstance(loaded, Loaded)

    told = [flip.what.split(" `")[0] for flip in flips_of(loaded.policy.rules)]

    assert told == [
        "with the opposite of",
        "without down in",
        "without slow in",
        "without no in",
    ]


def test_repeats_is_one_line(tmp_path: Path) -> None:
    """What stands in one line of the policy is turned round as one."""
    rule = "rules: {a: {if: {repeats: code}, then: {tag: x}}}"
    text = f"desk: a\nfingerprints: {{code: '([0-9]+)'}}\n{rule}\n"
    (tmp_path / "rules.yaml").write_text(text)
    loaded = load_policy(tmp_path, this_year=2026)
    assert isinstance(loaded, Loaded), loaded

    [flip] = flips_of(loaded.policy.rules)

    told = "with the opposite of `repeats: {fingerprint: code, at_least: 2, within: 90d}`"
    assert flip.what == told
