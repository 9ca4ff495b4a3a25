# SPDX-License-Identifier: GPL-3.0-or-later
"""Every mistake of a policy is found before it is live, at its place, with what to do."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.config.load import Loaded, load_policy
from bot.config.problems import Problem

ROOT = Path(__file__).resolve().parents[2]
GOOD = (ROOT / "rules.yaml").read_text("utf-8")
BASE = """\
desk: test
hours: {office: {zone: UTC, mon-fri: "09:00-17:00", holidays: none}}
categories: [incident, other]
priorities: {urgent: urgent, normal: normal}
words: {down: {en: [is down]}}
people: {team: {slack: s}}
groups: {first: [team]}
"""


def _load(folder: Path, text: str | bytes) -> Loaded | list[Problem]:
    content = text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass")
    (folder / "rules.yaml").write_bytes(content)
    return load_policy(folder, this_year=2026)


def _mistakes(folder: Path, text: str) -> list[str]:
    loaded = _load(folder, text)
    assert isinstance(loaded, list), "expected mistakes"
    return [str(problem).replace(f"{folder}/", "") for problem in loaded]


def test_shipped_policy_loads_without_a_word() -> None:
    """What we ship has neither mistakes nor warnings."""
    loaded = load_policy(ROOT, this_year=2026)

    assert isinstance(loaded, Loaded), loaded
    assert loaded.warnings == ()


def test_pretend_world_lacks_witnesses_alone() -> None:
    """Its daemon reaches nobody outside, so the one warning is that it names none."""
    loaded = load_policy(ROOT / "bot" / "sandbox" / "policy", this_year=2026)

    assert isinstance(loaded, Loaded), loaded
    assert ["witnesses" in str(each) for each in loaded.warnings] == [True]


@pytest.mark.parametrize("named", ["", ", witnesses: ['1.1.1.1:53']"])
def test_fewer_than_two_witnesses_are_a_warning(tmp_path: Path, named: str) -> None:
    """With none or one a dead line of the desk's own would be told as an outage."""
    people = "people: {a: {slack: s}}\n"
    loaded = _load(tmp_path, f"{people}helpdesk_down: {{tell: a{named}}}\n")
    enough = _load(
        tmp_path, f"{people}helpdesk_down: {{tell: a, witnesses: ['1.1.1.1:53', '9.9.9.9:53']}}\n"
    )

    assert isinstance(loaded, Loaded) and isinstance(enough, Loaded)
    [warning] = loaded.warnings
    assert "rules.yaml:2:" in str(warning) and "name three" in str(warning)
    assert "a dead line of your own" in str(warning)
    assert enough.warnings == ()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("desk: a\n\tzone: UTC\n", "rules.yaml:2:1: a tab indents this line; YAML wants spaces"),
        ("desk: a\ndesk: b\n", "rules.yaml:2:1: 'desk' stands here twice; the first is line 1"),
        (
            "desk: a\nrulez: {}\n",
            "rules.yaml:2:1: the policy: unknown key 'rulez'; did you mean 'rules'?",
        ),
        ("- a\n- b\n", "rules.yaml:1:1: expected keys, got a list; write `desk: ...`"),
        (
            "desk: a\n---\ndesk: b\n",
            "rules.yaml:3:1: a second document begins here; remove the line ---",
        ),
        ("zone: Europe/Stokholm\n", "did you mean 'Europe/Stockholm'?"),
        (
            "language: se\n",
            "rules.yaml:1:11: language: 'se' is not known; known are de, en, fr, ru, sv",
        ),
        (
            "poll_every: soon\n",
            "rules.yaml:1:13: poll_every: expected a duration, got 'soon'; "
            "write a number and a unit, such as 90s, 15m, 1h30m or 2d",
        ),
        (
            "hours: {a: {mon-fri: 9-5, holidays: none}}\n",
            "mon-fri: '9-5' is no stretch of hours",
        ),
        ("hours: {a: {mon: '09:00-17:00', holidays: XX}}\n", "holidays: no country 'XX'"),
        ("hours: {a: {mon: '09:00-17:00', holidays: DE-HX}}\n", "holidays: DE has no part 'HX'"),
        ("hours: {a: {mon: '09:00-17:00', closed: [2026-13-01]}}\n", "'2026-13-01' is no date"),
        ("hours: {a: {union: [b]}, b: {union: [a]}}\n", "calendars in a circle: a -> b -> a"),
        ("hours: {a: {zone: UTC}}\n", "calendar 'a' never opens"),
        ("people: {a: {}}\n", "'a' can be reached by no way"),
        ("people: {a: {mail: nobody}}\n", "mail: 'nobody' is no mail address"),
        ("people: {a: {slack: s, else: b}}\n", "person 'b' is not defined"),
        ("people: {a: {teams: 'https://x.example/?sig=1'}}\n", "a Teams address is a secret"),
        (
            "people: {a: {teams: 'https://acme.webhook.office.com/1'}}\n",
            "Teams connectors are retired",
        ),
        ("priorities: {p1: worst}\n", "priorities: no value 'worst'"),
        ("promises: {first_response: {within: 1h}}\n", "hours is missing; name a calendar"),
        ("promises: {first_response: {hours: x}}\n", "promises first_response: no target"),
        (
            "promises: {mine: {within: 1h, hours: x}}\n",
            "promises mine: from when, until when?",
        ),
        ("helpdesk_down: {witnesses: [here]}\n", "witness 'here' is no host:port"),
        ("helpdesk_down: {intake: {every: 15m}}\n", "intake: address is missing"),
        ("helpdesk_down: {intake: {address: h@a.example}}\n", "no mailbox to send from"),
        (
            "helpdesk_down: {mailbox: m@a.example, intake: {address: h@a.example, every: 1m}}\n",
            "intake: that is too often",
        ),
        (
            "people:\n  a: {slack: s, grouping: {by: organisaton}}\n",
            "rules.yaml:2:32: grouping: nothing is called 'organisaton'; did you mean 'organisat",
        ),
        ("people: {a: {slack: s, grouping: {every: 1d}}}\n", "grouping: every is longer than 4h"),
        (
            "maintenance:\n  disks: {of: helpdesk, because: x, from: 2026-05-01, until: 10pm}\n",
            "rules.yaml:2:62: until: '10pm' is no date and time; write it as 2026-12-24 22:00",
        ),
        ("maintenance: {disks: {of: helpdesk, because: x}}\n", "disks: when is it, once or again"),
        ("maintenance: {disks: {during: a, because: x}}\n", "disks: what is worked on?"),
        (
            "maintenance: {disks: {until: 2026-05-01 22:00, only: {}, because: x}}\n",
            "rules.yaml:1:54: maintenance disks only: it names nothing",
        ),
        (
            "maintenance: {disks: {during: a, from: 2026-05-01 22:00, of: helpdesk, because: x}}\n",
            "rules.yaml:1:34: maintenance disks: from goes with until",
        ),
        ("trust: everybody\n", "trust: 'everybody'; write requester_priority"),
    ],
)
def test_mistake_is_told_with_its_remedy(tmp_path: Path, text: str, expected: str) -> None:
    """One mistake, one line: file, line, column, what, and what to do."""
    assert any(expected in line for line in _mistakes(tmp_path, text)), _mistakes(tmp_path, text)


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("{if: {says: dwon}, then: {tag: x}}", "word list 'dwon' is not defined; did you mean"),
        ("{if: {says: {lists: down, without: dwon}}, then: {tag: x}}", "word list 'dwon' is not"),
        ("{if: {says: down}, then: {tell: taem}}", "person 'taem' is not defined"),
        ("{if: {says: down}, then: {priority: p1}}", "priority 'p1' is not defined"),
        ("{if: {says: down}, then: {category: bug}}", "category 'bug' is not defined"),
        ("{if: {says: down}, then: {group: third}}", "group 'third' is not defined"),
        ("{if: {says: down}, then: {set: {colour: red}}}", "field 'colour' is not defined"),
        ("{if: {any_open: offfice}, then: {tag: x}}", "calendar 'offfice' is not defined"),
        ("{if: {colour: red}, then: {tag: x}}", "no field and no word 'colour'"),
        ("{if: {says: down}, them: {tag: x}}", "unknown key 'them'; did you mean 'then'?"),
        ("{if: {says: down}}", "then is missing"),
        ("{then: {tag: x}}", "no condition"),
        ("{if: {says: down}, then: {}}", "does nothing"),
        ("{if: {matches: '('}, then: {tag: x}}", "pattern '('"),
        ("{if: {priority: {atleast: normal}}, then: {tag: x}}", "no comparison 'atleast'"),
        ("{event: creatd, if: {says: down}, then: {tag: x}}", "no event 'creatd'"),
        ("{if: {count: {within: 5m}}, then: {tag: x}}", "count: at_least is missing"),
    ],
)
def test_rule_mistake_is_told(tmp_path: Path, rule: str, expected: str) -> None:
    """A rule that names what nobody defined is found, with the nearest name."""
    lines = _mistakes(tmp_path, f"{BASE}rules:\n  r: {rule}\n")

    assert any(expected in line for line in lines), lines


