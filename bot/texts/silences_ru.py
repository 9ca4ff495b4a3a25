# SPDX-License-Identifier: GPL-3.0-or-later
"""The Russian words of `/desk silence` and `/desk maintenance`."""

from __future__ import annotations

from collections.abc import Mapping

SILENCES: Mapping[str, str] = {
    "how_to_silence": (
        "Напишите: /desk silence ИМЯ 2h organisation=Acme почему (без ограничения — всё), "
        "end ИМЯ или preview organisation=Acme"
    ),
    "how_to_maintenance": (
        "Пишите: /desk maintenance ИМЯ 2h service=portal причина, ИМЯ 2h zendesk причина "
        "или end ИМЯ"
    ),
    "no_such_limit": "Такого ограничения нет. Ваше и те, что есть: {}.",
    "silenced": "{}: режим тишины; критические сообщения приходят.",
    "helpdesk_works": "{}: если система заявок пропадёт на это время, тревоги не будет.",
    "no_silence": "Режим тишины не включён.",
    "no_maintenance": "Работ не объявлено.",
    "hidden_so_far": "придержано: {}",
    "would_hide": "Было бы придержано из сообщений за 7 дней: {}",
    "silence_ended": ("{} заканчивается; о том, что было придержано и ещё ждёт, придут сообщения."),
    "unknown_silence": "Такого нет; записанное в правилах меняют там. Можно закончить: {}",
}
