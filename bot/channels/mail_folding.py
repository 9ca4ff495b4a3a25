# SPDX-License-Identifier: GPL-3.0-or-later
"""Folds a mail's subject so that it is read as it was written.

Python's own folding, as of 3.11.7, drops or doubles the space between two encoded words of a long
subject: `аптека, касса` is read as `аптека,касса`.
"""

from __future__ import annotations

from email.header import Header
from email.policy import EmailPolicy


class WholeSubjects(EmailPolicy):
    """The policy for SMTP whose subjects keep their spaces; everything else is folded as usual."""

    def fold_binary(self, name: str, value: str) -> bytes:
        """One header as it goes over the line; a subject beyond ASCII as encoded words alone."""
        text = str(value)
        if name.casefold() != "subject" or text.isascii():
            return super().fold_binary(name, value)
        encoded = Header(text, "utf-8", header_name=name).encode(linesep=self.linesep)
        return f"{name}: {encoded}{self.linesep}".encode("ascii")


SMTP_WHOLE = WholeSubjects(linesep="\r\n")
"""What every mail of ours is written by."""
