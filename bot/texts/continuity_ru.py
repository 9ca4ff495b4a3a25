# SPDX-License-Identifier: GPL-3.0-or-later
"""The Russian words of the continuity page and its links."""

from __future__ import annotations

CONTINUITY = {
    "over_title": "Ссылка больше не действует",
    "over": (
        "Ссылки на эту страницу действуют не дольше суток, и их можно отозвать. Новую даёт «/desk "
        "outage link» в Slack или «deskmate outage link» на сервере."
    ),
    "personal": (
        "Ссылка предназначена только для {person} и действует до {until}. Каждый просмотр "
        "записывается."
    ),
    "seen_by": "За последние сутки по ссылке смотрели:",
    "link": (
        "Ваша ссылка на список ожидающих, действует до {until}, только для вас; каждый просмотр "
        "записывается: {url}"
    ),
    "no_link_here": "Личную ссылку можно получить только в Slack: там её больше никто не увидит.",
    "no_link_set": (
        "Ссылки недоступны: не заданы DESKMATE_PUBLIC_URL (https) и DESKMATE_LINK_SECRET."
    ),
    "not_known": (
        "Вас нет ни в одном графике дежурств и ни в одной записи `people`; обратитесь к тому, кто "
        "отвечает за Deskmate."
    ),
    "open_page": "Кто ждёт ответа, без системы заявок",
    "title": "{}: кто ждёт",
    "subtitle": "кто ждёт, с какого времени и какой срок ближайший",
    "how_to": (
        "Этой странице не нужна система заявок. Ответить можно на письмо обращения, командой "
        "«/desk answer ИМЯ текст» в Slack или «deskmate case answer ИМЯ»."
    ),
    "skip": "К содержанию",
    "languages": "Язык",
    "state_label": "Состояние",
    "helpdesk": "Система заявок:",
    "state_healthy": "отвечает",
    "state_suspect": "похоже, не работает",
    "state_down": "не работает",
    "state_recovering": "снова отвечает, наблюдаем",
    "state_maintenance": "недоступна: объявленные работы",
    "since": "с {}",
    "way_back": "обращения: {}",
    "on_their_way": "переносится: {}",
    "refused": "отклонено: {}",
    "mailbox": "Почтовый ящик",
    "as_of": "Данные на",
    "mailbox_dead": "Почтовый ящик не читается.",
    "name": "Номер",
    "about": "Тема",
    "waits": "Ждёт",
    "due": "Ближайший срок",
    "priority": "Приоритет",
    "owner": "Ответственный",
    "waits_label": "ждёт",
    "answered": "отвечено",
    "nothing_due": "срока нет",
    "nobody": "пока никто",
    "left": "осталось {}",
    "late": "просрочено на {}",
    "cases": "Обращения из почты",
    "cases_caption": "Обращения из почты, ближайший срок первым",
    "no_cases": "Открытых обращений нет.",
    "mails": "Письма: {}.",
    "tickets": "Известные открытые заявки",
    "tickets_caption": "Открытые заявки по последнему чтению, ближайший срок первым",
    "no_tickets": "Открытых заявок не известно.",
    "read_at": "данные на {time} ({ago})",
    "never_read": "ещё не читались",
    "contacts": "контакты: {}",
    "left_out": "Ещё {} не показано; их выводит «deskmate case list --all».",
    "held": "Письма, на которые должен взглянуть человек",
    "no_sender": "без отправителя",
    "no_subject": "без темы",
    "fate_case": "стали обращениями: {}",
    "fate_reply": "присоединены к обращению: {}",
    "fate_staff": "наши ответы: {}",
    "fate_held": "ждут человека: {}",
    "fate_parked": "не прочитаны: {}",
    "fate_automatic": "автоответы: {}",
    "fate_bounce": "не доставлены: {}",
    "fate_noted": "пришли, пока система работала: {}",
    "fate_own": "вернулись наши: {}",
    "fate_waiting": "ещё не решено: {}",
    "back": "Кто ждёт",
    "due_at": "Срок: {due} ({left}).",
    "waits_for": "Ждёт {}.",
    "has_it": "Ответственный: {}.",
    "nobody_has_it": "Пока никто не взял.",
    "how_to_case": (
        "Ответить: на письмо обращения, словами «answer: текст» в его ветке Slack или командой "
        "«deskmate case answer {} текст»."
    ),
    "internal": "внутреннее",
    "nothing_said": "Переписка здесь неизвестна.",
    "a_customer": "клиент",
    "an_agent": "сотрудник",
    "no_such_case": "Такого обращения нет.",
    "status_new": "новое",
    "status_open": "открыто",
    "status_pending": "ждёт клиента",
    "status_hold": "приостановлено",
    "status_solved": "решено",
    "status_closed": "закрыто",
    "status_deleted": "удалено",
    "why_list": "рассылка",
    "why_subject": "вид темы письма",
    "why_no_sender": "в письме нет отправителя",
    "why_empty": "письмо пустое",
}
