# SPDX-License-Identifier: GPL-3.0-or-later
"""A store with an outbox, for each test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from ways import Post


@pytest.fixture
def post() -> Iterator[Post]:
    """A store, an outbox and ways to people."""
    post = Post()
    yield post
    post.store.close()
