# SPDX-License-Identifier: GPL-3.0-or-later
"""The words of reports in each language, and what stands for a name of ours in them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from bot.texts.report_de import REPORT as GERMAN
from bot.texts.report_en import REPORT as ENGLISH
from bot.texts.report_fr import REPORT as FRENCH
from bot.texts.report_ru import REPORT as RUSSIAN
from bot.texts.report_sv import REPORT as SWEDISH
from bot.texts.words import language

REPORTS: Mapping[str, Mapping[str, str]] = {
    "en": ENGLISH,
    "fr": FRENCH,
    "de": GERMAN,
    "sv": SWEDISH,
    "ru": RUSSIAN,
}


@dataclass(frozen=True, slots=True)
class ReportWords:
    """How one language tells of an outage or an incident."""

    code: str
    say: Mapping[str, str]

    def __getitem__(self, key: str) -> str:
        """One word or sentence."""
        return self.say[key]

    def named(self, kind: str, name: str) -> str:
        """What a name of ours is called (`step`, `product`, `state`, `fate`, ..), else itself."""
        return self.say.get(f"{kind}_{name}", name.replace("_", " "))

    def status(self, name: str) -> str:
        """A ticket's status, as the continuity page calls it."""
        return language(self.code).words.continuity.get(f"status_{name}", name)

    def clock(self, name: str) -> str:
        """A promise's name."""
        return language(self.code).words.clocks.get(name, name.replace("_", " "))

    def length(self, span: timedelta) -> str:
        """`1 h 05 min`, `43 min 12 s`, `9 s`."""
        seconds = round(span.total_seconds())
        if seconds < 60:
            return self.say["seconds"].format(seconds)
        if seconds < 3600:
            return self.say["minutes"].format(seconds // 60, seconds % 60)
        return self.say["hours"].format(seconds // 3600, seconds % 3600 // 60)

    def decimal(self, text: str) -> str:
        """A number with the language's decimal sign."""
        return text.replace(".", self.say["point"])


def report_words(wanted: str) -> ReportWords:
    """The nearest language we have, English for an unknown one."""
    code = language(wanted).code
    return ReportWords(code, REPORTS[code])
