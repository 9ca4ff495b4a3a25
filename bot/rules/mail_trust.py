# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether a sender is who the mail says: only what our own mail server wrote is believed.

Anybody can write `Authentication-Results` into a mail, so a line counts only where our server puts
it: with our server's name, above the first line of a server that is not ours. Google removes
forged lines of its own name; Microsoft 365 writes the line without any name, topmost.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bot.rules.mail import Trust

GOOGLE, MICROSOFT = "google", "microsoft"
_BY = re.compile(r"\bby\s+([^\s;()]{1,255})")
_COMMENT = re.compile(r"\([^()]{0,500}\)")
_RESULT = re.compile(r"^\s*([a-z0-9-]{1,30})\s*=\s*([a-z]{1,20})\b", re.IGNORECASE)
_PROPERTY = re.compile(r"\b(header\.(?:d|i|from))\s*=\s*\"?([^\s;\"]{1,255})", re.IGNORECASE)
_LONGEST_LINE = 8_000
_MOST_LINES = 100


@dataclass(frozen=True, slots=True)
class TraceLine:
    """One `Received` or `Authentication-Results` line, as it stands in the mail from the top."""

    name: str
    value: str


@dataclass(frozen=True, slots=True)
class TrustedServers:
    """Whose word counts: `google`, `microsoft`, or the names of our own mail servers.

    Of several names the first is the one that stands in `Authentication-Results`.
    """

    names: tuple[str, ...] = ()

    @property
    def form(self) -> str:
        """`google`, `microsoft`, or empty for the general form."""
        first = self.names[0].casefold() if self.names else ""
        return first if first in (GOOGLE, MICROSOFT) else ""


@dataclass(frozen=True, slots=True)
class _Claim:
    method: str
    result: str
    domains: tuple[str, ...]


def trust_of(trace: Sequence[TraceLine], sender: str, servers: TrustedServers) -> Trust:
    """What our server found out about the address in `From`."""
    if not servers.names:
        return Trust.UNCHECKED
    domain = sender.rpartition("@")[2].casefold()
    claims = tuple(_claims(_ours(trace[:_MOST_LINES], servers)))
    if not domain or not claims:
        return Trust.NOTHING
    dmarc = next((each.result for each in claims if each.method == "dmarc"), "")
    if dmarc in ("pass", "bestguesspass"):
        return Trust.PASSED
    if any(_is_aligned(each, domain) for each in claims):
        return Trust.PASSED
    return Trust.FAILED if dmarc in ("fail", "reject") else Trust.NOTHING


def own_received(trace: Sequence[TraceLine], servers: TrustedServers) -> str:
    """The lowest `Received` line that our own servers wrote: when the mail reached us first.

    Without a setting that is the topmost one, which the server of the mailbox wrote.
    """
    found = ""
    for line in trace[:_MOST_LINES]:
        if line.name != "received":
            continue
        if found and (not servers.names or not _is_own(line, servers)):
            break
        if not found or _is_own(line, servers):
            found = line.value
    return found


def _ours(trace: Iterable[TraceLine], servers: TrustedServers) -> str:
    """The topmost results line that counts, empty where there is none."""
    lines = list(trace)
    own = [place for place, line in enumerate(lines) if _is_own(line, servers)]
    foreign = [
        place
        for place, line in enumerate(lines)
        if line.name == "received" and not _is_own(line, servers)
    ]
    end = min(foreign, default=len(lines))
    if not servers.form:
        # A line below the one by which our border server took the mail in is the sender's.
        end = min(end, max((place for place in own if place < end), default=0))
    for line in lines[:end]:
        if line.name == "authentication-results" and _is_named(line.value, servers):
            return line.value
    return ""


def _is_own(line: TraceLine, servers: TrustedServers) -> bool:
    if line.name != "received":
        return False
    found = _BY.search(line.value[:_LONGEST_LINE])
    host = found[1].casefold().strip(".") if found else ""
    match servers.form:
        case "google":
            return host.endswith(".google.com") or host.startswith("2002:")
        case "microsoft":
            return host.endswith((".outlook.com", ".exchangelabs.com"))
    return host in {name.casefold() for name in servers.names}


def _is_named(value: str, servers: TrustedServers) -> bool:
    first = _COMMENT.sub(" ", value[:_LONGEST_LINE]).partition(";")[0].split()
    match servers.form:
        case "microsoft":
            return "=" in value
        case "google":
            return bool(first) and first[0].casefold() == "mx.google.com"
    return bool(first) and first[0].casefold() == servers.names[0].casefold()


def _claims(value: str) -> Iterable[_Claim]:
    bare = _COMMENT.sub(" ", value[:_LONGEST_LINE])
    for part in bare.split(";"):
        found = _RESULT.match(part)
        if found:
            domains = tuple(_domain(each) for _, each in _PROPERTY.findall(part))
            yield _Claim(found[1].casefold(), found[2].casefold(), domains)


def _domain(text: str) -> str:
    return text.rpartition("@")[2].casefold().strip(".")


def _is_aligned(claim: _Claim, domain: str) -> bool:
    """A signature by the domain itself, or by one above it: relaxed alignment, never a suffix
    that is shared by strangers."""
    if claim.method != "dkim" or claim.result != "pass":
        return False
    return any(
        each == domain or (each.count(".") >= 1 and domain.endswith(f".{each}"))
        for each in claim.domains
    )
