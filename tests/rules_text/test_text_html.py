# SPDX-License-Identifier: GPL-3.0-or-later
"""HTML becomes what a reader sees, whatever the mark-up looks like."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.rules.text import html_to_text, new_part


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<p>One</p><p>Two</p>", "One\n\nTwo"),
        ("<div>One</div><div>Two<br>Three</div>", "One\nTwo\nThree"),
        ("One<script>outage()</script> two", "One two"),
        ("<style>.outage{}</style>One", "One"),
        ("<!-- outage -->One<!DOCTYPE x>", "One"),
        ("<head><title>outage</title></head><body>One</body>", "One"),
        ("out<b>age</b>", "outage"),
        ("a &lt; b &amp; c&nbsp;d &auml;", "a < b & c\u00a0d ä"),
        ('<img alt="a > b" src="x">One', "One"),
        ("<ul><li>One<li>Two</ul>", "- One\n- Two"),
        ("<table><tr><td>One</td><td>Two</td></tr></table>", "One \tTwo"),
        ("<pre>a\n  b</pre>", "a\n  b"),
        ("5 < 6 and 7 > 3", "5 < 6 and 7 > 3"),
        ("One <unclosed", "One <unclosed"),
        ("<script>never closed outage", ""),
        ("x\n  y", "x y"),
    ],
)
def test_readers_text_comes_out_of_html(html: str, expected: str) -> None:
    """Blocks become lines, references letters, and what is not shown is not read."""
    assert html_to_text(html) == expected


@pytest.mark.parametrize(
    "quotation",
    [
        "<blockquote>total outage</blockquote>",
        '<div class="gmail_quote"><div class="gmail_attr">On Tue, 10 Mar 2026 Ann &lt;a@b.c&gt; '
        "wrote:</div><blockquote>total outage</blockquote></div>",
        '<div id="divRplyFwdMsg">From: Ann</div><div>total outage</div>',
        '<div id="appendonsend"></div><hr><div>total outage</div>',
        '<div class="gmail_signature">Ann<br>Outage Manager</div>',
        '<div class="yahoo_quoted">total outage</div>',
    ],
)
def test_quotations_marked_in_html_are_cut(quotation: str) -> None:
    """Mail programs that quote by mark-up alone are understood."""
    assert new_part(html_to_text(f"<div>Thanks, it works.</div>{quotation}")) == "Thanks, it works."


@settings(deadline=None)
@given(st.text(alphabet=st.sampled_from("<>/!-&#x;\"'= apbrdivscript\n\ud800ä")))
def test_no_markup_makes_it_raise(html: str) -> None:
    """Broken mark-up is read as well as it can be."""
    assert isinstance(new_part(html_to_text(html)), str)


@pytest.mark.parametrize(
    "piece",
    ["<", "<a", "<a ", '<a "', "<a '>\"", '<a ">"', "<!--", "<![CDATA[", "&#", "&#9", "<div>",
     "<blockquote>", "</p>", "<script>", "<p", "&amp", "<a b='", "<?", "<title>", "<pre>\n"],
)  # fmt: skip
def test_endless_markup_is_read_in_one_pass(piece: str) -> None:
    """Tens of thousands of broken tags are over at once; a quadratic reader would not return."""
    html = piece * (200_000 // len(piece))

    assert len(html_to_text(html)) <= len(html) * 3


def test_an_endless_character_reference_is_no_letter() -> None:
    """A reference with five thousand digits neither raises nor costs."""
    assert html_to_text("&#" + "9" * 5000 + ";x") == "\ufffdx"
