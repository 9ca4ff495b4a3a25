# SPDX-License-Identifier: GPL-3.0-or-later
"""Turns the HTML of a mail into the lines a reader sees, quotations marked as in plain mail.

Hand-made on purpose: the standard library's parser takes quadratic time on some broken mark-up and
raises on endless character references.  Here every character is passed a bounded number of times,
nesting is only counted, and whatever is not a tag is text.
"""

from __future__ import annotations

import re
from html import unescape

from bot.rules.text_headers import QUOTE_FOLLOWS

LONGEST_HTML = 2_000_000
"""Characters of mark-up that are read; a mail beyond that is cut."""

MOST_BROKEN_TAGS = 20
"""After so many tags with unbalanced quotes, quotes are no longer heeded."""

_NAME = re.compile(r"/?[a-zA-Z][a-zA-Z0-9:-]{0,30}")
_STOP = re.compile(r"[>\"']")
_ENDLESS_REFERENCE = re.compile(r"&#(?:\d{8,}|[xX][0-9a-fA-F]{7,});?")
_SPACE = re.compile(r"[ \t\r\n\f]+")
_QUOTE_BEGINS = re.compile(
    r"gmail_quote_container|gmail_attr|divrplyfwdmsg|appendonsend|outlookmessageheader|yahoo_quoted"
    r"|moz-cite-prefix|protonmail_quote|zmail_extra|reply-intro|ms-outlook-mobile-reference",
    re.IGNORECASE,
)
_SIGNATURE = re.compile(
    r"class=[\"']?(?:gmail_signature|moz-signature|protonmail_signature)"
    r"|id=[\"']?(?:signature|ms-outlook-mobile-signature)\b",
    re.IGNORECASE,
)
_ATTRIBUTION_CLASS = re.compile(r"gmail_attr|moz-cite-prefix|reply-intro", re.IGNORECASE)
_PARAGRAPHS = frozenset("p h1 h2 h3 h4 h5 h6 table ul ol dl blockquote pre section article".split())
_LINES = frozenset(
    "br div tr li dt dd hr header footer address center form fieldset body html tbody thead".split()
)
_UNSEEN = frozenset("script style head title template textarea svg object noscript".split())


def html_to_text(html: str) -> str:
    """The text of a mail's HTML: one line per block, `> ` before quoted ones, no mark-up."""
    return _Reader(html[:LONGEST_HTML]).read()


class _Reader:
    """One pass over the mark-up, writing lines as it goes."""

    def __init__(self, html: str) -> None:
        self.html = html
        self.lower = html.lower() if len(html.lower()) == len(html) else html
        self.at = 0
        self.broken = 0
        self.unclosed: set[str] = set()
        self.quoted = 0
        self.preformatted = 0
        self.lines: list[str] = []
        self.line: list[str] = []

    def read(self) -> str:
        while self.at < len(self.html):
            opening = self.html.find("<", self.at)
            if opening < 0:
                break
            self._write(self.html[self.at : opening])
            self.at = opening
            self._markup()
        self._write(self.html[self.at :])
        self._break_line()
        return re.sub(r"\n{3,}", "\n\n", "\n".join(self.lines)).strip("\n")

    def _markup(self) -> None:
        if self.html.startswith("<!--", self.at):
            self._skip_to("-->")
            return
        if self.html.startswith(("<!", "<?"), self.at):
            self._skip_to(">")
            return
        name = _NAME.match(self.html, self.at + 1)
        end = self._end_of_tag(name.end()) if name else -1
        if name is not None and end < 0:
            self._write(self.html[self.at :])
            self.at = len(self.html)
            return
        if name is None:
            self._write("<")
            self.at += 1
            return
        attributes = self.html[name.end() : end]
        self.at = end + 1
        self._tag(name[0].lower(), attributes)

    def _skip_to(self, mark: str) -> None:
        end = self.html.find(mark, self.at)
        self.at = len(self.html) if end < 0 else end + len(mark)

    def _end_of_tag(self, start: int) -> int:
        """Where the tag's `>` stands, quoted ones passed over; -1 if there is none."""
        if self.broken >= MOST_BROKEN_TAGS:
            return self.html.find(">", start)
        at = start
        while stop := _STOP.search(self.html, at):
            if stop[0] == ">":
                return stop.start()
            closing = self.html.find(stop[0], stop.end())
            if closing < 0:
                break
            at = closing + 1
        self.broken += 1
        return self.html.find(">", start)

    def _tag(self, name: str, attributes: str) -> None:
        is_closing = name.startswith("/")
        name = name.lstrip("/")
        if name in _UNSEEN and not is_closing:
            self._skip_element(name, attributes)
            return
        if name in _PARAGRAPHS or name in _LINES:
            self._break_line(is_paragraph=name in _PARAGRAPHS)
        if name in ("td", "th") and not is_closing:
            self._write(" ")
            self.line.append("\t")
        if name == "li" and not is_closing:
            self.line.append("- ")
        if name == "blockquote":
            self.quoted = max(0, self.quoted + (-1 if is_closing else 1))
        if name == "pre":
            self.preformatted = max(0, self.preformatted + (-1 if is_closing else 1))
        if not is_closing and attributes:
            self._mark(attributes[:1000])

    def _mark(self, attributes: str) -> None:
        """Say in the text what mail programs say in attributes: a quotation or a signature."""
        if _SIGNATURE.search(attributes):
            self._break_line()
            self.lines.append("-- ")
        elif _QUOTE_BEGINS.search(attributes) and not _ATTRIBUTION_CLASS.search(attributes):
            self._break_line()
            self.lines.append(QUOTE_FOLLOWS)

    def _skip_element(self, name: str, attributes: str) -> None:
        if attributes.endswith("/"):
            return
        end = -1 if name in self.unclosed else self.lower.find("</" + name, self.at)
        if end >= 0:
            self.at = end
            return
        self.unclosed.add(name)
        if name in ("script", "style"):
            self.at = len(self.html)

    def _write(self, text: str) -> None:
        if not text:
            return
        readable = unescape(_ENDLESS_REFERENCE.sub("\ufffd", text))
        if not self.preformatted:
            self.line.append(_SPACE.sub(" ", readable))
            return
        first, *others = readable.split("\n")
        self.line.append(first)
        for other in others:
            self._break_line()
            self.line.append(other)

    def _break_line(self, *, is_paragraph: bool = False) -> None:
        line = "".join(self.line)
        self.line.clear()
        line = line.rstrip() if self.preformatted else line.strip()
        if line:
            self.lines.append("> " + line if self.quoted else line)
        if is_paragraph and self.lines and self.lines[-1]:
            self.lines.append("")
