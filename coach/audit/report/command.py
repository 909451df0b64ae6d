"""The command `coach report`: the page and the numbers of an audit that is there."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

MISUSE = 2
Zone = Annotated[str, typer.Option("--zone", metavar="ZONE", help="Time zone of hours and days, such as Europe/Warsaw.")]
Least = Annotated[int, typer.Option("--min-group", min=2, metavar="K", help="The smallest group of conversations or people shown.")]
Agents = Annotated[bool, typer.Option("--agents", help="Say how much agents differ: in bands of at least K people, nobody alone.")]
Tongue = Annotated[
    Literal["en", "tr", "pl"] | None, typer.Option("--language", help="Language of the report [default: that of most conversations]")
]


def report(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="An audit, as coach audit leaves it.")],
    out: Annotated[Path | None, typer.Option(metavar="FILE", help="The page [default: report.html in DIR]")] = None,
    language: Tongue = None,
    agents: Agents = False,
    least: Least = 5,
    zone: Zone = "UTC",
    tables: Annotated[Path | None, typer.Option(metavar="DIR", help="Write the numbers as CSV and Parquet into DIR.")] = None,
) -> None:
    """Write what to coach next as one HTML page, from the tables of an audit. Exit 0: done, 2: misuse.

    The page asks for nothing from elsewhere. It shows words only if the audit was made with --with-text.
    """
    from coach.audit.report.make import make
    from coach.inputs import InputError
    from coach.web import version

    try:
        path = make(folder, out, language=language, agents=agents, least=least, zone=zone, tables=tables, version=version())
    except InputError as error:
        typer.echo(f"coach: {error}", err=True)
        raise typer.Exit(MISUSE) from None
    except OSError as error:
        typer.echo(f"coach: {error.filename or folder}: {error.strerror or error}", err=True)
        raise typer.Exit(MISUSE) from None
    typer.echo(f"report: {path}")
