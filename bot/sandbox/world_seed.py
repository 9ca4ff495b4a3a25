# SPDX-License-Identifier: GPL-3.0-or-later
"""Furnishes a sandbox world as a small support desk, ready for a demo or a test."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.sandbox.world import World
from bot.sandbox.world_shelf import SlaTarget, Trigger
from bot.sandbox.world_values import Group, Organisation, Role, TicketField, User

CANARY_TAG = "deskmate_canary"


@dataclass(frozen=True, slots=True)
class Furniture:
    """What stands in the world after furnishing, by name where there are several."""

    groups: dict[str, Group]
    agents: dict[str, User]
    customers: dict[str, User]
    organisations: dict[str, Organisation]
    category: TicketField
    code: TicketField
    plan: TicketField
    region: TicketField
    canary: int
    receipt: Trigger


def furnish(
    world: World,
    *,
    groups: Sequence[str] = ("First line", "Second line"),
    categories: Sequence[str] = (),
    unless_tag: str | None = "outage_backfill",
) -> Furniture:
    """Add people, groups, ticket fields, a canary ticket, articles, an SLA policy and a receipt.

    `categories` are the options of the category drop-down; empty lets it take any value.
    `unless_tag` keeps the helpdesk's own receipt from tickets that carry it.
    """
    people = world.people
    made_groups = {name: people.add_group(name) for name in groups}
    agents = _agents(world, next(iter(made_groups.values())))
    own = people.add_organisation("Acme", domains=("acme.example",))
    first_group = next(iter(made_groups.values()))
    world.daemon = people.move_user(
        world.daemon.user_id, organisation_id=own.organisation_id, group_id=first_group.group_id
    )
    organisations = _organisations(world)
    customers = _customers(world, organisations)
    category = people.add_field("Category", kind="tagger", options=tuple(categories))
    code, plan, region = (people.add_field(title) for title in ("Code", "Plan", "Region"))
    canary = world.create_ticket(
        "Deskmate canary: please leave this ticket alone",
        "Deskmate writes a counter here to see whether the helpdesk takes changes.",
        requester=world.daemon, values={"tags": (CANARY_TAG,), "status": "hold"},
        via="api", is_public=False,
    )  # fmt: skip
    _fill_shelf(world)
    receipt = world.shelf.add_trigger(
        "Notify requester of received request", is_receipt=True, unless_tag=unless_tag
    )
    return Furniture(
        groups=made_groups, agents=agents, customers=customers, organisations=organisations,
        category=category, code=code, plan=plan, region=region,
        canary=canary.number, receipt=receipt,
    )  # fmt: skip


def _agents(world: World, group: Group) -> dict[str, User]:
    names = (("Ada Berg", "ada@acme.example"), ("Bo Lind", "bo@acme.example"))
    return {
        name.split()[0].lower(): world.people.add_user(
            name, email, role=Role.AGENT, group_id=group.group_id
        )
        for name, email in names
    }


def _organisations(world: World) -> dict[str, Organisation]:
    table = (
        ("Northwind", "northwind.example", "enterprise", "emea"),
        ("Contoso", "contoso.example", "professional", "americas"),
        ("Fabrikam", "fabrikam.example", "basic", "apac"),
    )
    return {
        name.lower(): world.people.add_organisation(
            name, domains=(domain,), fields={"plan": plan, "region": region}
        )
        for name, domain, plan, region in table
    }


def _customers(world: World, organisations: dict[str, Organisation]) -> dict[str, User]:
    names = {"northwind": "Nora Wind", "contoso": "Carl Toso", "fabrikam": "Fay Brik"}
    return {
        key: world.people.add_user(
            names[key],
            f"{names[key].split()[0].lower()}@{organisation.domains[0]}",
            organisation_id=organisation.organisation_id,
        )
        for key, organisation in organisations.items()
    }


def _fill_shelf(world: World) -> None:
    shelf = world.shelf
    shelf.add_support_address("Acme support", "support@acme.example")
    shelf.add_article(
        "I cannot log in", "Reset your password on the login page.", labels=("login",)
    )
    shelf.add_article("The export is slow", "Large exports run at night.", labels=("export",))
    shelf.add_sla_policy(
        "Standard",
        SlaTarget("urgent", "first_reply_time", 60),
        SlaTarget("normal", "first_reply_time", 480, business_hours=True),
    )
    week = ((1980, 2460), (3420, 3900), (4860, 5340), (6300, 6780), (7740, 8220))
    shelf.add_schedule("Office hours", "London", *week)
