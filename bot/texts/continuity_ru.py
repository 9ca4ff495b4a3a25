# SPDX-License-Identifier: GPL-3.0-or-later
"""The Russian words of the continuity page and its links."""

from __future__ import annotations

CONTINUITY = {
    "over_title": "Ссылка больше не действует",
    "over": (
        "Ссылки на эту страницу действуют не дольше суток, и их можно отозвать. Новую даёт "
        "«/desk outage link» в Slack или «deskmate outage link» на сервере."
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
}
