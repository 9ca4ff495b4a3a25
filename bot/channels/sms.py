# SPDX-License-Identifier: GPL-3.0-or-later
"""Sends notices as SMS, or by any of a hundred other services, through apprise.

Apprise says only yes or no, and knows neither receipts nor whether a no is for good: a yes is
"accepted", a no is tried again. A text holds no customer's words.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from urllib.parse import quote

from bot.channels.links import NO_LINKS, Links
from bot.ports import Accepted, Finding, Outcome, Refused, TryLater, Unknown
from bot.rules.actions import Notice, Outgoing
from bot.texts.own import NO_TEXTS, OwnTexts
from bot.texts.render import NO_NAMES, render

GREATEST_TEXT = 300
TO = "{to}"
ADVICE = "set DESKMATE_SMS_URL, such as twilio://SID:TOKEN@FROM/{to} (docs/delivery.md)"


class SmsChannel:
    """The way by SMS; see `ports.Channel`."""

    def __init__(
        self,
        reveal_url: Callable[[], str],
        *,
        names: Mapping[str, str] = NO_NAMES,
        texts: OwnTexts = NO_TEXTS,
        links: Links = NO_LINKS,
    ) -> None:
        """`reveal_url` gives apprise's address, in which `{to}` stands for the number.

        `names` are display names of own codes, `texts` the desk's own words.
        """
        self._reveal_url = reveal_url
        self._names = names
        self._texts = texts
        self._links = links

    def use(self, *, names: Mapping[str, str], texts: OwnTexts) -> None:
        """Speak in the words of a policy that was read again."""
        self._names, self._texts = names, texts

    def payload(self, outgoing: Outgoing, *, now: datetime) -> str:
        """The text: what, how long left, and where to say "I have it"."""
        notice = self._links.added(outgoing, now).message
        assert isinstance(notice, Notice), "only notices are sent by SMS"
        short = render(notice, now=now, names=self._names, texts=self._texts).short
        if not notice.take_link:
            return short[:GREATEST_TEXT]
        return f"{short[: GREATEST_TEXT - len(notice.take_link) - 1]} {notice.take_link}"

    def deliver(self, outgoing: Outgoing, *, now: datetime) -> Outcome:
        """Hand it to the service; the number is quoted into the address."""
        # Apprise loads its hundred services when it is imported; only who sends SMS pays for that.
        from apprise import Apprise, NotifyFormat

        number = outgoing.destination.removeprefix("sms:")
        service = Apprise()
        if not service.add(self._reveal_url().replace(TO, quote(number, safe="+"))):
            return Refused("apprise does not know this address", ADVICE)
        text = self.payload(outgoing, now=now)
        if service.notify(body=text, body_format=NotifyFormat.TEXT):
            return Accepted(number[-4:])
        return TryLater("the service did not take the text")

    def find(self, outgoing: Outgoing, *, since: datetime) -> Outcome:
        """A text cannot be looked up."""
        return Unknown("SMS cannot be read back")

    def examine(self, destinations: Sequence[str]) -> Sequence[Finding]:
        """Whether apprise understands the address; nothing is sent."""
        from apprise import Apprise

        is_known = bool(Apprise().add(self._reveal_url().replace(TO, "+46700000000")))
        detail = "apprise knows the service" if is_known else "apprise does not know this address"
        return (Finding("SMS", is_known, detail, "" if is_known else ADVICE),)
