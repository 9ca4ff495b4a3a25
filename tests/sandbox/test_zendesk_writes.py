# SPDX-License-Identifier: GPL-3.0-or-later
"""Writing to the sandbox's Zendesk: conflicts, keys, jobs, imports, uploads."""

from __future__ import annotations

import pytest
from sandbox_callers import Caller, later

from bot.clock import VirtualClock
from bot.sandbox.faults import Fault
from bot.sandbox.world import World
from bot.sandbox.world_seed import Furniture
from bot.sandbox.zendesk import ZendeskDoor

NEW = {"ticket": {"subject": "A", "comment": {"body": "B"}}}


@pytest.fixture
def number(world: World, desk: Furniture) -> int:
    return world.create_ticket("Slow", "So slow", requester=desk.customers["contoso"]).number


def test_a_safe_update_loses_to_a_newer_change(
    caller: Caller, world: World, desk: Furniture, clock: VirtualClock, number: int
) -> None:
    """409 UpdateConflict when the ticket moved since the stamp; with a fresh stamp it passes."""
    stale = caller.get(f"tickets/{number}").json()["ticket"]["updated_at"]
    later(clock, 3)
    world.change_ticket(number, by=desk.agents["ada"], values={"priority": "low"})
    fresh = caller.get(f"tickets/{number}.json").json()["ticket"]["updated_at"]

    answers = [
        caller.put(
            f"tickets/{number}",
            {"ticket": {"priority": "high", "safe_update": True, "updated_stamp": stamp}},
        )
        for stamp in (stale, fresh)
    ]

    assert [each.status_code for each in answers] == [409, 200]
    assert answers[0].json()["error"] == "UpdateConflict"


def test_a_safe_update_needs_its_stamp(caller: Caller, number: int) -> None:
    """`safe_update` without `updated_stamp` is an error, whether true or false."""
    answer = caller.put(f"tickets/{number}", {"ticket": {"safe_update": False, "priority": "low"}})

    assert answer.status_code == 422
    assert "updated_stamp" in answer.json()["details"]


def test_a_key_makes_creation_happen_once(
    caller: Caller, world: World, clock: VirtualClock
) -> None:
    """Miss, hit, another body refused, and after two hours the key is forgotten."""
    before = len(world.tickets())
    answers = [caller.post("tickets", NEW, Idempotency_Key="k") for _ in range(2)]
    other = {"ticket": {"subject": "C", "comment": {"body": "D"}}}
    answers.append(caller.post("tickets", other, Idempotency_Key="k"))
    later(clock, 7300)
    caller.session.headers["Authorization"] = f"Bearer {_fresh_token(caller)}"
    answers.append(caller.post("tickets", NEW, Idempotency_Key="k"))

    assert [each.status_code for each in answers] == [201, 201, 400, 201]
    assert [each.headers.get("x-idempotency-lookup") for each in answers] == [
        "miss", "hit", None, "miss",
    ]  # fmt: skip
    assert answers[0].content == answers[1].content
    assert answers[2].json()["error"] == "IdempotentRequestError"
    assert len(world.tickets()) - before == 2


def _fresh_token(caller: Caller) -> str:
    body = {
        "grant_type": "client_credentials", "client_id": "deskmate",
        "client_secret": "sandbox-secret",
    }  # fmt: skip
    answer = caller.session.post(caller.root.replace("api/v2/", "oauth/tokens"), json=body)
    return str(answer.json()["access_token"])


def test_one_change_for_many_tickets(
    caller: Caller, world: World, clock: VirtualClock, number: int
) -> None:
    """`update_many?ids=` adds tags instead of replacing them, and reports unknown tickets."""
    caller.put(f"tickets/{number}", {"ticket": {"tags": ["old"]}})

    started = caller.put(
        f"tickets/update_many.json?ids={number},9999", {"ticket": {"additional_tags": ["new"]}}
    )
    later(clock, 2)
    job = caller.get(f"job_statuses/{started.json()['job_status']['id']}").json()["job_status"]

    ticket = world.ticket(number)
    assert ticket is not None
    assert ticket.tags == ("new", "old")
    assert [each["success"] for each in job["results"]] == [True, False]


def test_a_different_change_for_each_ticket(caller: Caller, world: World, desk: Furniture) -> None:
    """`tickets` in the body brings one change each."""
    numbers = [world.create_ticket("x", "y", requester="z@z.example").number for _ in range(2)]
    priorities = ["low", "urgent"]

    batch = [{"id": n, "priority": p} for n, p in zip(numbers, priorities, strict=True)]
    answer = caller.put("tickets/update_many", {"tickets": batch})

    assert answer.json()["job_status"]["total"] == 2
    assert [t.priority for t in world.tickets() if t.number in numbers] == priorities


