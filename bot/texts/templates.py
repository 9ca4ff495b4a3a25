# SPDX-License-Identifier: GPL-3.0-or-later
"""Loads the templates and fills them in, in a sandbox: values are never read as templates."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from jinja2 import FileSystemLoader, StrictUndefined, Template
from jinja2.sandbox import ImmutableSandboxedEnvironment

FOLDER = Path(__file__).parent / "templates"
NO_BREAK_SPACE = "\u00a0"


def parts(name: str, values: Mapping[str, object]) -> Mapping[str, str]:
    """Every block of the template `name` with `values` filled in, each on one line."""
    template = _template(name)
    context = template.new_context(dict(values))
    return {block: _line("".join(fill(context))) for block, fill in template.blocks.items()}


def whole(name: str, values: Mapping[str, object]) -> str:
    """The template `name` with `values` filled in, on one line."""
    return _line(_template(name).render(dict(values)))


@cache
def _template(name: str) -> Template:
    return _environment().get_template(name)


@cache
def _environment() -> ImmutableSandboxedEnvironment:
    return ImmutableSandboxedEnvironment(
        loader=FileSystemLoader(FOLDER), undefined=StrictUndefined, autoescape=False
    )


def _line(text: str) -> str:
    """One line; the no-break spaces that French needs stay."""
    return NO_BREAK_SPACE.join(" ".join(part.split()) for part in text.split(NO_BREAK_SPACE))
