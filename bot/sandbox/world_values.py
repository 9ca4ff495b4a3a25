# SPDX-License-Identifier: GPL-3.0-or-later
"""The values of the sandbox helpdesk: people, tickets, comments, audits, all frozen.

Names follow the helpdesk's own API where both mean the same, so that a door can show them as they
are: statuses are `new`, `open`, `pending`, `hold`, `solved`, `closed`, `deleted`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

FieldValue = str | int | bool | None | tuple[str, ...]
"""What a ticket's field may hold; a multi-select or the tags are a tuple."""


class Role(StrEnum):
    """What somebody may do in the helpdesk."""

    END_USER = "end-user"
    AGENT = "agent"
    ADMIN = "admin"


@dataclass(frozen=True, slots=True)
class Organisation:
    """A customer's company; `fields` are its custom fields by key (`plan`, `region`)."""

    organisation_id: int
    name: str
    created_at: datetime
    updated_at: datetime
    domains: tuple[str, ...] = ()
    fields: Mapping[str, str | None] = field(default_factory=dict)
    external_id: str | None = None


@dataclass(frozen=True, slots=True)
class User:
    """Somebody the helpdesk knows: an agent, an administrator or a customer."""

    user_id: int
    name: str
    email: str | None
    role: Role
    created_at: datetime
    updated_at: datetime
    organisation_id: int | None = None
    group_id: int | None = None
    locale: str = "en-US"
    time_zone: str = "UTC"
    fields: Mapping[str, str | None] = field(default_factory=dict)
    external_id: str | None = None
    is_active: bool = True
    is_suspended: bool = False

    @property
    def is_staff(self) -> bool:
        """True for agents and administrators."""
        return self.role is not Role.END_USER


@dataclass(frozen=True, slots=True)
class Group:
    """A group of agents."""

    group_id: int
    name: str
    created_at: datetime
    description: str = ""
    is_default: bool = False


@dataclass(frozen=True, slots=True)
class Brand:
    """A brand under which the helpdesk answers."""

    brand_id: int
    name: str
    created_at: datetime
    subdomain: str = "acme"


@dataclass(frozen=True, slots=True)
class TicketField:
    """A custom ticket field: `kind` is `text` or `tagger` (a drop-down whose value is also a tag).

    Empty `options` let a `tagger` take any value.
    """

    field_id: int
    title: str
    kind: str
    created_at: datetime
    options: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that came with a comment or was uploaded; `size` in bytes, its content is not kept."""

    attachment_id: int
    file_name: str
    content_type: str
    size: int


@dataclass(frozen=True, slots=True)
class NewComment:
    """A comment that somebody wants to add; `author_id` None means whoever makes the change."""

    body: str
    is_public: bool = True
    author_id: int | None = None
    html_body: str | None = None
    attachments: tuple[Attachment, ...] = ()


@dataclass(frozen=True, slots=True)
class Via:
    """How something reached the helpdesk: `web`, `email`, `api`, `rule`; addresses for mail."""

    channel: str = "api"
    from_address: str | None = None
    from_name: str | None = None
    to_address: str | None = None
    to_name: str | None = None


@dataclass(frozen=True, slots=True)
class Comment:
    """One message of a ticket; its id is the id of the audit event that brought it."""

    comment_id: int
    audit_id: int
    number: int
    author_id: int
    body: str
    is_public: bool
    created_at: datetime
    via: Via = Via()
    html_body: str | None = None
    attachments: tuple[Attachment, ...] = ()
    custom_metadata: Mapping[str, object] = field(default_factory=dict)
    system_metadata: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class FieldEvent:
    """One field's value in an audit: `Create` at the ticket's birth, `Change` afterwards.

    `name` is the API's name of the field, for a custom field its id as text.
    """

    event_id: int
    kind: str
    name: str
    value: FieldValue
    previous: FieldValue = None


@dataclass(frozen=True, slots=True)
class CommentEvent:
    """A comment in an audit; `event_id` equals the comment's id."""

    event_id: int
    comment: Comment


AuditEvent = FieldEvent | CommentEvent


@dataclass(frozen=True, slots=True)
class Audit:
    """Everything that one submission changed, with its child events and metadata.

    `custom_metadata` is what the submitter left; `system_metadata` holds `message_id` for mail.
    """

    audit_id: int
    number: int
    author_id: int
    created_at: datetime
    events: tuple[AuditEvent, ...]
    via: Via = Via()
    custom_metadata: Mapping[str, object] = field(default_factory=dict)
    system_metadata: Mapping[str, object] = field(default_factory=dict)

    @property
    def comments(self) -> tuple[Comment, ...]:
        """The comments it brought: none or one."""
        return tuple(each.comment for each in self.events if isinstance(each, CommentEvent))

    @property
    def changes(self) -> tuple[FieldEvent, ...]:
        """The fields it set."""
        return tuple(each for each in self.events if isinstance(each, FieldEvent))


@dataclass(frozen=True, slots=True)
class DeskTicket:
    """A ticket as the helpdesk holds it at one moment.

    `generated` is the export's clock in whole Unix seconds: it moves with every change, also with
    those of the system, which leave `updated_at` alone.
    """

    number: int
    created_at: datetime
    updated_at: datetime
    generated: int
    subject: str
    description: str
    status: str
    requester_id: int
    submitter_id: int
    brand_id: int
    priority: str | None = None
    type: str | None = None
    assignee_id: int | None = None
    group_id: int | None = None
    organization_id: int | None = None
    external_id: str | None = None
    problem_id: int | None = None
    recipient: str | None = None
    due_at: str | None = None
    tags: tuple[str, ...] = ()
    fields: Mapping[int, FieldValue] = field(default_factory=dict)
    via: Via = Via()
    is_public: bool = True


class RefusalKind(StrEnum):
    """Why the helpdesk did not do what it was asked."""

    NOT_FOUND = "not_found"
    STALE = "stale"
    CLOSED = "closed"
    INVALID = "invalid"


@dataclass(frozen=True, slots=True)
class Refusal:
    """The helpdesk's no; `field` names the value it objects to, if there is one."""

    kind: RefusalKind
    text: str
    field: str = ""


@dataclass(frozen=True, slots=True)
class TicketNews:
    """What a listener hears after each change; `before` is None when the ticket was just born.

    `what` is `created`, `imported`, `changed`, `deleted` or `scrubbed`.
    """

    what: str
    at: datetime
    before: DeskTicket | None
    after: DeskTicket
    audit: Audit | None
