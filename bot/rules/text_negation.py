# SPDX-License-Identifier: GPL-3.0-or-later
"""Decides whether a word found in a text was denied: "no outage", "Сбоя нет", "inte nere".

A cue stands up to four words before the hit (one, where a list says `adjacent`) or directly after
it, in the same clause.  Punctuation and words like "but" end its reach.  A cue that itself states
a fault denies nothing: in "is not responding since the outage" the outage is real.  Cues of all
languages are tried together, so words that mean something else in another one ("ni" is French for
"nor" and Swedish for "you") count only where their own language shows.
"""

from __future__ import annotations

from collections.abc import Collection
from enum import StrEnum

from bot.rules.text_tokens import Gap, Tokens

REACH_NEAR = 4
REACH_ADJACENT = 1


class Negation(StrEnum):
    """How far before a word a cue denies it."""

    NEAR = "near"
    ADJACENT = "adjacent"
    OFF = "off"


CUES = frozenset(
    "no not never without none neither nor dont doesnt didnt isnt arent wasnt werent hasnt havent "
    "hadnt cannot cant couldnt "
    "pas aucun aucune aucuns aucunes sans jamais non ne nul nulle "
    "kein keine keinen keinem keiner keines keinerlei nicht nie niemals ohne weder "
    "inte ej icke ingen inga inget aldrig utan varken "
    "не нет без ни никакой никакая никакого никакое никакие никаких никогда отсутствует "
    "отсутствуют отсутствие".split()
)
_CONTRACTED = frozenset(
    "is are was were do does did has have had can could would should won wo isn aren wasn weren "
    "don doesn didn hasn haven hadn couldn wouldn shouldn ain mustn needn".split()
)
_ENDS_REACH = frozenset(
    "but however although though except besides mais cependant toutefois sauf pourtant "
    "aber jedoch sondern außer ausser men dock förutom но однако зато кроме".split()
)
# After one of these the cue says that something is broken, not that a fault is absent.
_FAULT_AFTER = frozenset(
    "work works working worked respond responds responding load loads loading available reachable "
    "accessible possible able open opens opening start starts starting sync syncs syncing send "
    "sends sending receive receives receiving function functioning connect connecting access "
    "response responses connection login resolved solved fixed only just idea sure know doubt "
    "fonctionne fonctionnent fonctionner marche marchent marcher répond répondent charge "
    "disponible disponibles accessible accessibles résolu résolue accès réponse connexion "
    "seulement peut peux pouvons peuvent arrive arrivons arrivent "
    "funktioniert funktionieren erreichbar verfügbar möglich behoben gelöst zugriff verbindung "
    "antwort nur sicher geladen gestartet "
    "fungerar funkar tillgänglig tillgängligt nåbar nåbart löst åtgärdat åtkomst svar kontakt bara "
    "endast säker "
    "работает работают работал работала отвечает отвечают загружается загружаются открывается "
    "открываются запускается запускаются доступен доступна доступно доступны устранен устранена "
    "устранено решен решена решено могу может можем могут удается удалось получается доступа связи "
    "ответа только просто уверен знаю".split()
)
_FAULT_BEFORE = frozenset(
    "can could kann können konnte konnten kan kunde peut peux pouvons peuvent arrive arrivons "
    "arrivent fonctionne fonctionnent marche marchent répond répondent charge "
    "funktioniert funktionieren geht gehen läuft laufen lädt laden startet antwortet reagiert "
    "fungerar funkar går svarar laddar startar öppnas why warum varför pourquoi почему".split()
)
_INABILITY = frozenset(["cannot", "cant", "couldnt"])
_PERCEPTION = frozenset(
    "see find confirm reproduce detect observe notice sehen finden bestätigen feststellen erkennen "
    "se hitta bekräfta upptäcka voir trouver confirmer constater détecter видеть увидеть найти "
    "подтвердить обнаружить".split()
)
_FILLERS = frozenset("more longer yet mehr noch längre mer ännu plus encore больше еще уже".split())
_AFTER = frozenset(
    "no not none never nicht nie keine keiner keines inte ej pas aucun aucune jamais non нет не "
    "отсутствует отсутствуют saknas".split()
)
_ANY_CUE = CUES | _AFTER | {"t", "n", "plus", "ni"}
"""A text without any of these denies nothing."""
_AFTER_GOES_ON = frozenset(
    "any at anymore in on for here now today anywhere observed detected present "
    "mehr vorhanden festgestellt bekannt im in bei am seit und heute "
    "längre i på hos och idag nu "
    "dans chez sur en à et constaté constatée constatées détecté détectée signalé signalée "
    "у в на и уже больше сейчас сегодня пока с при по а было наблюдается наблюдаются обнаружено "
    "выявлено зафиксировано".split()
)


