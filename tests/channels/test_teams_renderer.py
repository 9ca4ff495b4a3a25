# SPDX-License-Identifier: GPL-3.0-or-later
"""Microsoft's own renderer shows our cards in a real browser; needs Chromium and npm's packages.

`.ci/run` installs both. The picture of all cards is left in build/cards/cards.png, to be looked at.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from hostile_texts import LANGUAGES, NASTY, hostile_row

from bot.channels.links import Links
from bot.channels.teams import TeamsChannel
from bot.rules.actions import NoticeKind, Outgoing
from bot.texts.samples import NOW, samples

pytestmark = pytest.mark.real
CARDS = Path(__file__).resolve().parents[2] / "build" / "cards"
MODULES = CARDS / "node_modules"
SCRIPTS = (
    MODULES / "markdown-it" / "dist" / "browser" / "markdown-it.umd.min.js",
    MODULES / "adaptivecards" / "dist" / "adaptivecards.min.js",
)
INSTALL = "npm install --prefix build/cards adaptivecards@3.0.6 markdown-it@15.0.3"
CHANNEL = TeamsChannel(
    {}, links=Links("https://acme.example/agent/tickets/", "https://desk.example", lambda: "x" * 20)
)
PAGE = """<!doctype html><html><head><meta charset="utf-8"><title>cards</title>
<style>body{font:14px "Segoe UI",sans-serif;columns:3;width:1500px;background:#f5f5f5}
.card{break-inside:avoid;background:#fff;border:1px solid #ddd;margin:0 0 12px}</style>
</head><body>%(scripts)s<script>
window.hacked = 0; window.alert = () => { window.hacked += 1; };
AdaptiveCards.AdaptiveCard.onProcessMarkdown = (text, result) => {
  result.outputHtml = window.markdownit({html: true, linkify: true}).render(text);
  result.didProcess = true;
};
const told = [];
for (const content of %(cards)s) {
  const context = new AdaptiveCards.SerializationContext();
  const card = new AdaptiveCards.AdaptiveCard();
  card.parse(content, context);
  const shown = document.createElement("div");
  shown.className = "card";
  shown.appendChild(card.render());
  document.body.appendChild(shown);
  told.push({
    faults: Array.from({length: context.eventCount}, (_, i) => context.getEventAt(i).message),
    text: shown.textContent,
    elements: Array.from(shown.querySelectorAll("a,img,script,strong,em,code,h1,li,table"))
      .map(each => each.tagName),
    buttons: Array.from(shown.querySelectorAll("button")).map(each => each.textContent),
  });
}
const result = document.createElement("pre");
result.id = "told"; result.hidden = true;
result.textContent = JSON.stringify({hacked: window.hacked, cards: told});
document.body.appendChild(result);
</script></body></html>"""


def _chromium(page: Path, *flags: str) -> str:
    browser = shutil.which("chromium") or shutil.which("chromium-browser")
    assert browser, "Chromium is missing: apt-get install chromium"
    command = [
        browser, "--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking",
        "--no-first-run", "--window-size=1540,2400", f"--user-data-dir={page.parent / 'profile'}",
        *flags, page.as_uri(),
    ]  # fmt: skip
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=True).stdout


def _rendered(rows: list[Outgoing], folder: Path, picture: Path | None = None) -> dict[str, Any]:
    """What the renderer made of the cards of these rows."""
    missing = [str(each) for each in SCRIPTS if not each.exists()]
    assert not missing, f"the renderer is missing: {INSTALL}"
    cards = [CHANNEL.payload(row, now=NOW)["attachments"][0]["content"] for row in rows]
    page = folder / "cards.html"
    scripts = "".join(f'<script src="{each.as_uri()}"></script>' for each in SCRIPTS)
    in_script = json.dumps(cards).replace("<", "\\u003c")
    page.write_text(PAGE % {"scripts": scripts, "cards": in_script}, "utf-8")
    dom = _chromium(page, "--dump-dom")
    if picture is not None:
        _chromium(page, f"--screenshot={picture}")
    found = re.search(r'<pre id="told"[^>]*>(.*?)</pre>', dom, re.DOTALL)
    assert found, dom[:2_000]
    return json.loads(unescape(found[1]))  # type: ignore[no-any-return]


def test_renderer_shows_every_kind_in_every_language(tmp_path: Path) -> None:
    """Nothing is unknown to it; the headline is read and the buttons are there."""
    rows = [
        Outgoing("k", "teams:support", "o", next(samples(kind, language)))
        for kind in NoticeKind
        for language in LANGUAGES
    ]

    told = _rendered(rows, tmp_path, CARDS / "cards.png")

    assert [each["faults"] for each in told["cards"]] == [[]] * len(rows)
    assert all(each["text"].strip() for each in told["cards"])
    assert sum("#1234567" in " ".join(each["buttons"]) for each in told["cards"]) > 40
    assert (CARDS / "cards.png").stat().st_size > 50_000


def test_renderer_does_nothing_that_a_customer_wrote(tmp_path: Path) -> None:
    """With links and HTML allowed in Markdown, a hostile text makes nothing but our facts."""
    rows = [hostile_row(text, NoticeKind.RULE, "en", "teams:support") for text in NASTY]

    told = _rendered(rows, tmp_path)

    assert told["hacked"] == 0
    assert [each["faults"] for each in told["cards"]] == [[]] * len(rows)
    assert [each["elements"] for each in told["cards"]] == [["TABLE"]] * len(rows)
