# SPDX-License-Identifier: GPL-3.0-or-later
"""`deskmate check --online`: asks the helpdesk, the chat and the mail server, tells nobody."""

from __future__ import annotations

import os
from collections.abc import Sequence
from datetime import timedelta
from email.utils import parseaddr

from rich.console import Console

from bot.app import access_of
from bot.app_channels import channels_of
from bot.clock import SystemClock
from bot.config.checks_ways import bare_address
from bot.helpdesks.zendesk import Zendesk
from bot.ports import Finding
from bot.rules.delivery import destinations
from bot.rules.mail_trust import TrustedServers
from bot.rules.policy import Policy
from bot.settings import Settings, read_settings
from bot.sources.mailbox_address import read_mailbox_address
from bot.sources.mailbox_check import examine
from bot.sources.witness_check import examine_witnesses


def check_online(
    policy: Policy, *, as_json: bool, console: Console
) -> tuple[int, list[dict[str, object]]]:
    """Each finding with what to do, printed for people and as rows for scripts.

    The status is 0 when all hold, 1 when one does not, 2 when the settings cannot be read.
    """
    settings = read_settings(os.environ)
    if isinstance(settings, list):
        for problem in settings:
            Console(stderr=as_json, soft_wrap=True).print(str(problem), markup=False)
        return 2, []
    findings = [
        *_helpdesk(settings, policy),
        *_ways(settings, policy),
        *_mailbox(settings, policy),
        *examine_witnesses(policy.outage.witnesses),
    ]
    if not as_json:
        for finding in findings:
            _show(console, finding)
    rows: list[dict[str, object]] = [
        {"what": each.what, "ok": each.is_ok, "detail": each.detail, "advice": each.advice}
        for each in findings
    ]
    return (0 if all(finding.is_ok for finding in findings) else 1), rows


def _helpdesk(settings: Settings, policy: Policy) -> Sequence[Finding]:
    if not settings.zendesk_url:
        advice = "write https://YOUR-NAME.zendesk.com"
        return (Finding("DESKMATE_ZENDESK_URL", False, "not set", advice),)
    clock = SystemClock()
    delay = timedelta(seconds=settings.export_delay)
    helpdesk = Zendesk(access_of(settings), policy.helpdesk, clock, withheld=delay)
    settled = {name for name, fact in policy.facts.items() if fact.if_unknown is not None}
    asked = [name for name in policy.helpdesk.fields if name not in settled]
    try:
        found = helpdesk.examine()
        is_in = any(each.is_ok for each in found)
        if not is_in:
            return found
        lacking = helpdesk.organisations_lacking(asked)
        return (*found, *lacking, *helpdesk.taken_in(_our_addresses(settings, policy)))
    finally:
        helpdesk.close()


def _our_addresses(settings: Settings, policy: Policy) -> dict[str, str]:
    """Every mail address that we write to or from, and what names it."""
    named = [(each.mail, f"people {each.name}: mail") for each in policy.people.values()]
    named.append((policy.outage.mailbox, "helpdesk_down.mailbox"))
    named.append((parseaddr(settings.mail_from)[1], "DESKMATE_MAIL_FROM"))
    return {bare_address(address): use for address, use in named if address}


def _ways(settings: Settings, policy: Policy) -> Sequence[Finding]:
    """Every destination that the policy names, by the channel that would send there."""
    wanted: dict[str, list[str]] = {}
    for person in policy.people.values():
        for destination in destinations(person):
            wanted.setdefault(destination.partition(":")[0], []).append(destination)
    if policy.outage.banner:
        wanted["portal"] = ["portal"]
    channels = channels_of(settings, policy, lambda _destination, _thread: None)
    findings: list[Finding] = []
    for kind, addresses in wanted.items():
        findings += channels[kind].examine(list(dict.fromkeys(addresses)))
    return findings


def _mailbox(settings: Settings, policy: Policy) -> Sequence[Finding]:
    """The escalation mailbox, and whether the policy names its address."""
    if not settings.mailbox_url:
        if policy.outage.mailbox is None:
            return ()
        advice = "write imaps://user:password@host:993/INBOX"
        return (Finding("DESKMATE_MAILBOX_URL", False, "not set: nobody reads it", advice),)
    address = read_mailbox_address(settings.mailbox_url.reveal())
    found = (*examine(address, SystemClock()), _trusted(settings.mailbox_trust))
    if policy.outage.mailbox is None:
        advice = "write `helpdesk_down: {mailbox: ADDRESS}`, from which customers are answered"
        return (*found, Finding("helpdesk_down.mailbox", False, "not named", advice))
    return found


def _trusted(names: tuple[str, ...]) -> Finding:
    """Whose word on senders counts, and whose answers by mail are held for want of one."""
    detail = "not set: no sender is checked"
    if TrustedServers(names).form:
        detail = names[0]
    elif names:
        detail = f"{names[0]} must write Authentication-Results on what colleagues submit to it too"
    return Finding("DESKMATE_MAILBOX_TRUST", True, detail)


def _show(console: Console, finding: Finding) -> None:
    mark = "[green]ok[/]     " if finding.is_ok else "[bold red]missing[/]"
    console.print(mark, finding.what, f"({finding.detail})" if finding.detail else "", sep=" ")
    if not finding.is_ok and finding.advice:
        console.print(f"         {finding.advice}", markup=False)
