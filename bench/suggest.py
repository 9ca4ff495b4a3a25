# SPDX-License-Identifier: GPL-3.0-or-later
"""How long a suggestion takes: `python bench/suggest.py [articles]`.

Articles are made of the words of the test corpus in five languages and of invented ones, whose
frequencies fall as in real texts (Zipf). Questions are short searches and mails of 120 words.
"""

from __future__ import annotations

import json
import random
import resource
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from bot.rules.knowledge import Article, Library
from bot.rules.knowledge_words import LANGUAGES, words_of

DATA = Path(__file__).resolve().parent.parent / "tests" / "data" / "knowledge.json"
VOCABULARY = 30_000
WORDS_OF_AN_ARTICLE = 300
WORDS_OF_A_MAIL = 120
QUESTIONS = 1_000
_SYLLABLES = (
    "ba re to mi ka son lu ver dal tin gro pel ist ung het ion ers att und var kel mor nis ta fro"
).split()


def main(count: int) -> None:
    """Build an index, ask it, and print what it took."""
    chance = random.Random(7)
    texts = json.loads(DATA.read_text("utf-8"))
    speak = _speaker(texts["articles"], chance)
    articles = [_article(number, speak, chance) for number in range(count)]
    began = time.perf_counter()
    library = Library(articles)
    built = time.perf_counter() - began
    again = time.perf_counter()
    Library(articles)
    rebuilt = time.perf_counter() - again
    print(f"{count} articles of {WORDS_OF_AN_ARTICLE} words: built in {built:.1f} s, "
          f"again in {rebuilt:.1f} s")  # fmt: skip
    real = [row["text"] for row in (*texts["questions"], *texts["blind"])]
    kinds: dict[str, Callable[[], tuple[str, str]]] = {
        "search": lambda: (chance.choice(real), ""),
        "mail": lambda: (
            chance.choice(real),
            " ".join(speak(chance.choice(LANGUAGES), WORDS_OF_A_MAIL)),
        ),
    }
    for name, make in kinds.items():
        asked = [make() for _ in range(QUESTIONS)]
        print(f"{name:>8}: {_shown(_times(library, asked))}")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"peak memory {peak:.0f} MiB, the articles themselves included")


def _speaker(
    rows: Sequence[dict[str, str]], chance: random.Random
) -> Callable[[str, int], list[str]]:
    invented = ["".join(chance.choices(_SYLLABLES, k=chance.randint(2, 4)))
                for _ in range(VOCABULARY)]  # fmt: skip
    weights = [1.0 / rank for rank in range(1, VOCABULARY + 1)]
    real: dict[str, list[str]] = {language: [] for language in LANGUAGES}
    for row in rows:
        real[row["language"]] += words_of(f"{row['title']} {row['body']}")

    def speak(language: str, length: int) -> list[str]:
        few = length // 5
        return [*chance.choices(real[language], k=few),
                *chance.choices(invented, weights, k=length - few)]  # fmt: skip

    return speak


def _article(number: int, speak: Callable[[str, int], list[str]], chance: random.Random) -> Article:
    language = LANGUAGES[number % len(LANGUAGES)]
    title = " ".join(speak(language, chance.randint(5, 9)))
    body = " ".join(speak(language, WORDS_OF_AN_ARTICLE))
    return Article(str(number), title, body, language)


def _times(library: Library, asked: Sequence[tuple[str, str]]) -> list[float]:
    taken = []
    for subject, body in asked:
        began = time.perf_counter()
        library.suggest(subject, body)
        taken.append((time.perf_counter() - began) * 1000)
    return taken


def _shown(taken: Sequence[float]) -> str:
    ordered = sorted(taken)
    share = {name: ordered[int(len(ordered) * part) - 1] for name, part in
             (("p95", 0.95), ("p99", 0.99))}  # fmt: skip
    return (f"median {statistics.median(ordered):.2f} ms, p95 {share['p95']:.2f} ms, "
            f"p99 {share['p99']:.2f} ms")  # fmt: skip


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 5_000)
