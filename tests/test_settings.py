# SPDX-License-Identifier: GPL-3.0-or-later
"""Settings come from the environment, or from files it names, and never show a secret."""

from __future__ import annotations

from pathlib import Path

from bot.settings import NAMES, Secret, Settings, read_settings

EXAMPLE = Path(__file__).resolve().parent.parent / ".env.example"


def _example_lines() -> dict[str, str]:
    lines = EXAMPLE.read_text("utf-8").splitlines()
    return dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))


def test_example_lists_every_setting() -> None:
    """`.env.example` names each setting that the daemon reads, and no other."""
    named = {name for name in _example_lines() if not name.startswith("DESKMATE_TEAMS_")}

    assert named == NAMES


def test_example_holds_the_defaults() -> None:
    """What the example sets is what an empty environment gives, but for the helpdesk's address."""
    example = dict(_example_lines(), DESKMATE_ZENDESK_URL="")
    del example["DESKMATE_TEAMS_SUPPORT_EMEA"]

    assert read_settings(example) == read_settings({}) == Settings()


def test_secret_is_read_from_a_file(tmp_path: Path) -> None:
    """NAME_FILE hands over a secret as containers do."""
    (tmp_path / "token").write_text("xoxb-1\n", encoding="utf-8")

    settings = read_settings({"DESKMATE_SLACK_BOT_TOKEN_FILE": str(tmp_path / "token")})

    assert isinstance(settings, Settings)
    assert settings.slack_bot_token == Secret("xoxb-1")


def test_secret_never_shows() -> None:
    """Neither a settings object nor a Teams address gives its secret away when printed."""
    settings = read_settings(
        {
            "DESKMATE_SLACK_BOT_TOKEN": "xoxb-hidden",
            "DESKMATE_TEAMS_SUPPORT": "https://flow.example/?sig=hidden",
        }
    )

    assert "hidden" not in repr(settings) + str(settings)


def test_teams_names_match_the_policy() -> None:
    """DESKMATE_TEAMS_SUPPORT_EMEA is what a policy calls `teams: support-emea`."""
    settings = read_settings({"DESKMATE_TEAMS_SUPPORT_EMEA": "https://flow.example/1"})

    assert isinstance(settings, Settings)
    assert list(settings.teams) == ["support-emea"]


def test_every_mistake_is_told_at_once() -> None:
    """All unusable settings are named together, each with what to do."""
    problems = read_settings(
        {
            "DESKMATE_ZENDESK_URL": "acme.zendesk.com",
            "DESKMATE_LISTEN": "8080",
            "DESKMATE_LOG_FORMAT": "xml",
            "DESKMATE_STROE": "sqlite://",
            "DESKMATE_SLACK_APP_TOKEN_FILE": "/nowhere/token",
        }
    )

    assert isinstance(problems, list)
    told = "\n".join(str(problem) for problem in problems)
    assert len(problems) == 5
    assert "DESKMATE_STROE: no such setting; did you mean DESKMATE_STORE?" in told
    assert "DESKMATE_ZENDESK_URL: 'acme.zendesk.com' is no web address; write https://host" in told
