# SPDX-License-Identifier: GPL-3.0-or-later
"""The command line: what each command is for, and how it is called; the work is in `commands/`.

Exit status: 0 all well, 1 something was found or failed, 2 the call or the policy is unusable.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bot.commands.case_app import case_app
from bot.commands.drill_app import drill
from bot.commands.help import Sections
from bot.commands.inbox_app import inbox_app
from bot.commands.incident_app import incident_app
from bot.commands.knowledge_app import suggest
from bot.commands.maintenance_app import maintenance_app
from bot.commands.options import HERE, AsJson, PolicyFolder, Story, Version
from bot.commands.outage_app import outage_app
from bot.commands.outbox_app import outbox_app
from bot.commands.policy_app import backtest, diff, explain
from bot.commands.portal_app import portal_app
from bot.commands.silence_app import silence_app
from bot.commands.test_app import check_desks
from bot.commands.time_app import calendar_app, oncall, time_app

app = typer.Typer(
    name="deskmate",
    cls=Sections,
    help="Keeps a support team's promises, whatever its tools do.",
    epilog="Begin with `deskmate demo`; `deskmate COMMAND --help` says the rest.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


@app.callback()
def before_all(version: Version = False) -> None:
    """Take the option that stands before every command; it does its work by itself."""


@app.command()
def run(
    policy: PolicyFolder = HERE,
    watch_only: Annotated[
        bool, typer.Option(help="Decide and record everything, send nothing.")
    ] = False,
) -> None:
    """Run the daemon beside the helpdesk, until it is told to stop.

    Settings come from the environment; .env.example lists them all. SIGTERM and Ctrl-C stop it
    gracefully, SIGHUP reads the policy again.
    """
    from bot.commands.run import run_daemon

    raise typer.Exit(run_daemon(policy, is_watch_only=watch_only))


@app.command()
def demo(
    fast: Annotated[bool, typer.Option(help="No pauses for a reader.")] = False,
    as_json: AsJson = False,
    mails: Annotated[
        Path | None,
        typer.Option(help="Feed in every mail of this folder; it is sorted, and promised nothing."),
    ] = None,
    port: Annotated[int, typer.Option(help="Where the page is shown; 0 takes a free one.")] = 0,
    story: Annotated[
        Story, typer.Option(help="A day of support, or a night in which the helpdesk is down.")
    ] = Story.SUPPORT,
) -> None:
    """Show the whole product in two minutes: a pretend world, the real daemon, no accounts.

    Tickets come in and are sorted, a clock warns, somebody takes it, the helpdesk goes down and
    comes back. The page it names shows the helpdesk, the chat and the mails as they change.

    With --story outage, 40 customers write to a mailbox while the helpdesk is down, agents answer
    from Slack, and afterwards it is counted: one ticket each, every word, nothing twice. It needs
    pip install 'deskmate[demo]'.
    """
    if story is Story.OUTAGE:
        if mails is not None:
            typer.echo("deskmate: --mails belongs to the story of support; leave one out", err=True)
            raise typer.Exit(2)
        from bot.commands.demo_night import run_night

        raise typer.Exit(run_night(is_fast=fast, as_json=as_json, port=port))
    from bot.commands.demo import run_demo

    raise typer.Exit(run_demo(is_fast=fast, as_json=as_json, mails=mails, port=port))


@app.command()
def check(
    folder: Annotated[
        Path | None, typer.Argument(help="The policy's folder; the same as --policy.")
    ] = None,
    policy: PolicyFolder = HERE,
    online: Annotated[
        bool, typer.Option(help="Also ask the helpdesk, the chat and the mail server.")
    ] = False,
    schema: Annotated[
        bool, typer.Option(help="Print the JSON Schema of the policy, for your editor.")
    ] = False,
    coverage: Annotated[
        Path | None,
        typer.Option(help="Name the statements of this desk that nothing of it keeps."),
    ] = None,
    readme: Annotated[
        bool, typer.Option(help="With --coverage: print the table of statements instead.")
    ] = False,
    write_readme: Annotated[
        bool, typer.Option(help="With --coverage: write that table into the desk's README.md.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Find every mistake of a policy before it is live, as file:line:column.

    Exit status 0 if there is none, 1 if there are some, 2 if the policy cannot be read.
    """
    if coverage is not None:
        from bot.commands.coverage import show_coverage

        status = show_coverage(
            coverage, as_json=as_json, is_readme=readme, writes_readme=write_readme
        )
        raise typer.Exit(status)
    from bot.commands.check import check_policy

    status = check_policy(folder or policy, is_online=online, wants_schema=schema, as_json=as_json)
    raise typer.Exit(status)


