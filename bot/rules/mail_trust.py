# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether a sender is who the mail says: only what our own mail server wrote is believed.

Anybody can write `Authentication-Results` into a mail, so a line counts only where our server puts
it: with our server's name, above the first line of a server that is not ours. Google removes
forged lines of its own name; Microsoft 365 writes the line without any name, topmost.

A mail between mailboxes of one Microsoft 365 tenant passes no border: nothing signs or checks it.
There a line says that Exchange knows its writer, whom it lets write under addresses of their own.
Forged ones are taken out of what comes from outside ("Header firewall", Exchange Server 2013).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bot.rules.mail import Trust

GOOGLE, MICROSOFT = "google", "microsoft"
AUTH_AS = "x-ms-exchange-organization-authas"
TRACED = ("received", "authentication-results", AUTH_AS)
"""The headers that are read for trust, in lower case."""
_BY = re.compile(r"\bby\s+([^\s;()]{1,255})")
_COMMENT = re.compile(r"\([^()]{0,500}\)")
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"')
_NAME = re.compile(r"[\w.@+-]*")
_RESULT = re.compile(r"^\s*([a-z0-9-]{1,30})\s*=\s*([a-z]{1,20})\b", re.IGNORECASE)
_SIGNED = re.compile(r"\bheader\.[di]\s*=\s*\"?([^\s;\"]{1,255})", re.IGNORECASE)
_CHECKED = re.compile(r"\bheader\.from\s*=\s*\"?([^\s;\"]{1,255})", re.IGNORECASE)
_LONGEST_LINE = 8_000
_MOST_LINES = 100


@dataclass(frozen=True, slots=True)
class TraceLine:
    """One line of the headers in `TRACED`, as it stands in the mail from the top."""

    name: str
    value: str


@dataclass(frozen=True, slots=True)
class TrustedServers:
    """Whose word counts: `google`, `microsoft`, or the names of our own mail servers.

    Of several names the first is the one that stands in `Authentication-Results`. `domains` are
    those of our own addresses: no word that a mail is internal counts for any other.
    """

    names: tuple[str, ...] = ()
    domains: tuple[str, ...] = ()

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


def trust_of(
    trace: Sequence[TraceLine], sender: str, servers: TrustedServers, *, is_one_sender: bool
) -> Trust:
    """What our server found out about the address in `From`.

    Where that names several addresses, or our server checked another domain than we read, nobody
    vouched for whom we read: it counts as forged.
    """
    if not servers.names:
        return Trust.UNCHECKED
    if not is_one_sender:
        return Trust.FAILED
    domain = _ascii(sender.rpartition("@")[2])
    if not domain:
        return Trust.NOTHING
    checked = _checked(tuple(_claims(_ours(trace[:_MOST_LINES], servers))), domain)
    is_known = checked is Trust.NOTHING and _is_colleague(trace, domain, servers)
    return Trust.PASSED if is_known else checked


def _checked(claims: Sequence[_Claim], domain: str) -> Trust:
    """What the results line says of the sender's domain."""
    checked = [each for each in claims if each.method == "dmarc"]
    if not all(_covers(each, domain) for claim in checked for each in claim.domains):
        return Trust.FAILED
    dmarc = checked[0] if checked else None
    if dmarc is not None and dmarc.domains and dmarc.result in ("pass", "bestguesspass"):
        return Trust.PASSED
    if any(_is_signed(each, domain) for each in claims):
        return Trust.PASSED
    is_refused = dmarc is not None and dmarc.result in ("fail", "reject")
    return Trust.FAILED if is_refused else Trust.NOTHING


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


def _is_colleague(trace: Sequence[TraceLine], domain: str, servers: TrustedServers) -> bool:
    """Whether Exchange itself took the mail from a mailbox of our own tenant and domain.

    It stands below the mail's own headers, so its place says nothing. What any server that is not
    Microsoft's had in its hands is left out: a connector may let such a server say anything.
    """
    if servers.form != MICROSOFT or len(trace) >= _MOST_LINES:
        return False
    said = [line.value.casefold().strip() for line in trace if line.name == AUTH_AS]
    received = [line for line in trace if line.name == "received"]
    return (
        said == ["internal"]
        and bool(received)
        and all(_is_own(line, servers) for line in received)
        and domain in {_ascii(each) for each in servers.domains}
    )


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
    # The sender of an envelope stands there in quotes as they chose it, with anything in it.
    bare = _QUOTED.sub(
        lambda found: found[1] if _NAME.fullmatch(found[1]) else " ", value[:_LONGEST_LINE]
    )
    bare = _COMMENT.sub(" ", bare)
    for part in bare.split(";"):
        found = _RESULT.match(part)
        if found:
            method = found[1].casefold()
            named = (_CHECKED if method == "dmarc" else _SIGNED).findall(part)
            domains = tuple(_ascii(each.rpartition("@")[2]) for each in named)
            yield _Claim(method, found[2].casefold(), domains)


def _ascii(domain: str) -> str:
    """A domain as mail servers write it, also one of other letters."""
    name = domain.casefold().strip(".")
    try:
        return name.encode("idna").decode("ascii")
    except UnicodeError:
        return name


def _is_signed(claim: _Claim, domain: str) -> bool:
    """A signature by the domain itself, or by one above it: relaxed alignment."""
    if claim.method != "dkim" or claim.result != "pass":
        return False
    return any(_covers(each, domain) for each in claim.domains)


def _covers(named: str, domain: str) -> bool:
    """The same domain, or one above it, never a suffix that is shared by strangers.

    Not one below it: whoever has that need not have the whole.
    """
    return named == domain or (named.count(".") >= 1 and domain.endswith(f".{named}"))
