# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes the Slack client as we need it: no retries behind our back, a timeout, no proxy at home."""

from __future__ import annotations

from ipaddress import ip_address
from urllib.parse import urlsplit

from slack_sdk import WebClient

SLACK = "https://slack.com/api/"
TIMEOUT = 10


def slack_client(token: str, *, base_url: str = SLACK, timeout: int = TIMEOUT) -> WebClient:
    """A client whose every failure reaches us; `timeout` in seconds, for each read.

    The client's own retry handler posts a message again when the reply is lost: measured, two
    messages for one.
    """
    client = WebClient(
        token, base_url=base_url.rstrip("/") + "/", timeout=timeout, retry_handlers=[]
    )
    if is_loopback(base_url):
        # The client takes HTTPS_PROXY from the environment and does not look at NO_PROXY.
        client.proxy = None
    return client


def is_loopback(url: str) -> bool:
    """True for an address on this machine."""
    host = urlsplit(url).hostname or ""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
