"""`coach record` and `coach records`: case records on the command line."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Any, Literal, NoReturn

import typer

if TYPE_CHECKING:
    from coach.records.store import Store

MISUSE = 2
Place = Annotated[
    str | None,
    typer.Option("--store", metavar="URL", help="Database of the records [default: COACH_RECORDS]; on: SQLite in your data folder."),
]
Plain = Annotated[Literal["text", "json"], typer.Option("--format", help="For people or for programs.")]
records = typer.Typer(
    no_args_is_help=True, add_completion=False, rich_markup_mode=None, help="Stored case records: list, due, purge, delete, migrate."
)


def record(
    file: Annotated[str, typer.Argument(metavar="FILE", help="Finished conversations: .json, .jsonl, or - for JSON Lines on stdin.")],
    store: Annotated[
        str | None, typer.Option("--store", metavar="URL", help="Keep the records in this database; on: SQLite in your data folder.")
    ] = None,
    language: Annotated[
        Literal["en", "tr", "pl", "auto"] | None, typer.Option(help="Language of conversations that do not say theirs.")
    ] = None,
    form: Plain = "text",
) -> None:
    """Make the case record of each conversation with a failure, personal data masked. Stores nothing without --store.

    Exit 0: all conversations could be read, 2: some could not.
    """
    from coach.inputs import InputError
    from coach.pipeline import default_coach
    from coach.records.compose import read_case
    from coach.records.read import conversations

    with _library():
        from coach.records.sheet import prepare, prepared_values, stored_values
        from coach.records.text import record_lines
    opened = _open(store) if store is not None else None
    keep_orders = _settings(store).records_orders == "keep"
    coach, wrong, made = default_coach(), False, 0
    for given in conversations(file, language):
        if isinstance(given, InputError):
            wrong = True
            typer.echo(f"coach: {given}", err=True)
            continue
        read = read_case(given.conversation, coach)
        if read is None:
            continue
        ready = prepare(read.record, read.names, given.conversation, given.edits, keep_orders)
        with _database():
            saved = (
                opened.save(ready.conversation, ready.record, ready.orders, ready.customer, ready.edits, ready.hidden)[0]
                if opened
                else None
            )
        values = stored_values(saved) if saved else prepared_values(ready)
        made += 1
        typer.echo(json.dumps(values, ensure_ascii=False) if form == "json" else "\n".join(record_lines(values)))
    if form == "text":
        typer.echo(f"{made} {'record' if made == 1 else 'records'}, {'stored' if opened else 'nothing stored'}")
    if opened:
        opened.close()
    if wrong:
        raise typer.Exit(MISUSE)


@records.command(name="list")
def list_records(
    store: Place = None,
    customer: Annotated[str | None, typer.Option(help="Only those of this customer.")] = None,
    limit: Annotated[int, typer.Option(min=1, help="At most so many.")] = 100,
    form: Plain = "text",
) -> None:
    """List stored records, newest first."""
    from coach.records.sheet import stored_values
    from coach.records.text import record_lines

    with _stored(store) as opened:
        for one in opened.find(customer, None, limit):
            values = stored_values(one)
            typer.echo(json.dumps(values, ensure_ascii=False) if form == "json" else "\n".join(record_lines(values)))


@records.command()
def due(
    store: Place = None,
    days: Annotated[int, typer.Option(min=0, max=3650, help="Those due within so many days from now, and all overdue ones.")] = 7,
    form: Annotated[Literal["text", "json", "ics"], typer.Option("--format", help="For people, for programs, or a calendar.")] = "text",
) -> None:
    """List the follow-ups that are due."""
    from coach.records.ics import calendar
    from coach.records.sheet import due_values
    from coach.records.text import due_line

    with _stored(store) as opened:
        found = opened.every_due(datetime.now(UTC) + timedelta(days=days))
        if form == "ics":
            sys.stdout.buffer.write(calendar(found))
            return
        for one in found:
            typer.echo(json.dumps(due_values(one), ensure_ascii=False) if form == "json" else due_line(due_values(one)))


@records.command()
def delete(
    id: Annotated[str | None, typer.Argument(metavar="ID", help="The record.")] = None,
    customer: Annotated[str | None, typer.Option(help="All records of this customer.")] = None,
    store: Place = None,
) -> None:
    """Delete one record, or all of a customer."""
    if (id is None) == (customer is None):
        _fail("name a record or --customer")
    with _stored(store) as opened:
        count = opened.forget(customer) if customer is not None else int(opened.delete(id or ""))
    typer.echo(f"{count} deleted")


@records.command()
def purge(
    store: Place = None,
    days: Annotated[int | None, typer.Option(min=0, help="Delete records older than so many days [default: COACH_RECORDS_DAYS]")] = None,
) -> None:
    """Delete records that are older than they may be."""
    kept = _settings(store).records_days if days is None else days
    with _stored(store) as opened:
        typer.echo(f"{opened.purge(kept)} deleted")


@records.command()
def migrate(
    store: Place = None,
    revision: Annotated[str, typer.Option(help="The revision to bring it to; base: no tables, all records are lost.")] = "head",
) -> None:
    """Bring the database to the schema of this version. The service does so by itself."""
    with _library():
        from coach.records.store import bring
    with _database():
        before, after = bring(_url(store), revision)
    typer.echo(f"{before or 'no schema'} -> {after or 'no schema'}")


def _settings(store: str | None) -> Any:
    from coach.settings import SettingsError, load_settings

    try:
        return load_settings(records=store)
    except SettingsError as error:
        _fail(str(error))


def _url(store: str | None) -> str:
    from coach.records.engine import default_url

    url: str = _settings(store).records
    if url == "off":
        _fail("case records are switched off; set COACH_RECORDS or name a database with --store")
    return default_url() if url == "on" else url


def _open(store: str | None) -> Store:
    with _library():
        from coach.records.store import Store
    with _database():
        url = _url(store)
        return Store.open(url, _settings(store).records_secret.get_secret_value())


@contextmanager
def _stored(store: str | None) -> Iterator[Store]:
    opened = _open(store)
    try:
        with _database():
            yield opened
    finally:
        opened.close()


@contextmanager
def _database() -> Iterator[None]:
    from coach.records.engine import StoreError

    try:
        yield
    except StoreError as error:
        _fail(str(error))


@contextmanager
def _library() -> Iterator[None]:
    try:
        yield
    except ImportError as error:
        _fail(f"{error.name} is not installed; install reply-coach[records]")


def _fail(message: str) -> NoReturn:
    typer.echo(f"coach: {message}", err=True)
    raise typer.Exit(MISUSE)
