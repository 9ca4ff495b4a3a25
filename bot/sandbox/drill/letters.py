# SPDX-License-Identifier: GPL-3.0-or-later
"""What customers write in a rehearsal: a letter in each language, and a question of every day."""

from __future__ import annotations

from bot.sandbox.night.cast import Customer

LANGUAGES = {"en": "English", "fr": "French", "de": "German", "sv": "Swedish", "ru": "Russian"}
LETTERS = (
    Customer(
        "en", "Dana Drill", "dana.drill@rehearsal-en.example",
        "The service is down for everyone",
        "Hello,\n\nthe service is down: nobody in our company can log in since this morning.\n\n"
        "Kind regards\nDana Drill",
        again="Hello again, it is the same from another network and another browser.\n\nDana",
        to_both=True,
    ),
    Customer(
        "fr", "Denis Exercice", "denis.exercice@rehearsal-fr.example",
        "Le service est en panne pour tout le monde",
        "Bonjour,\n\nle service est en panne : plus personne chez nous ne peut se connecter depuis "
        "ce matin.\n\nCordialement\nDenis Exercice",
    ),
    Customer(
        "de", "Doris Übung", "doris.uebung@rehearsal-de.example",
        "Der Dienst ist für alle ausgefallen",
        "Guten Tag,\n\nder Dienst ist ausgefallen: seit heute Morgen kann sich bei uns niemand "
        "mehr anmelden.\n\nMit freundlichen Grüßen\nDoris Übung",
    ),
    Customer(
        "sv", "Disa Övning", "disa.ovning@rehearsal-sv.example",
        "Tjänsten ligger nere för alla",
        "Hej,\n\ntjänsten ligger nere: ingen hos oss kan logga in sedan i morse.\n\n"
        "Vänliga hälsningar\nDisa Övning",
    ),
    Customer(
        "ru", "Дина Учебная", "dina.uchebnaya@rehearsal-ru.example",
        "Сервис не работает ни у кого",
        "Здравствуйте,\n\nсервис не работает: с утра никто из наших сотрудников не может войти.\n\n"
        "С уважением\nДина Учебная",
    ),
)  # fmt: skip
"""One customer a language; the first writes twice, and to the helpdesk's own address as well."""
LATE = Customer(
    "en", "Lena Late", "lena.late@rehearsal-late.example",
    "The documents page does not open either",
    "Hello,\n\nthe documents page does not open, and our people are waiting. What can we do?\n\n"
    "Lena Late",
)  # fmt: skip
"""Who writes while a chat tool is dead."""
QUESTIONS = {
    "en": ("How do I make a report?", "Hello,\n\nhow do I make a monthly report? Thank you.\n"),
    "fr": ("Comment créer un rapport ?",
           "Bonjour,\n\ncomment puis-je créer un rapport mensuel ? Merci.\n"),
    "de": ("Wie mache ich einen Bericht?",
           "Guten Tag,\n\nwie kann ich einen Monatsbericht erstellen? Danke.\n"),
    "sv": ("Hur gör jag en rapport?",
           "Hej,\n\nhur gör jag för att skapa en månadsrapport? Tack.\n"),
    "ru": ("Как сделать отчёт?",
           "Здравствуйте,\n\nкак мне сделать отчёт за месяц? Спасибо.\n"),
}  # fmt: skip
"""What a customer asks on an ordinary day: subject and words, by language."""


def letter_in(language: str) -> Customer:
    """The letter of a language, the English one for a language that has none."""
    return next((each for each in LETTERS if each.language == language), LETTERS[0])
