# SPDX-License-Identifier: GPL-3.0-or-later
"""The English words."""

from __future__ import annotations

from bot.texts.continuity_en import CONTINUITY
from bot.texts.degraded_en import DEGRADED
from bot.texts.silences_en import SILENCES
from bot.texts.words_type import Words

ENGLISH = Words(
    ticket="Ticket",
    customer="Customer",
    priority="Priority",
    due="Due",
    until="Until",
    since="Since",
    owner="Who has it",
    detail="What we saw",
    nobody="nobody yet",
    open_link="Open",
    open_ticket="Open {}",
    colon=": ",
    open_quote="“",
    close_quote="”",
    days="{} d",
    hours="{} h",
    minutes="{} min",
    under_a_minute="under a minute",
    left="{} left",
    ago="{} ago",
    late="Delivered late: this is as of {}.",
    weekdays=("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
    months=("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
    zones={},
    near_day="{weekday} {time}",
    far_day="{weekday} {day} {month} {time}",
    first_day="1",
    clocks={
        "first_response": "first reply",
        "first_reply": "first reply",
        "next_reply": "next reply",
        "resolution": "solution",
        "customer_update": "update to customers",
    },
    buttons={
        "acknowledge": "I have it",
        "take": "Assign to me",
        "snooze": "Again in 15 min",
        "raise": "Next level now",
    },
    reasons={
        "mail_held": "Somebody should look at a mail: {}.",
        "mail_spam": "More mails are held that lay among the spam: {}.",
        "mail_parked": "A mail could not be read; it is kept: {}.",
        "mail_bounce": "A mail of ours did not arrive: {}.",
        "late_copy": "The helpdesk made a second ticket of a case; merge them: {}.",
        "case_refused": "The helpdesk refuses a case; it stays here: {}.",
        "case_stuck": "The helpdesk neither takes nor refuses a case; it is tried on, and a person "
        "has to see why: {}.",
        "case_unread": "The helpdesk cannot be asked about a case; it is asked again, and the "
        "others go on: {}.",
        "note_refused": (
            "The helpdesk does not accept this text for a ticket; please see to it: {}."
        ),
        "backfilled": "All cases are in the helpdesk: {}.",
        "backfill_off": "Cases are in the helpdesk, but the sum is off: {}.",
        "mailbox_dead": "The escalation mailbox cannot be read.",
        "mailbox_back": "The escalation mailbox can be read again.",
        "relapsed": "It came back for a while and failed again.",
        "reopened": "It failed again soon after it was back.",
        "still_down": "It is still down.",
        "answering_again": "We keep watching it; changes that were held follow soon.",
        "declared_by_hand": "Declared down by hand: {}.",
        "cleared_by_hand": "All clear given by hand: {}.",
        "asks_to_clear": (
            "It answers our probes; {} declared it down. If it is over: “deskmate outage clear”."
        ),
        "declaration_over": (
            "The declaration by hand has run out; what our probes see decides again."
        ),
        "still_failing": "It still fails; the all-clear by hand holds for a quarter of an hour.",
        "recovered": "All clear. Changes that were held have been released.",
        "credentials": "The helpdesk refuses our credentials. It is not treated as down.",
        **DEGRADED,
        "vendor_says": (
            "The helpdesk's vendor reports an outage; our probes see none, and nothing changes."
        ),
        "disk_low": (
            "A disk is nearly full; once it is full, nothing can be written down. Make room there."
        ),
        "drill": (
            "DRILL by {}: a test of your alert channels. Nothing is down, nothing is to be done."
        ),
        "disk_over": "There is room on the disk again.",
        "intake_late": (
            "Mails to the support address do not become tickets in time; the helpdesk may "
            "make them later."
        ),
        "intake_back": "Mails to the support address become tickets in time again.",
        "seen_certificate": "Its certificate does not hold: this may also be a proxy of ours.",
        "seen_wrong_content": (
            "It answers with a page instead of data: maintenance on their side, or a login "
            "page in our network."
        ),
        "seen_name": "Its name does not resolve.",
        "refused_elsewhere": "Sent this way because another way failed: {}.",
        "slow_elsewhere": "Sent this way as well because another way did not take it: {}.",
        "undelivered": "Messages reached nobody: {} (see “deskmate outbox list --dead”).",
        "storm_on": "Single messages are held back; critical ones still come.",
        "storm_over": "It is over: messages come one by one again.",
        "silence_on": "Messages about this are held back: {}.",
        "silence_ends": "It ends soon: {}.",
        "silence_over": "It is over: {}.",
        "silence_was": "It was silent meanwhile: {}.",
        "maintenance_planned": "Planned from {}.",
        "maintenance_on": "Messages about this are held back: {}.",
        "maintenance_marked": "Messages about this come with a mark: {}.",
        "maintenance_helpdesk": "If the helpdesk goes away meanwhile, nobody is paged: {}.",
        "maintenance_ends": "It ends soon: {}.",
        "maintenance_over": "It is over: {}.",
        "maintenance_was": "There was maintenance meanwhile: {}.",
        "in_maintenance": "During maintenance: {}.",
        "helpdesk_away": (
            "The helpdesk is away, as announced: {}. Changes wait and are written when it is back."
        ),
        "helpdesk_back": "The helpdesk is back, and changes that waited are written: {}.",
        "overrun": "Announced maintenance should be over by now: {}. From here on it is an outage.",
        "raised": "Somebody called the next level: this is level {}.",
        "kept_back": "Kept for this summary: {}.",
        "put_off": "{} put it off for 15 minutes.",
        "snooze_over": "{} put it off for 15 minutes; nobody has it yet.",
        "not_allowed": "You may not do that here. Who may: {}.",
        "next_level": "Nobody has taken it: this is level {}.",
        "skipped_levels": (
            "Nobody has taken it: level {}; the levels in brackets could not be told in time."
        ),
        "told_again": "Nobody has taken it yet: this is message {}.",
        "taken_too_long": "Somebody said “I have it” a while ago; please look again.",
        "handed_over": "You are on duty now, and nobody has taken it.",
        "date_near": "A date is coming up: {}.",
        "paused_long": "Still waiting: {}.",
        "incident_opened": "Opened by {}.",
        "incident_reopened": "It failed again; reopened by {}.",
        "incident_raised": "It is worse than first thought, says {}.",
        "incident_drafted": "A draft for customers waits; “/desk incident send {}” sends it.",
        "incident_sent": "Customers were written to (tickets: {}).",
        "incident_noted": (
            "The draft stands as an internal note (tickets: {}); who sent it may not write "
            "to customers."
        ),
        "incident_unsent": "No open ticket of it has a customer to write to; the draft stays.",
        "incident_told": "Customers were told: {}.",
        "incident_restored": "It works again, says {}; it is watched until it is closed.",
        "incident_closed": "Closed by {}.",
        "incident_joined": "It is one incident with {} from here on.",
        "incident_due": "Customers should hear how it stands.",
        "incident_missed": "Customers have not heard in time (missed: {}).",
    },
    mail="mail",
    next_steps={
        "take_by": "If you take it, write “{}”.",
        "take_there": "If you take it, assign it to yourself in the helpdesk.",
        "spam_check": "Read them by “deskmate case held”; “deskmate case take KEY” makes a case.",
        "mailbox_check": "Check the mailbox by hand until it is back, then DESKMATE_MAILBOX_URL.",
        "mailbox": "Until then, work from {}.",
        "check_online": (
            "Run “deskmate check --online”, then renew the OAuth client or the token."
        ),
        "look_or_clear": (
            "Run “deskmate check --online”. If the helpdesk is well: “deskmate outage clear”."
        ),
        "look_elsewhere": (
            "Open the helpdesk elsewhere. Does it fail too: “deskmate outage declare”. If not, "
            "mend this machine's network or firewall (“deskmate check --online”)."
        ),
        "incident_tell": "Tell customers: /desk incident update {} words",
        "incident_watch": "If it stays so: /desk incident close {}",
        "incident_report": "Draft of the report: deskmate incident report {}",
    },
    chat_replies={
        "home_queue": "Open, the next deadline first",
        "home_risk": "At risk",
        "home_duty": "On duty",
        "nothing_open": "No ticket is open.",
        "nothing_at_risk": "No open ticket is at risk.",
        "unknown_ticket": "There is no ticket {} here.",
        "no_rosters": "This policy has no rosters.",
        "nobody_next": "Nobody else is told of it.",
        "not_allowed": "You may not do that. Who may: {}.",
        "how_to_outage": "Write: /desk outage declare 2h why, or /desk outage clear why",
        "outage_declared": (
            "Declared down: everybody is told now. “/desk outage clear why” ends it."
        ),
        "outage_cleared": "All clear: everybody is told now.",
        "outage_blind": "Blind since {}: what the helpdesk does is not seen from here.",
        "nothing_to_clear": "The helpdesk is not declared down.",
        "no_cases": "There is no open case.",
        "unknown_case": "There is no case {} here.",
        "how_to_answer": "Write the words after it: /desk answer {} Hello ...",
        "answer_taken": "Your answer to {} is written down and goes to the customer now.",
        "how_to_incident": (
            "Write: /desk incident open SERVICE SEVERITY words, or update, send, told, "
            "restored, close, merge, add, remove with P1 and words"
        ),
        "no_incidents": "There is no open incident.",
        "unknown_incident": "There is no incident {} here.",
        "incident_taken": "Written down: {}.",
        "incident_services": "That is no service. There are: {}.",
        "incident_severities": "That is no severity. There are: {}.",
        "incident_closed": "{} is closed. Open it again with “open”.",
        "incident_joined": "Part of another incident already: {}.",
        "incident_no_draft": "{} has no draft. Write one with “update”.",
        "incident_is_restored": "{} is restored already. End it with “close”.",
        "incident_language": "That is no language: {}. Write its code, such as sv.",
        "incident_words": "Customers must not be told this: {}. Say it in other words.",
    },
    case_mail={
        "subject": "Your message has arrived",
        "received": "We received your message on {when}. Your reference is {reference}.",
        "working": (
            "Our ticket system is unavailable at the moment, so we work and answer from this "
            "mailbox. Your message is safe here; there is no need to send it again."
        ),
        "from_here": (
            "For now we work and answer from this mailbox. "
            "Your message is safe here; there is no need to send it again."
        ),
        "add": "If you want to add something, just reply to this mail.",
    },
    silences=SILENCES,
    take={
        "title": "I have it",
        "question": "Are you taking it?",
        "who": "Who are you?",
        "button": "I have it",
        "it": "It",
        "thanks": "is yours. Everybody who was told will hear.",
        "taken": "is taken already, by",
        "closed": "is done; nothing is left to take.",
        "expired": "This link is too old. Take it in the helpdesk or in the chat.",
        "forged": "This link is not ours, or was cut. Open it from the message once more.",
        "failed": (
            "Your click could not be saved. Please press again, or take it in the helpdesk."
        ),
    },
    continuity=CONTINUITY,
    not_written_down=(
        "Your click could not be saved, so nobody has been told. Please press again, "
        "or take the ticket in the helpdesk."
    ),
    help=(
        "Deskmate watches the promises made to customers and tells you here before one is broken.\n"
        "Press “I have it” under a message to take it; everybody then sees that you did.\n"
        "“/desk cases” lists the cases of an outage, “/desk case "
        "REFERENCE” shows one, “/desk answer REFERENCE words” answers its customer.\n"
        "“/desk queue”, “risk”, “ticket 123”, “oncall”, “next 123”, “outage”, “incident” show "
        "the desk as it is; “/desk silence NAME 2h why” keeps messages back."
    ),
)
