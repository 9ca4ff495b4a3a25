# SPDX-License-Identifier: GPL-3.0-or-later
"""The Zendesk door's pages for webhooks: made, read, changed, tested, with their log."""

from __future__ import annotations

from dataclasses import replace

from bot.sandbox.http import Reply, json_reply
from bot.sandbox.world import World
from bot.sandbox.zendesk_answers import Ask, Route, error, not_found
from bot.sandbox.zendesk_emitter import WebhookEmitter
from bot.sandbox.zendesk_render import Json, instant
from bot.sandbox.zendesk_webhook import Attempt, Webhook


class HookPages:
    """Shows and changes the webhooks of an emitter; these paths never end in `.json`."""

    def __init__(self, world: World, emitter: WebhookEmitter) -> None:
        """Show the webhooks of `emitter`."""
        self._world = world
        self._emitter = emitter

    def routes(self) -> list[Route]:
        """Every page of this part."""
        one = "webhooks/{webhook}"
        return [
            Route("GET", "webhooks", self.webhooks),
            Route("POST", "webhooks", self.create),
            Route("POST", "webhooks/test", self.test),
            Route("GET", one, self.show),
            Route("PUT", one, self.update),
            Route("PATCH", one, self.update),
            Route("DELETE", one, self.delete),
            Route("GET", f"{one}/signing_secret", self.secret),
            Route("POST", f"{one}/signing_secret", self.new_secret),
            Route("GET", f"{one}/invocations", self.invocations),
            Route("GET", f"{one}/invocations/{{invocation}}/attempts", self.attempts),
        ]

    def webhooks(self, ask: Ask) -> Reply:
        """Every webhook."""
        rows = [_json(each) for each in self._emitter.webhooks()]
        return json_reply(200, {"webhooks": rows, "meta": {"has_more": False}})

    def create(self, ask: Ask) -> Reply:
        """201 with the webhook; its kind is fixed from now on."""
        sent = ask.sent("webhook")
        if not sent.get("endpoint") or not sent.get("name"):
            return error(400, "InvalidParameters", "name and endpoint are required")
        given = sent.get("subscriptions")
        made = self._emitter.connect(
            str(sent["endpoint"]), name=str(sent["name"]), username=_username(sent),
            subscriptions=tuple(str(e) for e in given) if isinstance(given, list) else (),
            description=str(sent.get("description") or ""),
        )  # fmt: skip
        return json_reply(201, {"webhook": _json(made)})

    def show(self, ask: Ask) -> Reply:
        """One webhook."""
        found = self._found(ask)
        return json_reply(200, {"webhook": _json(found)}) if found else not_found()

    def update(self, ask: Ask) -> Reply:
        """Change name, endpoint, status or description: 204."""
        found = self._found(ask)
        if found is None:
            return not_found()
        names = ("name", "endpoint", "status", "description")
        sent = {key: str(v) for key, v in ask.sent("webhook").items() if key in names and v}
        self._emitter.change(replace(found, updated_at=self._world.clock.now(), **sent))  # type: ignore[arg-type]
        return Reply(204)

    def delete(self, ask: Ask) -> Reply:
        """Take it away: 204."""
        return Reply(204) if self._emitter.remove(ask.args["webhook"]) else not_found()

    def test(self, ask: Ask) -> Reply:
        """Send a test now, signed with the public test secret; shows what the endpoint said."""
        request = ask.sent("request")
        endpoint = str(request.get("endpoint") or "")
        known = self._emitter.webhook(ask.call.query.get("webhook_id", ""))
        if not endpoint and known is None:
            return error(400, "InvalidParameters", "endpoint or webhook_id is required")
        payload = str(request.get("payload") or "{}").encode()
        tried = self._emitter.send_test(endpoint or (known.endpoint if known else ""), payload)
        return json_reply(200, {"response": _response(tried)})

    def secret(self, ask: Ask) -> Reply:
        """The secret that signs."""
        found = self._found(ask)
        return _secret_reply(found, 200) if found else not_found()

    def new_secret(self, ask: Ask) -> Reply:
        """A new secret from now on: 201."""
        found = self._found(ask)
        if found is None:
            return not_found()
        fresh = f"cm90YXRlZA{self._world.people.next_id()}="
        return _secret_reply(self._emitter.change(replace(found, secret=fresh)), 201)

    def invocations(self, ask: Ask) -> Reply:
        """The log: one line for each delivery, with its latest status."""
        if self._found(ask) is None:
            return not_found()
        latest = {a.invocation_id: a for a in self._emitter.attempts(ask.args["webhook"])}
        rows = [_invocation(each) for each in latest.values()]
        return json_reply(200, {"invocations": rows, "links": {}, "meta": {"has_more": False}})

    def attempts(self, ask: Ask) -> Reply:
        """Every try at one delivery."""
        found = self._emitter.attempts(ask.args["invocation"])
        return json_reply(200, {"attempts": [_attempt(each) for each in found]})

    def _found(self, ask: Ask) -> Webhook | None:
        return self._emitter.webhook(ask.args["webhook"])


def _json(webhook: Webhook) -> Json:
    shown: Json = {
        "id": webhook.webhook_id, "name": webhook.name, "description": webhook.description,
        "status": webhook.status, "subscriptions": list(webhook.subscriptions),
        "endpoint": webhook.endpoint, "http_method": "POST", "request_format": "json",
        "created_at": instant(webhook.created_at), "created_by": webhook.created_by,
    }  # fmt: skip
    if webhook.username is not None:
        shown["authentication"] = {
            "type": "basic_auth", "add_position": "header", "data": {"username": webhook.username},
        }  # fmt: skip
    if webhook.updated_at is not None:
        shown.update(updated_at=instant(webhook.updated_at), updated_by=webhook.created_by)
    return shown


def _username(sent: Json) -> str | None:
    given = sent.get("authentication")
    data = given.get("data") if isinstance(given, dict) else None
    return str(data["username"]) if isinstance(data, dict) and "username" in data else None


def _secret_reply(webhook: Webhook, status: int) -> Reply:
    secret = {"secret": webhook.secret, "algorithm": "SHA256"}
    return json_reply(status, {"signing_secret": secret})


def _invocation(attempt: Attempt) -> Json:
    shown: Json = {
        "id": attempt.invocation_id, "status": attempt.status,
        "latest_completed_at": instant(attempt.at),
    }  # fmt: skip
    return {**shown, "status_code": attempt.carried.status} if attempt.carried.status else shown


def _attempt(attempt: Attempt) -> Json:
    shown: Json = {
        "id": f"{attempt.invocation_id}-{attempt.attempt}",
        "invocation_id": attempt.invocation_id, "status": attempt.status,
        "completed_at": instant(attempt.at),
        "request": {
            "headers": [
                {"key": "X-Zendesk-Webhook-Signature-Timestamp", "value": attempt.timestamp},
                {"key": "X-Zendesk-Webhook-Signature", "value": attempt.signature},
            ],
            "payload": attempt.body.decode("utf-8", "replace"),
        },
    }  # fmt: skip
    if attempt.carried.status:
        response = _response(attempt)
        shown["status_code"] = response.pop("status_code")
        shown["response"] = response
    return shown


def _response(attempt: Attempt) -> Json:
    carried = attempt.carried
    return {
        "headers": [{"key": key, "value": value} for key, value in carried.headers.items()],
        "payload": carried.body.decode("utf-8", "replace"), "status_code": carried.status,
    }  # fmt: skip
