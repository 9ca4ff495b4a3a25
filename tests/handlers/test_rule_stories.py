# SPDX-License-Identifier: GPL-3.0-or-later
"""What rules do in the course of a ticket: once, beside people's decisions, and on its end."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from desk import POLICY, Desk, compiled_policy

from bot.sandbox.world_values import NewComment

MINUTE = timedelta(minutes=1)
POLL = timedelta(seconds=35)


def test_thanks_and_a_change_tell_nobody_again(desk: Desk) -> None:
    """A reply that says something else, and a status set by an agent, start no rule anew."""
    number = desk.write("Portal is down")
    desk.run(2 * MINUTE)
    told = len(desk.told("rule"))
    customer, agent = desk.furniture.customers["contoso"], desk.furniture.agents["ada"]
    desk.world.change_ticket(number, by=customer, comment=NewComment("Thank you for looking"))
    desk.run(2 * MINUTE)
    desk.world.change_ticket(number, by=agent, values={"status": "pending"})

    desk.run(2 * MINUTE)

    assert len(desk.told("rule")) == told
    assert desk.notes(number).count("Told the team.") == 1


def test_priority_set_before_we_looked_is_a_persons(desk: Desk) -> None:
    """An agent who was quicker than the first poll is not overruled."""
    number = desk.write("Portal is down")
    agent = desk.furniture.agents["ada"]
    values = {"priority": "normal", "assignee_id": agent.user_id}
    desk.world.change_ticket(number, by=agent, values=values)

    desk.run(5 * MINUTE)

    ticket = desk.world.ticket(number)
    assert ticket is not None and ticket.priority == "normal"


def test_tag_that_a_person_removes_stays_away(desk: Desk) -> None:
    """A rule that goes on holding does not bring back what an agent took off."""
    number = desk.write("Portal is down")
    desk.run(2 * MINUTE)
    agent = desk.furniture.agents["ada"]
    desk.world.change_ticket(number, by=agent, values={"tags": ("incident",)})
    desk.run(2 * MINUTE)
    desk.world.change_ticket(number, by=agent, values={"status": "open"})

    desk.run(2 * MINUTE)

    ticket = desk.world.ticket(number)
    assert ticket is not None and "outage" not in ticket.tags


def test_proposal_against_a_persons_decision_is_one_note(desk: Desk) -> None:
    """What an agent set stays; the team reads once what the rules would have set."""
    number = desk.write("Portal is down")
    desk.run(2 * POLL)
    agent = desk.furniture.agents["ada"]
    desk.world.change_ticket(number, by=agent, values={"priority": "normal"})
    desk.run(2 * POLL)
    for words in ("Still is down", "I said it is down"):
        customer = desk.furniture.customers["contoso"]
        desk.world.change_ticket(number, by=customer, comment=NewComment(words))
        desk.run(2 * POLL)

    assert desk.ticket(number).priority == "normal"
    assert sum("Rules propose priority urgent" in note for note in desk.notes(number)) == 1


def test_breach_rule_sees_the_message_and_the_helpdesk(tmp_path: Path) -> None:
    """A rule on a breach asks for the customer's words, the clock and the helpdesk's state."""
    rule = """
  late:
    event: sla_breached
    if: {says: down, helpdesk.state: up, sla.metric: first_response, answered: false}
    then: {tag: late}
"""
    desk = Desk(compiled_policy(tmp_path, POLICY + rule.lstrip("\n")))
    number = desk.write("Portal is down")

    desk.run(timedelta(hours=2))

    assert "late" in desk.ticket(number).tags
    desk.close()


def test_solved_without_a_public_message_is_noticed(tmp_path: Path) -> None:
    """`event: solved` with `answered: false` finds tickets that were closed in silence."""
    rule = """
  silent:
    event: solved
    if: {answered: false, last_public: requester}
    then: {tell: lead}
"""
    desk = Desk(compiled_policy(tmp_path, POLICY + rule.lstrip("\n")))
    agent = desk.furniture.agents["ada"]
    silent, polite = desk.write("Hello"), desk.write("Hello again")
    desk.run(2 * POLL)
    desk.world.change_ticket(silent, by=agent, values={"status": "solved"})
    done = NewComment("Done")
    desk.world.change_ticket(polite, by=agent, values={"status": "solved"}, comment=done)

    desk.run(2 * POLL)

    assert [where for where, _ in desk.told("rule")] == ["slack:leads"]
    desk.close()


def test_rule_on_the_change_to_solved_acts(tmp_path: Path) -> None:
    """`changed: {status: solved}` needs no event of its own; other rules leave the ticket alone."""
    rules = """
  report:
    if: {changed: {status: solved}}
    then: {tag: report_owed}
  any_change:
    if: {changed: status}
    unless: {status: solved}
    then: {tag: touched}
"""
    desk = Desk(compiled_policy(tmp_path, POLICY + rules.lstrip("\n")))
    number = desk.write("Hello")
    desk.run(2 * POLL)
    agent = desk.furniture.agents["ada"]
    desk.world.change_ticket(number, by=agent, values={"status": "solved"})

    desk.run(2 * POLL)

    ticket = desk.world.ticket(number)
    assert ticket is not None
    assert "report_owed" in ticket.tags and "touched" not in ticket.tags


def test_rule_in_a_loop_is_stopped_and_named_once(tmp_path: Path) -> None:
    """A rule acts five times a day on a ticket; then one message says which rule was stopped."""
    rule = "  again:\n    event: requester_reply\n    if: {says: down}\n    then: {tell: lead}\n"
    desk = Desk(compiled_policy(tmp_path, POLICY + rule))
    customer = desk.furniture.customers["contoso"]
    number = desk.write("Hello")
    for _ in range(8):
        desk.run(2 * POLL)
        desk.world.change_ticket(number, by=customer, comment=NewComment("It is down"))
    desk.run(2 * POLL)

    assert len([where for where, _ in desk.told("rule") if where == "slack:leads"]) == 5
    assert [where for where, _ in desk.told("admin")] == ["slack:support", "mail:team@acme.example"]
    desk.close()


def test_follow_up_is_one_internal_ticket(tmp_path: Path) -> None:
    """`follow_up` opens one ticket of its own, whatever is written later; no promise runs on it."""
    rule = "  owed:\n    if: {says: down}\n    then: {follow_up: Write the report}\n"
    desk = Desk(compiled_policy(tmp_path, POLICY + rule))
    customer = desk.furniture.customers["contoso"]
    number = desk.write("Portal is down")
    for words in ("Thanks", "It is down again"):
        desk.run(2 * POLL)
        desk.world.change_ticket(number, by=customer, comment=NewComment(words))
    desk.run(10 * MINUTE)

    [follow_up] = [each for each in desk.world.tickets() if each.subject == "Write the report"]
    own = desk.ticket(follow_up.number)
    assert own.fields["follow_up_of"] == desk.ticket(number).ticket_id
    assert f"This follows up {number}: Portal is down" in own.description
    with desk.store.read() as reader:
        assert reader.tickets.clocks(own.ticket_id) == {}
    desk.close()
