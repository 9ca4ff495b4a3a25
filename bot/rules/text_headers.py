# SPDX-License-Identifier: GPL-3.0-or-later
"""How mail programs announce quotations, signatures and legal notes, in the desk's languages.

Sources: the forms sent by Outlook, Gmail, Apple Mail, Thunderbird, Yahoo, mail.ru and Yandex in
English, German, French, Swedish and Russian; Danish, Norwegian, Dutch, Italian, Spanish and
Chinese where they cost one line.  Every pattern is tried on what `look` leaves of one line, so
none can run away.
"""

from __future__ import annotations

import re

QUOTE_FOLLOWS = "-----Original Message-----"
"""The line that stands for a quotation announced by mark-up alone."""

_I = re.IGNORECASE
_LONGEST_LOOK = 300


def look(line: str) -> str:
    """The beginning of a line with its blanks squeezed: what the patterns are tried on."""
    return " ".join(line[:_LONGEST_LOOK].split())


# How Gmail, Thunderbird, Yahoo, Yandex, mail.ru and Notes announce what they forward, and Apple.
_FORWARDED = (
    r"forwarded (?:message|by .{0,60})|begin forwarded message|weitergeleitete nachricht"
    r"|message (?:transf(?:é|e)r(?:é|e)|réexpédié)|vidarebefordrat meddelande"
    r"|(?:пересланное|пересылаемое|перенаправленное) сообщение"
)
_FORWARDED_APPLE = (
    r"begin forwarded message|anfang der weitergeleiteten nachricht"
    r"|début du message (?:transféré|réexpédié)|vidarebefordrat (?:brev|meddelande)"
    r"|начало (?:переадресованного|пересылаемого|перенаправленного) сообщения"
)
FORWARDED = re.compile(
    rf"^[\s*_>]*(?:-{{2,}}\s*(?:{_FORWARDED})\s*-{{2,}}|(?:{_FORWARDED_APPLE})\s*:)[\s*_]*$", _I
)
ORIGINAL_MESSAGE = re.compile(
    rf"^[\s*_>]*-{{2,}}\s*(?:original (?:message|appointment|email)|{_FORWARDED}|reply message"
    r"|urspr(?:ü|ue)ngliche (?:nachricht|e-?mail)|original-?nachricht"
    r"|message d'origine|message original|courriel original"
    r"|ursprungligt meddelande|originalmeddelande"
    r"|исходное сообщение|оригинальное сообщение"
    r"|end of forwarded message|завершение пересылаемого сообщения"
    r"|oprindelig meddelelse|opprinnelig melding|oorspronkelijk bericht|messaggio originale"
    r"|mensaje original)\s*-{2,}[\s*_]*$"
    rf"|^\s*(?:{_FORWARDED_APPLE})\s*:\s*$",
    _I,
)

# What Outlook, Gmail and Apple put before a subject to forward it: FW, Fwd; German WG, French TR,
# Swedish VB, Russian ПЕР.  A gateway's [EXTERNAL] may stand before it.
FORWARD_SUBJECT = re.compile(
    r"^\s*(?:\[[^\]\n]{1,30}\]\s*)?(?:fwd?|wg|wtr?l|tr|vb|vs|пер|пересл|rv|doorst)\s?:", _I
)

