# SPDX-License-Identifier: GPL-3.0-or-later
"""A visitor's browser, whose time runs fast."""

from __future__ import annotations

import html
import json
import shutil
import subprocess
from datetime import timedelta
from pathlib import Path
from typing import Any


def title_after(span: timedelta, url: str, folder: Path) -> Any:
    """What a page has written into its title, as JSON, after so long a time of its own."""
    browser = shutil.which("chromium") or shutil.which("google-chrome")
    assert browser is not None, "install chromium"
    done = subprocess.run(
        [browser, "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run",
         f"--user-data-dir={folder}", f"--virtual-time-budget={span // timedelta(milliseconds=1)}",
         "--dump-dom", url],
        capture_output=True, text=True, timeout=300, check=True,
    )  # fmt: skip
    title = done.stdout.partition("<title>")[2].partition("</title>")[0]
    return json.loads(html.unescape(title))
