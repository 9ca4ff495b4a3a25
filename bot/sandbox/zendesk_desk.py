# SPDX-License-Identifier: GPL-3.0-or-later
"""The Zendesk door's pages around tickets: fields, SLA policies, triggers, addresses, files."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.clock import Clock
from bot.sandbox.http import Reply, json_reply
from bot.sandbox.world import World
from bot.sandbox.world_post import SuspendedTicket
from bot.sandbox.world_shelf import Schedule, SlaPolicy, SupportAddress, Trigger
from bot.sandbox.world_values import Attachment, Brand
from bot.sandbox.zendesk_answers import Ask, Route, error, listing, not_found
from bot.sandbox.zendesk_render import (
    CUSTOM_STATUS_IDS,
    Json,
    attachment_json,
    field_json,
    instant,
)


class DeskPages:
    """Lists of the helpdesk's furniture, and uploads that wait to be attached."""

    def __init__(self, world: World) -> None:
        """Show the furniture of `world`; `uploads` holds files by token."""
        self.uploads: dict[str, Attachment] = {}
        self._world = world
        self._tokens = itertools.count(1)

    def routes(self) -> list[Route]:
        """Every page of this part."""
        return [
            Route("GET", "custom_statuses", self.custom_statuses),
            Route("GET", "ticket_fields", self.ticket_fields),
            Route("GET", "ticket_fields/{id}", self.ticket_field),
            Route("GET", "brands", self.brands),
            Route("GET", "triggers", self.triggers),
            Route("GET", "triggers/{id}", self.trigger),
            Route("GET", "slas/policies", self.sla_policies),
            Route("GET", "business_hours/schedules", self.schedules),
            Route("GET", "business_hours/schedules/{id}", self.schedule),
            Route("GET", "business_hours/schedules/{id}/holidays", self.holidays),
            Route("GET", "recipient_addresses", self.recipient_addresses),
            Route("GET", "suspended_tickets", self.suspended_tickets),
            Route("PUT", "suspended_tickets/{id}/recover", self.recover),
            Route("POST", "uploads", self.upload),
            Route("DELETE", "uploads/{token}", self.drop_upload),
        ]

    def custom_statuses(self, ask: Ask) -> Reply:
        """The five system statuses; this desk has none of its own."""
        at = self._world.daemon.created_at
        rows = [
            _status_json(name, number, ask.base, at) for name, number in CUSTOM_STATUS_IDS.items()
        ]
        return json_reply(200, {"custom_statuses": rows})

    def ticket_fields(self, ask: Ask) -> Reply:
        """Every custom ticket field."""
        rows = list(enumerate(self._world.people.fields(), start=1))
        return listing(ask, "ticket_fields", rows, lambda r: field_json(r[1], ask.base, r[0]))

    def ticket_field(self, ask: Ask) -> Reply:
        """One custom ticket field."""
        found = self._world.people.field(ask.number())
        if found is None:
            return not_found()
        return json_reply(200, {"ticket_field": field_json(found, ask.base, 1)})

    def brands(self, ask: Ask) -> Reply:
        """Every brand."""
        rows = self._world.people.brands()
        return listing(ask, "brands", rows, lambda each: _brand_json(each, ask.base))

    def triggers(self, ask: Ask) -> Reply:
        """The helpdesk's own triggers, its receipt among them."""
        rows = list(enumerate(self._world.shelf.triggers(), start=1))
        return listing(ask, "triggers", rows, lambda r: _trigger_json(r[1], ask.base, r[0]))

    def trigger(self, ask: Ask) -> Reply:
        """One trigger."""
        for place, each in enumerate(self._world.shelf.triggers(), start=1):
            if each.trigger_id == ask.number():
                return json_reply(200, {"trigger": _trigger_json(each, ask.base, place)})
        return not_found()

    def sla_policies(self, ask: Ask) -> Reply:
        """The helpdesk's own SLA policies, in order of position."""
        rows = list(enumerate(self._world.shelf.sla_policies(), start=1))
        return listing(ask, "sla_policies", rows, lambda r: _sla_json(r[1], ask.base, r[0]))

    def schedules(self, ask: Ask) -> Reply:
        """Business hours."""
        rows = [_schedule_json(each) for each in self._world.shelf.schedules()]
        return json_reply(200, {"schedules": rows})

    def schedule(self, ask: Ask) -> Reply:
        """One schedule."""
        found = self._schedule(ask)
        return json_reply(200, {"schedule": _schedule_json(found)}) if found else not_found()

    def holidays(self, ask: Ask) -> Reply:
        """One schedule's holidays, both dates inclusive."""
        found = self._schedule(ask)
        if found is None:
            return not_found()
        rows = [
            {"id": found.schedule_id + 1 + place, "name": name, "start_date": a, "end_date": b}
            for place, (name, a, b) in enumerate(found.holidays)
        ]
        return json_reply(200, {"holidays": rows})

    def recipient_addresses(self, ask: Ask) -> Reply:
        """The support addresses."""
        rows = self._world.shelf.support_addresses()
        brand = self._world.people.brands()[0]
        show = lambda each: _address_json(each, brand, ask.base)  # noqa: E731
        return listing(ask, "recipient_addresses", rows, show)

    def suspended_tickets(self, ask: Ask) -> Reply:
        """Mails that were put aside."""
        rows = self._world.post.suspended()
        return listing(ask, "suspended_tickets", rows, lambda each: _suspended_json(each, ask.base))

    def recover(self, ask: Ask) -> Reply:
        """Make the ticket of a suspended mail after all."""
        outcome = self._world.post.recover(ask.number())
        return json_reply(200, {"ticket": []}) if outcome.number else not_found()

    def upload(self, ask: Ask) -> Reply:
        """Take a file: 201 with a token for `comment.uploads`."""
        name = ask.call.query.get("filename")
        if not name:
            return error(400, "BadRequest", "filename is required")
        file = Attachment(
            self._world.people.next_id(), name,
            ask.call.headers.get("content-type", "application/octet-stream"), len(ask.call.body),
        )  # fmt: skip
        token = f"sandbox-upload-{next(self._tokens)}"
        self.uploads[token] = file
        shown, end = attachment_json(file, ask.base), _days_on(self._world.clock, 3)
        made = {"token": token, "expires_at": end, "attachment": shown, "attachments": [shown]}
        return json_reply(201, {"upload": made}, Location=str(shown["url"]))

    def drop_upload(self, ask: Ask) -> Reply:
        """Throw an upload away: 204."""
        self.uploads.pop(ask.args["token"], None)
        return Reply(204)

    def _schedule(self, ask: Ask) -> Schedule | None:
        rows: Sequence[Schedule] = self._world.shelf.schedules()
        return next((each for each in rows if each.schedule_id == ask.number()), None)


