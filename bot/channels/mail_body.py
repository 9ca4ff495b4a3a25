# SPDX-License-Identifier: GPL-3.0-or-later
"""The two bodies of a notice's mail: plain text for everybody, HTML that looks cared for.

The HTML loads nothing from outside, runs nothing, and reads well on dark paper too.
"""

from __future__ import annotations

from html import escape

from bot.channels.escaping import plain
from bot.texts.render import Rendered

_STYLE = (
    "font:16px/1.5 system-ui,-apple-system,'Segoe UI',Roboto,sans-serif;max-width:40em;margin:0;"
)
_OFFER = (
    "display:inline-block;padding:.6em 1.2em;margin:.3em .5em .3em 0;border:1px solid;"
    "border-radius:.4em;text-decoration:none;font-weight:bold;"
)
_LABEL = "padding:2px 16px 2px 0;vertical-align:top;opacity:.7;white-space:nowrap;"
_VALUE = "padding:2px 0;vertical-align:top;"

Offers = tuple[tuple[str, str], ...]


def text_body(rendered: Rendered, offered: Offers = ()) -> str:
    """The facts as lines, what follows, what to do next; the subject said the headline.

    `offered` are (label, address) of what can be opened, the most important first.
    """
    facts = "\n".join(f"{label}{rendered.colon}{value}" for label, value in rendered.facts)
    opened = "\n".join(f"{label}{rendered.colon}{url}" for label, url in offered)
    parts = (facts, rendered.body, rendered.next_step, opened)
    return "\n\n".join(part for part in parts if part) + "\n"


def html_body(rendered: Rendered, offered: Offers = (), *, language: str) -> str:
    """The same as HTML; every text is escaped, and customers' addresses are no links."""
    rows = "".join(
        f'<tr><td style="{_LABEL}">{_safe(label)}</td><td style="{_VALUE}">{_safe(value)}</td></tr>'
        for label, value in rendered.facts
    )
    table = f'<table role="presentation" style="border-spacing:0">{rows}</table>' if rows else ""
    body = "".join(f"<p>{_safe(line)}</p>" for line in rendered.body.splitlines() if line)
    step = f"<p><strong>{escape(rendered.next_step)}</strong></p>" if rendered.next_step else ""
    opened = "".join(
        f'<a style="{_OFFER}" href="{escape(url)}">{escape(label)}</a> ' for label, url in offered
    )
    opened = f"<p>{opened}</p>" if opened else ""
    return (
        f'<!doctype html><html lang="{escape(language)}"><head><meta charset="utf-8">'
        '<meta name="color-scheme" content="light dark"></head>'
        f'<body style="{_STYLE}"><h1 style="font-size:1.2em">{_safe(rendered.headline)}</h1>'
        f"{table}{body}{step}{opened}</body></html>\n"
    )


def _safe(text: str) -> str:
    return escape(plain(text))
