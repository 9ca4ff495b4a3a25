# SPDX-License-Identifier: GPL-3.0-or-later
"""The Zendesk door's background jobs: queued, working, completed, by the world's clock.

A job's changes take effect at once; only its status is late. Real jobs end after a second or two.
"""

from __future__ import annotations

import itertools
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.clock import Clock
from bot.sandbox.http import Reply, json_reply
from bot.sandbox.zendesk_answers import Ask, Route, error, listing, not_found
from bot.sandbox.zendesk_render import Json


@dataclass(frozen=True, slots=True)
class Job:
    """One bulk change with what became of each of its items."""

    job_id: str
    kind: str
    started_at: datetime
    results: tuple[Json, ...]


class JobPages:
    """Keeps jobs and tells their status; `seconds` is how long one takes."""

    def __init__(self, clock: Clock, *, seconds: float = 1.0, most: int = 30) -> None:
        """Begin with no jobs; more than `most` at once are refused."""
        self.seconds = seconds
        self.most = most
        self._clock = clock
        self._lock = threading.Lock()
        self._jobs: dict[str, Job] = {}
        self._ids = itertools.count(1)

    def routes(self) -> list[Route]:
        """Every page of this part."""
        return [
            Route("GET", "job_statuses", self.all),
            Route("GET", "job_statuses/show_many", self.show_many),
            Route("GET", "job_statuses/{job}", self.show),
        ]

    def refusal(self) -> Reply | None:
        """429 while too many jobs are under way."""
        running = [each.job_id for each in self._all() if self._progress(each) < 1]
        if len(running) < self.most:
            return None
        return error(429, "TooManyJobs", "Too many jobs at once", current_job_ids=running)

    def start(self, ask: Ask, kind: str, results: Sequence[Json]) -> Reply:
        """Keep a job whose items are done, and answer as if they were not."""
        with self._lock:
            job = Job(f"V3-{next(self._ids):032x}", kind, self._clock.now(), tuple(results))
            self._jobs[job.job_id] = job
        return json_reply(200, {"job_status": self._json(ask, job)})

    def show(self, ask: Ask) -> Reply:
        """One job's status."""
        job = self._jobs.get(ask.args["job"])
        return not_found() if job is None else json_reply(200, {"job_status": self._json(ask, job)})

    def show_many(self, ask: Ask) -> Reply:
        """Several jobs by `ids=`; one call for all of them."""
        found = [self._jobs[each] for each in ask.listed("ids") if each in self._jobs]
        return json_reply(200, {"job_statuses": [self._json(ask, job) for job in found]})

    def all(self, ask: Ask) -> Reply:
        """Every job."""
        return listing(ask, "job_statuses", self._all(), lambda job: self._json(ask, job))

    def _all(self) -> list[Job]:
        with self._lock:
            return list(self._jobs.values())

    def _progress(self, job: Job) -> float:
        age = (self._clock.now() - job.started_at).total_seconds()
        return min(1.0, age / self.seconds) if self.seconds else 1.0

    def _json(self, ask: Ask, job: Job) -> Json:
        done, total = self._progress(job), len(job.results)
        status = "completed" if done >= 1 else "working" if done >= 0.2 else "queued"
        shown: Json = {
            "id": job.job_id, "url": f"{ask.base}/job_statuses/{job.job_id}.json",
            "job_type": job.kind, "total": total, "status": status, "progress": None,
            "message": None, "results": None,
        }  # fmt: skip
        if status == "working":
            at = int(done * total)
            shown.update(progress=at, message=f"Working on item {at} of {total}")
        if status == "completed":
            shown.update(
                progress=total, message=f"Completed at {self._clock.now()}",
                results=list(job.results),
            )  # fmt: skip
        return shown