def _days_on(clock: Clock, days: int) -> str:
    return instant(clock.now() + timedelta(days=days))


def _status_json(name: str, number: int, base: str, at: datetime) -> Json:
    label = name.title()
    return {
        "id": number, "url": f"{base}/custom_statuses/{number}.json", "status_category": name,
        "agent_label": label, "raw_agent_label": label, "end_user_label": label,
        "raw_end_user_label": label, "description": None, "raw_description": None,
        "end_user_description": None, "raw_end_user_description": None, "active": True,
        "default": True, "created_at": instant(at), "updated_at": instant(at),
    }  # fmt: skip


def _brand_json(brand: Brand, base: str) -> Json:
    at = instant(brand.created_at)
    return {
        "id": brand.brand_id, "url": f"{base}/brands/{brand.brand_id}.json", "name": brand.name,
        "brand_url": f"https://{brand.subdomain}.example", "subdomain": brand.subdomain,
        "host_mapping": None, "has_help_center": True, "help_center_state": "enabled",
        "active": True, "default": True, "is_deleted": False, "logo": None,
        "ticket_form_ids": [], "signature_template": "", "created_at": at, "updated_at": at,
    }  # fmt: skip


def _trigger_json(trigger: Trigger, base: str, position: int) -> Json:
    at = instant(trigger.created_at)
    conditions: list[Json] = [{"field": "update_type", "operator": "is", "value": "Create"}]
    if trigger.unless_tag:
        conditions.append(
            {"field": "current_tags", "operator": "not_includes", "value": trigger.unless_tag}
        )
    mail = ["requester_id", "[Request received]", "We have received your request {{ticket.id}}."]
    actions: list[Json] = [{"field": "notification_user", "value": mail}]
    return {
        "id": trigger.trigger_id, "url": f"{base}/triggers/{trigger.trigger_id}.json",
        "title": trigger.title, "raw_title": trigger.title, "active": trigger.is_active,
        "position": position, "description": None, "category_id": "1", "default": False,
        "conditions": {"all": conditions, "any": []},
        "actions": actions if trigger.is_receipt else [],
        "created_at": at, "updated_at": at,
    }  # fmt: skip


def _sla_json(policy: SlaPolicy, base: str, position: int) -> Json:
    at = instant(policy.created_at)
    metrics = [
        {
            "priority": each.priority, "metric": each.metric, "target": each.target,
            "target_in_seconds": each.target * 60, "business_hours": each.business_hours,
        }
        for each in policy.targets
    ]  # fmt: skip
    return {
        "id": policy.policy_id, "url": f"{base}/slas/policies/{policy.policy_id}.json",
        "title": policy.title, "description": "", "position": position,
        "filter": {"all": [], "any": []}, "policy_metrics": metrics, "created_at": at,
        "updated_at": at,
    }  # fmt: skip


def _schedule_json(schedule: Schedule) -> Json:
    at = instant(schedule.created_at)
    return {
        "id": schedule.schedule_id, "name": schedule.name, "time_zone": schedule.time_zone,
        "intervals": [{"start_time": a, "end_time": b} for a, b in schedule.intervals],
        "created_at": at, "updated_at": at,
    }  # fmt: skip


def _address_json(address: SupportAddress, brand: Brand, base: str) -> Json:
    at = instant(address.created_at)
    return {
        "id": address.address_id, "url": f"{base}/recipient_addresses/{address.address_id}.json",
        "name": address.name, "email": address.email, "default": address.is_default,
        "brand_id": brand.brand_id, "forwarding_status": "verified", "spf_status": "verified",
        "cname_status": "verified", "domain_verification_status": "verified",
        "created_at": at, "updated_at": at,
    }  # fmt: skip


def _suspended_json(suspended: SuspendedTicket, base: str) -> Json:
    mail, at = suspended.mail, instant(suspended.at)
    number = suspended.suspended_id
    return {
        "id": number, "url": f"{base}/suspended_tickets/{number}.json",
        "author": {"id": None, "name": mail.sender_name, "email": mail.sender},
        "subject": mail.subject, "content": mail.text, "cause": suspended.cause, "cause_id": 1,
        "message_id": mail.message_id, "ticket_id": None, "recipient": mail.to,
        "brand_id": None, "via": {"channel": "email"}, "attachments": [], "error_messages": None,
        "created_at": at, "updated_at": at,
    }  # fmt: skip
