# SPDX-License-Identifier: GPL-3.0-or-later
"""`python -m bot` is `deskmate`."""

from __future__ import annotations

from bot.cli import main

if __name__ == "__main__":
    main()
