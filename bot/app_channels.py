# SPDX-License-Identifier: GPL-3.0-or-later
"""Chooses the ways to people that the settings open; a part of `app.py`."""

from __future__ import annotations

from collections.abc import Iterable
from importlib.util import find_spec

from bot.channels.links import Links
from bot.channels.mail import MailChannel, read_server
from bot.channels.portal import PortalChannel
from bot.channels.slack import SlackChannel, Threads
from bot.channels.slack_client import slack_client
from bot.channels.sms import ADVICE, SmsChannel
from bot.channels.teams import TeamsChannel
from bot.channels.unset import UnsetChannel
from bot.ports import Channel
from bot.rules.mail_keys import OwnNames
from bot.rules.policy import Policy
from bot.settings import Settings


def channels_of(
    settings: Settings, policy: Policy, threads: Threads, own: OwnNames | None = None
) -> dict[str, Channel]:
    """Every way to people, kind -> channel; one that is not set up refuses and says what to set.

    `threads` finds the first message of a thread.
    """
    links = links_of(settings)
    webhooks = {name: url.reveal for name, url in settings.teams.items()}
    return {
        "slack": _slack(settings, policy, threads, links),
        "teams": TeamsChannel(webhooks, names=policy.labels, texts=policy.texts, links=links),
        "mail": _mail(settings, policy, own, links),
        "sms": _sms(settings, policy, links),
        "portal": PortalChannel(settings.banner_file),
    }


def use_words(channels: Iterable[Channel], policy: Policy) -> None:
    """Let the ways to people speak in the words of a policy that was read again."""
    for channel in channels:
        if isinstance(channel, SlackChannel | TeamsChannel | MailChannel | SmsChannel):
            channel.use(names=policy.labels, texts=policy.texts)


def links_of(settings: Settings) -> Links:
    """The addresses that messages offer."""
    desk = settings.zendesk_url.rstrip("/")
    return Links(
        ticket_url=f"{desk}/agent/tickets/" if desk else "",
        public_url=settings.public_url,
        reveal_secret=settings.link_secret.reveal,
        hears_teams=bool(settings.msteams_secret),
    )


def _sms(settings: Settings, policy: Policy, links: Links) -> Channel:
    if not settings.sms_url:
        return UnsetChannel("no SMS service is set", ADVICE)
    if find_spec("apprise") is None:
        return UnsetChannel("apprise is not installed", "pip install 'deskmate[sms]'")
    return SmsChannel(settings.sms_url.reveal, names=policy.labels, texts=policy.texts, links=links)


def _slack(settings: Settings, policy: Policy, threads: Threads, links: Links) -> Channel:
    if not settings.slack_bot_token:
        advice = "set DESKMATE_SLACK_BOT_TOKEN (docs/slack.md)"
        return UnsetChannel("no Slack is set", advice)
    client = slack_client(settings.slack_bot_token.reveal(), base_url=settings.slack_url)
    return SlackChannel(
        client, threads=threads, names=policy.labels, texts=policy.texts, links=links
    )


def _mail(settings: Settings, policy: Policy, own: OwnNames | None, links: Links) -> Channel:
    if not settings.smtp_url:
        advice = "set DESKMATE_SMTP_URL and DESKMATE_MAIL_FROM"
        return UnsetChannel("no mail server is set", advice)
    server = read_server(settings.smtp_url.reveal())
    return MailChannel(
        server, settings.mail_from, names=policy.labels, texts=policy.texts, own=own, links=links
    )
