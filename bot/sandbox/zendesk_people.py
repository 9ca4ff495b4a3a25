# SPDX-License-Identifier: GPL-3.0-or-later
"""The Zendesk door's pages for people: users, groups and organisations, and the user exports."""

from __future__ import annotations

from bot.sandbox.http import Reply, json_reply
from bot.sandbox.world import World
from bot.sandbox.world_values import Organisation, Role, User
from bot.sandbox.zendesk_answers import Ask, Route, error, listing, not_found, too_many, whole
from bot.sandbox.zendesk_cursors import Place, decoded, encoded
from bot.sandbox.zendesk_render import Json, group_json, organisation_json, user_json


class PeoplePages:
    """Reads the directory, and makes and renames users."""

    def __init__(self, world: World) -> None:
        """Show the people of `world`."""
        self._world = world
        self._people = world.people

    def routes(self) -> list[Route]:
        """Every page of this part."""
        return [
            Route("GET", "users/me", self.me),
            Route("GET", "users", self.users),
            Route("GET", "users/show_many", self.show_many),
            Route("GET", "users/search", self.search),
            Route("GET", "users/{id}", self.show),
            Route("POST", "users", self.create),
            Route("PUT", "users/{id}", self.update),
            Route("GET", "groups", self.groups),
            Route("GET", "groups/{id}", self.group),
            Route("GET", "organizations", self.organisations),
            Route("GET", "organizations/show_many", self.show_organisations),
            Route("GET", "organizations/{id}", self.organisation),
            Route("GET", "incremental/users", self.users_by_time),
            Route("GET", "incremental/users/cursor", self.users_by_cursor),
        ]

    def me(self, ask: Ask) -> Reply:
        """Whoever the credentials belong to."""
        shown = {**user_json(ask.who, ask.base), "authenticity_token": "sandbox"}
        return json_reply(200, {"user": shown})

    def users(self, ask: Ask) -> Reply:
        """Everybody, or one role."""
        role = ask.call.query.get("role")
        rows = [each for each in self._people.users() if role in (None, str(each.role))]
        return listing(ask, "users", rows, lambda each: user_json(each, ask.base))

    def show_many(self, ask: Ask) -> Reply:
        """Up to 100 by id or by external id."""
        if len(ask.ids()) > 100:
            return too_many(100)
        outside = ask.listed("external_ids")
        rows = [
            each
            for each in self._people.users()
            if each.user_id in ask.ids() or (each.external_id and each.external_id in outside)
        ]
        return whole(ask, "users", rows, lambda each: user_json(each, ask.base))

    def search(self, ask: Ask) -> Reply:
        """By `query` in name or address, or by `external_id`."""
        wanted = ask.call.query.get("query", "").removeprefix("email:").strip('"').casefold()
        outside = ask.call.query.get("external_id")
        rows = [
            each
            for each in self._people.users()
            if (outside is not None and each.external_id == outside)
            or (
                wanted
                and (wanted in each.name.casefold() or wanted == (each.email or "").casefold())
            )
        ]
        return listing(ask, "users", rows, lambda each: user_json(each, ask.base))

    def show(self, ask: Ask) -> Reply:
        """One user."""
        return _user_reply(ask, self._people.user(ask.number()), 200)

    def create(self, ask: Ask) -> Reply:
        """A new user; 422 when the address is taken."""
        sent = ask.sent("user")
        email = str(sent["email"]) if sent.get("email") else None
        if email and self._people.user_by_email(email):
            return error(422, "RecordInvalid", "Record validation errors", details={
                "email": [{"description": f"Email: {email} is already being used",
                           "error": "DuplicateValue"}]
            })  # fmt: skip
        role = Role(str(sent["role"])) if sent.get("role") in set(Role) else Role.END_USER
        made = self._people.add_user(str(sent.get("name") or email or ""), email, role=role)
        return _user_reply(ask, made, 201)

    def update(self, ask: Ask) -> Reply:
        """Change name, email, locale, time_zone or external_id."""
        sent = {key: None if v is None else str(v) for key, v in ask.sent("user").items()}
        return _user_reply(ask, self._people.change_user(ask.number(), **sent), 200)

    def groups(self, ask: Ask) -> Reply:
        """Every group."""
        rows = self._people.groups()
        return listing(ask, "groups", rows, lambda each: group_json(each, ask.base))

    def group(self, ask: Ask) -> Reply:
        """One group."""
        found = self._people.group(ask.number())
        return json_reply(200, {"group": group_json(found, ask.base)}) if found else not_found()

    def organisations(self, ask: Ask) -> Reply:
        """Every organisation."""
        rows = self._people.organisations()
        return listing(ask, "organizations", rows, lambda each: organisation_json(each, ask.base))

    def show_organisations(self, ask: Ask) -> Reply:
        """Up to 100 organisations by id."""
        if len(ask.ids()) > 100:
            return too_many(100)
        rows: list[Organisation] = [
            each for each in map(self._people.organisation, ask.ids()) if each is not None
        ]
        return whole(ask, "organizations", rows, lambda each: organisation_json(each, ask.base))

    def organisation(self, ask: Ask) -> Reply:
        """One organisation."""
        found = self._people.organisation(ask.number())
        if found is None:
            return not_found()
        return json_reply(200, {"organization": organisation_json(found, ask.base)})

    def users_by_time(self, ask: Ask) -> Reply:
        """Users changed from a second on; always one page."""
        start = ask.wanted("start_time")
        rows = [each for each in self._exported() if _stamp(each) >= start]
        end = _stamp(rows[-1]) if rows else start
        shown = [_exported_json(each, ask) for each in rows]
        return json_reply(
            200,
            {
                "users": shown, "count": len(shown), "end_time": end, "end_of_stream": True,
                "next_page": f"{ask.base}/incremental/users.json?start_time={end}",
            },
        )  # fmt: skip

    def users_by_cursor(self, ask: Ask) -> Reply:
        """Users changed after a cursor; always one page."""
        query = ask.call.query
        place = decoded(query["cursor"]) if "cursor" in query else None
        place = place or Place(ask.wanted("start_time"), 0)
        rows = [each for each in self._exported() if Place(_stamp(each), each.user_id) > place]
        after = Place(_stamp(rows[-1]), rows[-1].user_id) if rows else place
        cursor = encoded(after)
        return json_reply(
            200,
            {
                "users": [_exported_json(each, ask) for each in rows],
                "after_url": f"{ask.base}/incremental/users/cursor.json?cursor={cursor}",
                "after_cursor": cursor, "before_url": None, "before_cursor": None,
                "end_of_stream": True,
            },
        )  # fmt: skip

    def _exported(self) -> list[User]:
        return sorted(self._people.users(), key=lambda each: (each.updated_at, each.user_id))


def _stamp(user: User) -> int:
    return int(user.updated_at.timestamp())


def _exported_json(user: User, ask: Ask) -> Json:
    return {**user_json(user, ask.base), "permanently_deleted": False}


def _user_reply(ask: Ask, user: User | None, status: int) -> Reply:
    if user is None:
        return not_found()
    more = {"Location": f"{ask.base}/users/{user.user_id}.json"} if status == 201 else {}
    return json_reply(status, {"user": user_json(user, ask.base)}, **more)