def test_rules_in_a_circle_are_refused(tmp_path: Path) -> None:
    """Two rules that wait for each other have no order."""
    rules = (
        "rules:\n  a: {if: {priority: urgent}, then: {category: incident}}\n"
        "  b: {if: {category: incident}, then: {priority: urgent}}\n"
    )

    assert any("in a circle: a, b" in line for line in _mistakes(tmp_path, BASE + rules))


def test_all_mistakes_of_all_files_come_at_once(tmp_path: Path) -> None:
    """Both files are read to their end, and what is wrong is sorted by place."""
    (tmp_path / "calendars.yaml").write_text("hours: {a: {zone: Mars}}\n", encoding="utf-8")

    lines = _mistakes(tmp_path, "desk: a\npoll_every: 1\nlanguage: xx\n")

    assert [line.split(":")[0] for line in lines] == [
        "calendars.yaml",
        "calendars.yaml",
        "rules.yaml",
        "rules.yaml",
    ]


def test_folder_without_a_policy_says_how_to_begin(tmp_path: Path) -> None:
    """An empty folder is a mistake of its own."""
    [problem] = load_policy(tmp_path, this_year=2026)

    assert "begin with `deskmate init`" in str(problem)


def test_text_that_is_no_utf8_is_told(tmp_path: Path) -> None:
    """A file saved in another encoding names its first odd byte."""
    loaded = _load(tmp_path, "desk: får\n".encode("latin-1"))

    assert isinstance(loaded, list)
    assert "is no UTF-8 text (byte 7)" in str(loaded[0])