def denied_by(
    tokens: Tokens, first: int, after: int, *, how: Negation, taken: Collection[int] = ()
) -> str | None:
    """The cue that denies the words from `first` up to `after`, or None.

    `taken` are words that belong to another phrase of the same list and so are no cues.
    """
    if how is Negation.OFF or _ANY_CUE.isdisjoint(tokens.distinct):
        return None
    reach = REACH_NEAR if how is Negation.NEAR else REACH_ADJACENT
    return _cue_before(tokens, first, after, reach, taken) or _cue_after(tokens, after, taken)


def _cue_before(
    tokens: Tokens, first: int, after: int, reach: int, taken: Collection[int]
) -> str | None:
    left = reach
    index = first - 1
    while index >= 0 and left > 0 and tokens.gap(index) < Gap.CLAUSE:
        if tokens.words[index] in _ENDS_REACH or _is_but_in_swedish(tokens, index):
            return None
        if index not in taken and _denies(tokens, index, first, after):
            return _cue_shown(tokens, index)
        if not tokens.is_elided(index):
            left -= 1
        index -= 1
    return None


def _cue_shown(tokens: Tokens, index: int) -> str:
    is_contraction = tokens.words[index] == "t" and index > 0
    return tokens.shown(index - 1 if is_contraction else index, index + 1)


def _denies(tokens: Tokens, index: int, first: int, after: int) -> bool:
    return _is_cue(tokens, index) and not _states_a_fault(tokens, index, first, after)


def _is_cue(tokens: Tokens, index: int) -> bool:
    words, word = tokens.words, tokens.words[index]
    before = words[max(0, index - 3) : index]
    if word == "t":
        return index > 0 and words[index - 1] in _CONTRACTED and tokens.is_elided(index - 1)
    if word == "n":
        return tokens.is_elided(index)
    if word == "plus":
        return "ne" in before or "n" in before
    if word == "ni":
        return any(cue in before or cue in words[index + 1 : index + 4] for cue in ("ni", "ne"))
    if word == "no":
        return not words[index + 1 : index + 2] or not words[index + 1].isdigit()
    return word in CUES


def _states_a_fault(tokens: Tokens, index: int, first: int, after: int) -> bool:
    """Whether a cue belongs to "does not work", "cannot", "no-code" and so denies nothing else."""
    words = tokens.words
    if tokens.is_compound(index) and index + 1 < first:
        return True
    following = index + 1
    while following < len(words) and words[following] in _FILLERS and following < index + 3:
        following += 1
    before = words[index - 1] if index > 0 else ""
    is_unable = words[index] in _INABILITY or before in _FAULT_BEFORE
    if any(word in _PERCEPTION for word in words[index + 1 : min(index + 4, first)]):
        return False
    if is_unable:
        return True
    is_outside = not first <= following < after
    return is_outside and following < len(words) and words[following] in _FAULT_AFTER


def _is_but_in_swedish(tokens: Tokens, index: int) -> bool:
    """`utan` is "without", but after a negation it is "but rather" (inte långsam utan nere)."""
    before = tokens.words[max(0, index - 4) : index]
    return tokens.words[index] == "utan" and any(
        cue in before for cue in ("inte", "ej", "ingen", "inga", "inget")
    )


def _cue_after(tokens: Tokens, after: int, taken: Collection[int]) -> str | None:
    """A cue right behind the words, unless it begins something new ("outage not resolved")."""
    if after >= len(tokens.words) or tokens.gap(after - 1) >= Gap.CLAUSE:
        return None
    if tokens.words[after] not in _AFTER or after in taken:
        return None
    goes_on = after + 1 < len(tokens.words) and tokens.gap(after) < Gap.CLAUSE
    if goes_on and tokens.words[after + 1] not in _AFTER_GOES_ON | _ENDS_REACH:
        return None
    return tokens.shown(after, after + 1)
