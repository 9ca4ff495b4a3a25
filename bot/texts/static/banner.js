// SPDX-License-Identifier: GPL-3.0-or-later
// Shows on a customers' page that support is out of order, and takes the notice down by itself.
//
//   <script src="https://YOUR-HOST/banner.js" async></script>
//
// It reads the .json beside itself (or data-from), in the page's language (data-lang, the page's
// own lang, the browser's), and shows nothing after valid_until, whatever became of us.
(() => {
  "use strict";
  const own = document.currentScript;
  const from = own.dataset.from || own.src.replace(/\.js(?=$|[?#])/, ".json");
  const EVERY = 60000;
  let banner = null, skew = 0, box = null, timer = 0;

  const spoken = () => [own.dataset.lang, document.documentElement.lang, ...navigator.languages]
    .filter(Boolean).flatMap((tag) => [tag.toLowerCase(), tag.toLowerCase().split("-")[0]]);

  const words = () => {
    const texts = banner.texts || {};
    const code = [...spoken(), "en", ...Object.keys(texts)].find((each) => texts[each]);
    return code ? { code, text: String(texts[code]) } : null;
  };

  const remove = () => { if (box) { box.remove(); box = null; } };

  const draw = () => {
    clearTimeout(timer);
    const left = banner && banner.shown ? Date.parse(banner.valid_until) - Date.now() - skew : 0;
    const said = left > 0 ? words() : null;
    if (!said) { remove(); return; }
    if (!box) {
      box = document.createElement("div");
      box.id = "deskmate-banner";
      box.setAttribute("role", "status");
      Object.assign(box.style, {
        background: "#fff4ce", color: "#1f1f1f", borderBottom: "3px solid #b45309",
        padding: "0.75rem 1rem", font: "1rem/1.45 system-ui, sans-serif", textAlign: "center",
      });
      document.body.prepend(box);
    }
    box.lang = said.code;
    box.textContent = said.text;
    timer = setTimeout(draw, Math.min(left + 50, 2 ** 31 - 1));
  };

  const look = async () => {
    try {
      const answer = await fetch(from, { credentials: "omit", cache: "no-cache" });
      if (!answer.ok) throw new Error(String(answer.status));
      banner = await answer.json();
      const theirs = Date.parse(answer.headers.get("date"));
      skew = Number.isNaN(theirs) ? 0 : theirs - Date.now();
      if (Math.abs(skew) < 5000) skew = 0;
    } catch {
      // Nobody answers: what was read last stays, until its time is over.
    }
    draw();
  };

  const begin = () => {
    new MutationObserver(draw).observe(
      document.documentElement, { attributes: true, attributeFilter: ["lang"] });
    look();
    setInterval(look, EVERY);
  };
  if (document.body) begin();
  else document.addEventListener("DOMContentLoaded", begin);
})();