def test_yaml_surprises_stay_texts(tmp_path: Path) -> None:
    """`NO`, `on`, `09:00` and `010` mean what was written."""
    words = "words: {a: {en: [NO, on, '09:00', 010, yes]}}\n"

    loaded = _load(tmp_path, f"desk: 010\n{words}")

    assert isinstance(loaded, Loaded), loaded
    assert loaded.policy.desk == "010"
    assert loaded.policy.words["a"].words["en"] == ("NO", "on", "09:00", "010", "yes")


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        (
            "if:\n      says:\n        - down\n        - donw",
            "13:11: word list 'donw'",
        ),
        ("if:\n      category: incidnt", "11:17: category 'incidnt' is not defined"),
        ("if_any:\n      - {says: down}\n      - {matches: 'a(b'}", "12:19: pattern 'a(b'"),
        ("if: {says: down}\n    unless: {any_open: offcie}", "11:24: calendar 'offcie'"),
        ("if: {says: [down, down, down, down, down]}", "10:17: says: 5 lists in one sentence"),
    ],
)
def test_mistake_in_a_condition_is_told_at_its_word(
    tmp_path: Path, rule: str, expected: str
) -> None:
    """Not the rule is named but the line and the column of the word that is wrong."""
    text = f"{BASE}rules:\n  r:\n    {rule}\n    then: {{tag: x}}\n"

    assert any(f"rules.yaml:{expected}" in each for each in _mistakes(tmp_path, text))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "people: {a: {slack: s, else: b}, b: {slack: t, else: [c]}, c: {slack: u, else: a}}\n",
            "circle: a -> b -> c -> a",
        ),
        (
            "people: {team: {slack: s}}\nhours: {o: {mon: '09:00-17:00', holidays: none}}\n"
            "promises: {first_response: {within: 15m, hours: o, warn: 30m before, tell: team}}\n",
            "promise 'first_response' warns 30m before its end",
        ),
    ],
)
def test_what_could_never_be_told_in_time_is_a_mistake(
    tmp_path: Path, text: str, expected: str
) -> None:
    """Stand-ins in a circle, and a warning that is longer than its promise."""
    assert any(expected in each for each in _mistakes(tmp_path, text))