@app.command()
def init(
    folder: Annotated[Path, typer.Argument(help="The new policy's folder.")],
    answers: Annotated[
        Path | None, typer.Option(help="A YAML file of answers, instead of being asked.")
    ] = None,
) -> None:
    """Ask a few questions, write a policy that loads, and list what to create elsewhere."""
    from bot.commands.init import write_policy

    raise typer.Exit(write_policy(folder, answers=answers))


@app.command()
def decide(
    file: Annotated[
        str, typer.Argument(help="Events, one JSON object a line; - is standard input.")
    ] = "-",
    policy: PolicyFolder = HERE,
) -> None:
    """Say what the policy would do with each event, without touching anything.

    One line in, one line out, in the same order (docs/decide.md).
    """
    from bot.commands.decide import decide_file

    raise typer.Exit(decide_file(policy, file))


@app.command()
def status(as_json: AsJson = False) -> None:
    """Show what the daemon knows now: open tickets, clocks, messages waiting, the helpdesk."""
    from bot.commands.status import show_status

    raise typer.Exit(show_status(as_json=as_json))


@app.command()
def clocks(
    ticket: Annotated[int, typer.Argument(help="The helpdesk's number of the ticket.")],
    policy: PolicyFolder = HERE,
    as_json: AsJson = False,
) -> None:
    """Explain the promises to one ticket: each span that was counted or skipped, and why."""
    from bot.commands.clocks import show_clocks

    raise typer.Exit(show_clocks(ticket, policy, as_json=as_json))


@app.command("at-risk")
def at_risk(policy: PolicyFolder = HERE, as_json: AsJson = False) -> None:
    """List the open tickets to look at now: nearly late, reopened, repeated, growing."""
    from bot.commands.at_risk import show_at_risk

    raise typer.Exit(show_at_risk(policy, as_json=as_json))


@app.command()
def report(
    month: Annotated[
        str | None, typer.Option(help="Which month, such as 2026-03; this one if none is named.")
    ] = None,
    policy: PolicyFolder = HERE,
    as_json: AsJson = False,
) -> None:
    """Count the promises of a month: kept, warned of, broken, per priority, plan and customer."""
    from bot.commands.report import show_report

    raise typer.Exit(show_report(month, policy, as_json=as_json))


@app.command()
def backup(
    target: Annotated[Path, typer.Argument(help="The file to write; it must not exist yet.")],
) -> None:
    """Copy the store while the daemon runs."""
    from bot.commands.backup import back_up

    raise typer.Exit(back_up(target))


@app.command()
def keep(policy: PolicyFolder = HERE, as_json: AsJson = False) -> None:
    """Show what is kept of each kind, how long, and what goes when (`keep:` in the policy)."""
    from bot.commands.keep import show_keep

    raise typer.Exit(show_keep(policy, as_json=as_json))


@app.command()
def forget(
    address: Annotated[str, typer.Argument(help="The mail address of the person.")],
    dry_run: Annotated[bool, typer.Option(help="Only count what there is.")] = False,
    yes: Annotated[bool, typer.Option(help="Ask nothing.")] = False,
    even_open: Annotated[
        bool, typer.Option(help="Give up what is under way: cases, messages, events.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Take a person out of the store, the spool and the journal; the daemon may run.

    Numbers, times and states stay under a pseudonym. Exit status 1 while something is under way.
    """
    from bot.commands.forget import Wanted, forget_person

    raise typer.Exit(forget_person(address, Wanted(dry_run, yes, even_open, as_json)))


@app.command()
def restore(
    source: Annotated[Path, typer.Argument(help="A file that `deskmate backup` wrote.")],
    force: Annotated[bool, typer.Option(help="Replace the store that is there.")] = False,
) -> None:
    """Put a backup in the place of the store; the daemon must be stopped."""
    from bot.commands.backup import put_back

    raise typer.Exit(put_back(source, is_forced=force))


app.add_typer(time_app, name="time", no_args_is_help=True)
app.add_typer(calendar_app, name="calendar", no_args_is_help=True)
app.add_typer(case_app, name="case", no_args_is_help=True)
app.add_typer(inbox_app, name="inbox", no_args_is_help=True)
app.add_typer(incident_app, name="incident", no_args_is_help=True)
app.add_typer(outage_app, name="outage", no_args_is_help=True)
app.add_typer(outbox_app, name="outbox", no_args_is_help=True)
app.add_typer(portal_app, name="portal", no_args_is_help=True)
app.add_typer(silence_app, name="silence", no_args_is_help=True)
app.add_typer(maintenance_app, name="maintenance", no_args_is_help=True)
app.command()(drill)
app.command()(oncall)
app.command()(explain)
app.command()(diff)
app.command()(backtest)
app.command()(suggest)
app.command("test")(check_desks)


def main() -> None:
    """The `deskmate` command."""
    app()


if __name__ == "__main__":
    main()