# What closes the line above a quotation, and what such a line must hold to be one.
_WROTE = (
    r"\bwrote|\bwrites|\bsaid|\bschrieb|\bschreibt|\bgeschrieben|\ba écrit|\bécrit|\ba ecrit"
    r"|\bskrev|\bskriver|пишет|писал|писала|написал|написала|написал\(а\)|написали|сообщил"
    r"|\bschreef|\bgeschreven|\bha scritto|\bescribió|\bescribio|\bescreveu|\bkirjoitti|\bírta"
    r"|\bnapisał\w*|\bnapisał\(a\)|\bpisze|写道"
)
ATTRIBUTION_END = re.compile(
    rf"(?:{_WROTE})\s*[:：]?[\s*_]*-{{0,6}}\s*$"
    r"|(?:\bwrote|\bschrieb|\ba écrit|\bskrev|пишет|написал|написал\(а\))(?!\w).{0,120}:\s*$",
    _I,
)
ATTRIBUTION_START = re.compile(
    r"^[\s>*_-]*(?:w dniu\b|quoting\b|in article\b|on\b|am\b|le\b|den\b|op\b|il\b|el\b|em\b|fre\b"
    r"|tors\b|ons\b|tis\b|mån\b|lör\b"
    r"|sön\b|mon\b|tue\b|wed\b|thu\b|fri\b|sat\b|sun\b|lun\b|mar\b|mer\b|jeu\b|ven\b|sam\b|dim\b"
    r"|(?:måndag|tisdag|onsdag|torsdag|fredag|lördag|söndag)(?:en)?\b"
    r"|пн|вт|ср|чт|пт|сб|вс|понедельник|вторник|среда|среду|четверг|пятница|пятницу|суббота|субботу"
    r"|воскресенье|\d{1,4}[./-]\d{1,2}|\d{1,2}\.?\s+[^\W\d]{3,}|в\s+\d|在|\S{1,60}@|<"
    rf"|[^<>]{{1,80}}<[^<>@\s]{{1,80}}@[^<>@\s]{{1,80}}>\s?(?:{_WROTE}))",
    _I,
)
DATED = re.compile(r"\d{1,4}[./-]\d{1,2}[./-]\d{1,4}|\d{4}|\S@\S|\d+月")
DATE_AND_NAME = re.compile(
    r"^\s*\d{4}[-/]\d{1,2}[-/]\d{1,2},?\s+(?:\d{1,2}:\d{2}(?::\d{2})?\s+(?:GMT|UTC)\S*\s+\S.{0,120}"
    r"|[^<>]{1,80}<[^<>\s]{1,120}>:?)\s*$"
    r"|^.{0,40}\b\d{4}\b[^<>]{0,80}<[^<>\s]{1,120}@[^<>\s]{1,120}>\s*:\s*$",
    _I,
)

_KEYS = {
    "from": "from|von|de|från|fran|от|от кого|fra|van|da",
    "date": "sent|date|gesendet|datum|envoyé|envoye|le|skickat|отправлено|дата|sendt|dato",
    "to": "to|an|à|a|till|кому|til|aan|cc|kopia|kopie|копия|reply-to",
    "subject": "subject|betreff|objet|ämne|amne|тема|emne|onderwerp|oggetto|asunto",
}
HEADER_FROM = re.compile(rf"^[\s>*_]*(?:{_KEYS['from']})[*_]*\s?:[*_]*\s*\S", _I)
HEADER_ANY = re.compile(
    rf"^[\s>*_]*(?:{'|'.join(_KEYS.values())})[*_]*\s?:[*_]*(?:\s|$)",
    _I,
)
HEADER_SUBJECT = re.compile(rf"^[\s>*_]*(?:{_KEYS['subject']})[*_]*\s?:[*_]*(?P<rest>.*)", _I)
HEADER_SURE = re.compile(rf"^[\s>*_]*(?:{_KEYS['date']}|{_KEYS['subject']})[*_]*\s?:", _I)

# A line between two bars is a row of a pasted table, not a quotation.
QUOTED_LINE = re.compile(r"^\s{0,3}(?:[A-Z]{1,3})?>|^\s{0,3}\|(?:\s.*[^|\s])?\s{0,3}$")

SIGNATURE_MARK = re.compile(r"^\s{0,3}(?:--|—|––|_{5,}|-{2} ?-)\s*$")
RULER = re.compile(r"^\s{0,10}(?:-{3,}|_{3,}|\*{3,}|={3,}|#{4,}|~{3,}|\+{3,}|ᐧ)\s*$")
SENT_FROM = re.compile(
    r"^[\s*_]*(?:sent (?:from (?:my|outlook|mail|yahoo|samsung|proton|a )|via )"
    r"|sent with (?:proton|mailspring|spark)|get outlook for"
    r"|von meinem .{1,40} gesendet|gesendet (?:von|mit|aus|über) "
    r"|envoyé (?:de(?:puis)? mon|de mon|à partir d|depuis|avec|de mail) "
    r"|télécharger outlook|outlook für .{1,20} beziehen|holen sie sich outlook"
    r"|skickat (?:från|via)|skickades från|hämta outlook"
    r"|отправлено (?:с|из|от) |отправлено из мобильной|скачать outlook|получить outlook"
    r"|sendt fra |verzonden vanaf |inviato da |enviado desde )(?P<rest>.{0,60})$",
    _I,
)