def test_long_list_is_refused_at_once(tmp_path: Path) -> None:
    """A file that would take seconds to read is refused by its size, with what to do."""
    text = "words:\n  a:\n    en:\n" + "      - word\n" * 100_000

    [mistake] = _mistakes(tmp_path, text)

    assert mistake.endswith("rules.yaml:1:1: the file is over 1 MiB; split it")


def test_unstated_holidays_are_a_warning(tmp_path: Path) -> None:
    """Hours without a word about holidays are used, and asked about."""
    loaded = _load(tmp_path, "hours: {a: {zone: UTC, mon-fri: '09:00-17:00'}}\n")

    assert isinstance(loaded, Loaded)
    assert "names no holidays" in str(loaded.warnings[0])


def test_deep_nesting_is_refused_and_not_followed(tmp_path: Path) -> None:
    """A condition nested beyond reason is one mistake, not a crash."""
    deep = "{not: " * 200 + "{says: down}" + "}" * 200

    lines = _mistakes(tmp_path, f"{BASE}rules:\n  r: {{if: {deep}, then: {{tag: x}}}}\n")

    assert any("nested deeper" in line for line in lines)


@given(st.text(alphabet=st.sampled_from(list("abc:-{}[]'\"&*#|>!%@\n\t ,0159é")), max_size=120))
@settings(max_examples=150, deadline=None, derandomize=True)
def test_no_text_makes_the_loader_raise(
    tmp_path_factory: pytest.TempPathFactory, text: str
) -> None:
    """Whatever a file holds, the answer is a policy or a list of mistakes."""
    folder = tmp_path_factory.mktemp("random")

    assert isinstance(_load(folder, text), Loaded | list)


@given(
    st.integers(0, len(GOOD) - 1), st.integers(0, 60), st.sampled_from(["", ":", "{", "\t", "x"])
)
@settings(max_examples=60, deadline=None, derandomize=True)
def test_damaged_policy_never_raises(
    tmp_path_factory: pytest.TempPathFactory, at: int, cut: int, put: str
) -> None:
    """The shipped policy with a piece cut out gives mistakes with places, never a crash."""
    folder = tmp_path_factory.mktemp("damaged")

    loaded = _load(folder, GOOD[:at] + put + GOOD[at + cut :])

    assert isinstance(loaded, Loaded) or all(problem.place.line >= 1 for problem in loaded)


def test_endless_nesting_is_told_and_not_followed(tmp_path: Path) -> None:
    """Forty thousand open brackets are one mistake; they once exhausted the parser's stack."""
    lines = _mistakes(tmp_path, "[" * 40_000)

    assert lines == ["rules.yaml:1:51: nested deeper than 40 levels; simplify it"]


def test_misspelt_priority_is_no_plan(tmp_path: Path) -> None:
    """A target of a priority that does not exist is found, not taken for a plan's."""
    promise = "promises: {first_response: {within: {urgnt: 30m, normal: 4h}, hours: office}}\n"

    lines = _mistakes(tmp_path, BASE + promise)

    assert any("no priority 'urgnt'" in line and "'urgent'" in line for line in lines), lines


def test_empty_comparison_is_a_mistake(tmp_path: Path) -> None:
    """A field compared with nothing would hold for every ticket."""
    lines = _mistakes(tmp_path, BASE + "rules:\n  r: {if: {status: {}}, then: {tag: x}}\n")

    assert any("status: nothing is compared" in line for line in lines), lines
