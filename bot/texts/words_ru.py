# SPDX-License-Identifier: GPL-3.0-or-later
"""The Russian words; units are abbreviated, so that no number needs another ending."""

from __future__ import annotations

from bot.texts.words_type import Words

RUSSIAN = Words(
    ticket="Заявка",
    customer="Клиент",
    priority="Приоритет",
    due="Срок",
    since="Начало",
    owner="Ответственный",
    detail="Что видно",
    nobody="пока никто",
    open_link="Открыть",
    open_ticket="Открыть {}",
    colon=": ",
    open_quote="«",
    close_quote="»",
    days="{} дн.",
    hours="{} ч",
    minutes="{} мин",
    under_a_minute="меньше минуты",
    left="осталось {}",
    ago="{} назад",
    late="Доставлено с опозданием: данные на {}.",
    weekdays=("пн", "вт", "ср", "чт", "пт", "сб", "вс"),
    months=(
        "января", "февраля", "марта", "апреля", "мая", "июня", "июля", "августа", "сентября",
        "октября", "ноября", "декабря",
    ),
    zones={"MSK": "МСК"},
    near_day="{weekday} {time}",
    far_day="{weekday} {day} {month} {time}",
    clocks={
        "first_response": "первый ответ",
        "first_reply": "первый ответ",
        "next_reply": "следующий ответ",
        "resolution": "решение",
    },
    buttons={"acknowledge": "Беру"},
    reasons={
        "relapsed": "Система ненадолго заработала и снова отказала.",
        "reopened": "Система отказала снова вскоре после восстановления.",
        "still_down": "Система всё ещё не работает.",
        "answering_again": "Продолжаем наблюдать; отложенные изменения скоро будут записаны.",
        "recovered": "Отбой. Отложенные изменения отправлены.",
        "credentials": (
            "Система заявок не принимает наши учётные данные. Сбоем это не считается."
        ),
        "refused_elsewhere": "Отправлено этим путём, потому что другой не сработал: {}.",
        "slow_elsewhere": "Отправлено и этим путём: другой его не принял ({}).",
        "undelivered": "Сообщения никого не достигли: {} (см. «deskmate outbox list --dead»).",
        "next_level": "Никто не взял: это уровень {}.",
        "skipped_levels": (
            "Никто не взял: уровень {}; уровни в скобках не удалось оповестить "
            "вовремя."
        ),
        "told_again": "Пока никто не взял: сообщение {}.",
        "taken_too_long": "Кто-то брал заявку, но срок вышел; проверьте ещё раз.",
        "handed_over": "Теперь дежурите вы, заявку никто не взял.",
        "date_near": "Приближается дата: {}.",
        "paused_long": "Всё ещё ждём: {}.",
    },
    next_steps={
        "mailbox": "Пока работаем из ящика {}.",
        "check_online": (
            "Выполните «deskmate check --online», затем обновите OAuth-клиент или токен."
        ),
    },
    not_written_down=(
        "Нажатие не сохранилось, никто о нём не узнал. Нажмите ещё раз или возьмите заявку "
        "в системе заявок."
    ),
    help=(
        "Deskmate следит за обещанными клиентам сроками и предупреждает здесь заранее.\n"
        "Кнопка «Беру» под сообщением закрепляет заявку за вами, это увидят все."
    ),
)  # fmt: skip