CLOSING = re.compile(
    r"^[\s*_]*(?:(?:best|kind|warm|many|with (?:best|kind))?\s*(?:kindest )?regards"
    r"|best|best wishes|cheers|many thanks|thanks|thank you|thanks and regards|sincerely"
    r"|yours (?:sincerely|faithfully|truly)|br|kr|rgds|thx"
    r"|mit (?:freundlichen|besten|vielen|herzlichen) gr(?:ü|ue)(?:ß|ss)en"
    r"|mit freundlichem gru(?:ß|ss)"
    r"|(?:viele|beste|liebe|schöne|freundliche|herzliche) gr(?:ü|ue)(?:ß|ss)e|mfg|vg|lg|gru(?:ß|ss)"
    r"|vielen dank|danke|besten dank"
    r"|(?:bien )?cordialement|bien à vous|salutations(?: distinguées)?|meilleures salutations|cdlt"
    r"|sincères salutations|merci(?: d'avance)?|bonne (?:journée|soirée)"
    r"|(?:med )?vänlig(?:a)? hälsning(?:ar)?|mvh|hälsningar|vänligen"
    r"|bästa hälsningar|med bästa hälsningar|tack(?: på förhand)?"
    r"|с уважением|с наилучшими пожеланиями|всего доброго|заранее спасибо|спасибо|благодарю"
    r")(?:\s*[,.!]*)?[\s*_]*$",
    _I,
)
CLOSING_THEN_NAME = re.compile(
    r"^[\s*_]*(?:best regards|kind regards|regards|mit freundlichen grüßen|viele grüße|cordialement"
    r"|med vänliga? hälsning(?:ar)?|mvh|с уважением)\s?,\s?[^\W\d_]+(?:\s[^\W\d_]+){0,2}$",
    _I,
)

BANNER = re.compile(
    r"^[\s*_\[(]*(?:caution|external|warning|attention|achtung|vorsicht|extern|externe|varning"
    r"|внимание)\b.{0,60}\b(?:external|outside|originated|externe[rnms]?|extern|außerhalb|utanför"
    r"|extérieure?|внешн\w+|извне)\b"
    r"|^\s*\[\s*(?:external|extern|externe)\s*\]\s*$",
    _I,
)
DISCLAIMER = re.compile(
    r"^[\s*_]*(?:(?:confidentiality|privacy|legal) (?:notice|note|disclaimer)|disclaimer\b"
    r"|this (?:e-?mail|message|communication|transmission)\b.{0,120}(?:confidential|privileged"
    r"|intended (?:only|solely)|copyright)"
    r"|the (?:information|contents?)\b.{0,80}(?:e-?mail|message|communication)\b.{0,120}"
    r"(?:confidential|privileged|intended)"
    r"|if you (?:are not|have received) .{0,60}(?:intended recipient|in error)"
    r"|please consider the environment|think before (?:you )?print"
    r"|dies(?:e|er) (?:e-?mail|nachricht)\b.{0,160}vertraulich"
    r"|der inhalt dieser e-?mail|wenn sie nicht der (?:richtige|vorgesehene) (?:adressat|empfänger)"
    r"|bitte (?:denken sie|prüfen sie).{0,60}(?:umwelt|ausdruck)|haftungsausschluss"
    r"|ce (?:message|courriel|mail|courrier)\b.{0,160}(?:confidentiel|destinataire)"
    r"|les informations contenues dans ce|pensez à l'environnement|avis de confidentialité"
    r"|(?:detta|denna) (?:e-?post|e-?mail|mejl|mail|meddelande)\S{0,15}\b.{0,160}(?:konfidentiel"
    r"|sekretess|avsedd|avsett)|informationen i detta|tänk på miljön"
    r"|(?:это|данное|настоящее) (?:электронное )?(?:сообщение|письмо)\b.{0,160}(?:конфиденциальн"
    r"|предназначен)|информация, содержащаяся в (?:этом|данном|настоящем))",
    _I,
)