def test_jobs_have_limits(caller: Caller, door: ZendeskDoor, number: int) -> None:
    """A hundred tickets a job, and not too many jobs at once; one poll reads many jobs."""
    door.jobs.most = 2
    change = {"ticket": {"priority": "low"}}
    ids = ",".join(str(each) for each in range(1, 102))

    too_long = caller.put(f"tickets/update_many?ids={ids}", change)
    jobs = [caller.put(f"tickets/update_many?ids={number}", change) for _ in range(3)]
    running = [each.json()["job_status"]["id"] for each in jobs[:2]]
    polled = caller.get("job_statuses/show_many", ids=",".join(running)).json()

    assert too_long.status_code == 400
    assert [each.status_code for each in jobs] == [200, 200, 429]
    assert jobs[2].json()["current_job_ids"] == running
    assert [each["id"] for each in polled["job_statuses"]] == running


def test_a_job_may_complete_with_a_failed_item(
    caller: Caller, world: World, clock: VirtualClock, number: int
) -> None:
    """Completed does not mean that every item succeeded."""
    world.faults.switch_on(Fault.JOB_ITEM_FAILS, times=1)

    job = caller.put(f"tickets/update_many?ids={number}", {"ticket": {"priority": "low"}}).json()
    later(clock, 2)
    done = caller.get(f"job_statuses/{job['job_status']['id']}").json()["job_status"]

    assert (done["status"], done["results"][0]["success"]) == ("completed", False)
    ticket = world.ticket(number)
    assert ticket is not None
    assert ticket.priority is None


def test_tags_are_set_added_and_removed(caller: Caller, number: int) -> None:
    """POST replaces, PUT adds, DELETE removes; each answers with what is there now."""
    path = f"tickets/{number}/tags.json"

    answers = [
        caller(method, path, json={"tags": tags})
        for method, tags in (("POST", ["a", "b"]), ("PUT", ["c"]), ("DELETE", ["a"]))
    ]

    assert [(each.status_code, each.json()["tags"]) for each in answers] == [
        (201, ["a", "b"]), (200, ["a", "b", "c"]), (200, ["b", "c"]),
    ]  # fmt: skip


def test_an_import_may_be_backdated(caller: Caller, world: World) -> None:
    """An imported ticket keeps its true birth, and no webhook hears of it."""
    sent = {
        "subject": "Old", "created_at": "2026-01-01T10:00:00Z",
        "comments": [{"value": "from the mailbox", "public": True}],
    }  # fmt: skip

    answer = caller.post("imports/tickets", {"ticket": sent})

    assert answer.status_code == 201
    assert set(answer.json()) == {"ticket"}
    assert answer.json()["ticket"]["created_at"] == "2026-01-01T10:00:00Z"
    assert len(world.journal.of("ticket_imported")) == 1


def test_an_upload_comes_with_the_comment(caller: Caller, number: int) -> None:
    """A file's token in a comment attaches it."""
    made = caller("POST", "uploads.json?filename=log.txt", data=b"12345").json()["upload"]

    comment = {"body": "see", "public": False, "uploads": [made["token"]]}
    caller.put(f"tickets/{number}", {"ticket": {"comment": comment}})

    comments = caller.get(f"tickets/{number}/comments").json()["comments"]
    assert [f["file_name"] for f in comments[-1]["attachments"]] == ["log.txt"]
    assert comments[-1]["attachments"][0]["size"] == 5


def test_bad_writes_are_answered_clearly(caller: Caller, number: int) -> None:
    """No ticket in the body, an unknown value, an empty comment, an unknown page."""
    answers = [
        caller("PUT", f"tickets/{number}", data=b"no json"),
        caller.put(f"tickets/{number}", {"ticket": {"status": "lost"}}),
        caller.put(f"tickets/{number}", {"ticket": {"assignee_email": "no@body.example"}}),
        caller.post("tickets", {"ticket": {"subject": "S"}}),
        caller.get("no/such/page"),
    ]

    assert [each.status_code for each in answers] == [400, 422, 422, 422, 404]
    assert answers[-1].json()["error"] == "InvalidEndpoint"


def test_a_deleted_ticket_is_gone_for_readers(caller: Caller, number: int) -> None:
    """Deleting answers 204, reading then 404; `show_many` leaves it out silently."""
    answers = [caller("DELETE", f"tickets/{number}") for _ in range(2)]

    assert [each.status_code for each in answers] == [204, 404]
    assert caller.get(f"tickets/{number}").status_code == 404
    assert caller.get("tickets/show_many", ids=f"{number},1").json()["count"] == 1
