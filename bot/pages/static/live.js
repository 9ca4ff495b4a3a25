// SPDX-License-Identifier: GPL-3.0-or-later
// Renews the part of a page that names its source in data-live; without script the page reloads.
"use strict";
const live = document.querySelector("[data-live]");
let shown = "";
async function renew() {
  try {
    const answer = await fetch(live.dataset.live, { cache: "no-store" });
    if (answer.ok) {
      const text = await answer.text();
      if (text !== shown) {
        shown = text;
        live.innerHTML = text;
      }
    }
  } catch {
    // Whoever served it has ended; what was shown last stays, with its time.
  }
}
if (live) setInterval(renew, 1000 * Number(live.dataset.every || 1));
