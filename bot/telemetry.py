# SPDX-License-Identifier: GPL-3.0-or-later
"""Logs and figures: what the daemon says about itself to those who run it.

Events are in the past tense with key-values; secrets and customers' words stay out. The metrics
are few and named after what they count.
"""

from __future__ import annotations

import hashlib
import logging
import re
import secrets
import sys
from typing import cast

import structlog
from prometheus_client import CollectorRegistry, Counter, Gauge, generate_latest

REDACTED = frozenset({"token", "secret", "password", "authorization", "signature", "url_with_key"})


_ADDRESS = re.compile(r"[\w.+'-]{1,64}@[\w.-]{1,253}\w|(?<=sms:)\+?\d{5,15}")


def configure_logs(log_format: str, level: str, *, addresses: str = "shown") -> None:
    """Send every log line to standard error, as text for people or as JSON for machines.

    With `addresses` "hidden" nobody's mail address or number stands in a line.
    """
    renderer: structlog.typing.Processor = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if log_format == "json"
        else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    )
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _redact,
        structlog.processors.format_exc_info,
        *([Veil()] if addresses == "hidden" else []),
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    # Libraries that log every request, bodies of tickets included, at debug and info.
    for noisy in (
        "urllib3",
        "zenpy",
        "slack_sdk",
        "slack_bolt",
        "apscheduler",
        "alembic",
        "uvicorn",
    ):
        logging.getLogger(noisy).setLevel(logging.WARNING)


def logger(part: str) -> structlog.stdlib.BoundLogger:
    """The logger of one part of the house."""
    return cast(structlog.stdlib.BoundLogger, structlog.get_logger(part=part))


def _redact(
    _logger: object, _method: str, event: structlog.typing.EventDict
) -> structlog.typing.EventDict:
    for name in REDACTED & event.keys():
        event[name] = "***"
    return event


class Veil:
    """Puts a mark in the place of every address of a log line, the same for one run.

    What a person's lines have in common stays visible; without the run's salt nobody can tell who.
    """

    def __init__(self) -> None:
        """With a salt of its own."""
        self._salt = secrets.token_bytes(16)

    def __call__(
        self, _logger: object, _method: str, event: structlog.typing.EventDict
    ) -> structlog.typing.EventDict:
        """The same event without addresses."""
        # What begins with a line is structlog's own: the record that a library logged.
        return {
            name: value if name.startswith("_") else self._veiled(value)
            for name, value in event.items()
        }

    def _veiled(self, value: object) -> object:
        text = str(value)
        hidden = _ADDRESS.sub(self._mark, text)
        return value if hidden == text else hidden

    def _mark(self, found: re.Match[str]) -> str:
        told = self._salt + found.group().casefold().encode("utf-8", "replace")
        return "person-" + hashlib.sha256(told).hexdigest()[:8]


class Figures:
    """The metrics of one daemon, with a registry of their own so that tests do not share them."""

    def __init__(self) -> None:
        """All at zero."""
        self.registry = CollectorRegistry()
        self.events = self._counter("events", "Events written to the inbox", "source")
        self.decisions = self._counter("decisions", "Decisions committed", "kind")
        self.messages = self._counter("messages", "Attempts to deliver", "channel", "outcome")
        self.refusals = self._counter("refused_requests", "Requests refused at the door", "why")
        self.helpdesk_calls = self._counter("helpdesk_calls", "Calls of the helpdesk", "endpoint")
        self.steps_failed = self._counter("steps_failed", "Steps that ended in an error", "step")
        self.inbox_waiting = self._gauge("inbox_waiting", "Events not handled yet")
        self.outbox_waiting = self._gauge("outbox_waiting", "Messages not delivered yet")
        self.timers_overdue = self._gauge("timers_overdue_seconds", "Age of the oldest due timer")
        self.helpdesk_state = self._gauge("helpdesk_down", "1 while the helpdesk is held for down")

    def exposition(self) -> bytes:
        """The text that `/metrics` answers."""
        return generate_latest(self.registry)

    def _counter(self, name: str, text: str, *labels: str) -> Counter:
        return Counter(f"deskmate_{name}", text, labels, registry=self.registry)

    def _gauge(self, name: str, text: str) -> Gauge:
        return Gauge(f"deskmate_{name}", text, registry=self.registry)
