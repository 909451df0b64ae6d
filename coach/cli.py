"""The command line: `coach serve | lint | rules | eval | audit | report | backtest | record | records`."""

from __future__ import annotations

import json
import os
import shutil
import sys
import traceback
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, NoReturn

import typer

from coach.audit.command import audit, backtest
from coach.audit.report.command import report
from coach.record_cli import record, records
from coach.types import LANGUAGES, Review

if TYPE_CHECKING:
    from coach.inputs import Defaults, Source
    from coach.pipeline import Coach

MISUSE, FAULT = 2, 70
WIDTH = 100
app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help="Checks replies to customers against the service recovery sequence.",
)
app.add_typer(records, name="records")
app.command()(record)

Tongue = Annotated[
    Literal["en", "tr", "pl", "auto"] | None, typer.Option("--language", help="Language of the drafts [default: auto, told by the text]")
]
Plain = Annotated[Literal["text", "json"], typer.Option("--format", help="For people or for programs.")]


app.command()(audit)
app.command()(report)
app.command()(backtest)


def main() -> None:
    """Run the command line; a fault of our own ends it with its traceback and exit code 70."""
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(errors="backslashreplace")
    try:
        app()
    except Exception:
        traceback.print_exc()
        sys.exit(FAULT)


@app.command()
def serve(
    host: Annotated[str | None, typer.Option(help="Address to listen on [default: 127.0.0.1]")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on; 0 takes a free one [default: 8765]")] = None,
    config: Annotated[Path | None, typer.Option(help="TOML file with settings [default: coach.toml where there is one]")] = None,
) -> None:
    """Serve the playground, the websocket and REST."""
    from coach.app import RecordsError
    from coach.app import serve as run
    from coach.settings import SettingsError, load_settings

    if config is not None:
        os.environ["COACH_CONFIG"] = str(config)
    try:
        settings = load_settings(host=host, port=port)
    except SettingsError as error:
        _fail(str(error))
    try:
        with _loading():
            run(settings)
    except RecordsError as error:
        _fail(str(error))


@app.command()
def lint(
    files: Annotated[list[str] | None, typer.Argument(metavar="FILE...", help="A draft each; .json, .jsonl: requests; -: stdin.")] = None,
    jsonl: Annotated[bool, typer.Option("--jsonl", help="Answer requests from stdin line by line on stdout.")] = False,
    language: Tongue = None,
    closing: Annotated[bool, typer.Option("--closing", help="The drafts are about to close their case.")] = False,
    conversation: Annotated[str | None, typer.Option(metavar="FILE", help="The conversation so far, a JSON list of turns.")] = None,
    form: Annotated[Literal["text", "json", "sarif"], typer.Option("--format", help="How findings are told.")] = "text",
    everything: Annotated[bool, typer.Option("--all", help="Quiet findings as well.")] = False,
) -> None:
    """Review drafts. Exit 0: no error found, 1: findings of severity error, 2: misuse.

    With --jsonl each line {"id","language","conversation","draft","closing"} of stdin is answered by a line {"id","review"}, or
    {"id","error"} for a bad one, and the exit code is 0.
    """
    from coach.inputs import InputError, defaults

    if jsonl and (files or form != "text" or everything):
        _fail("--jsonl reads stdin and writes JSON Lines; it goes with --language, --closing and --conversation only")
    if not jsonl and not files:
        _fail("name a file to review, - for stdin, or --jsonl")
    try:
        given = defaults(language, closing, conversation)
    except InputError as error:
        _fail(str(error))
    coach = _coach()
    if jsonl:
        from coach.jsonl import converse

        converse(sys.stdin.buffer, sys.stdout.buffer, coach.review, given)
        return
    raise typer.Exit(_lint(coach, files or [], given, form, everything))


@app.command()
def rules(
    language: Annotated[Literal["en", "tr", "pl"] | None, typer.Option(help="Only the rules of this language.")] = None,
    form: Plain = "text",
    docs: Annotated[Path | None, typer.Option(metavar="DIR", help="Write one page a rule and an index into DIR.")] = None,
    check: Annotated[bool, typer.Option("--check", help="With --docs: write nothing, exit 1 if the pages are not fresh.")] = False,
) -> None:
    """List the rules, or write their pages."""
    if check and docs is None:
        _fail("--check goes with --docs DIR")
    if docs is not None:
        _docs(docs, check)
        return
    coach = _coach()
    known = [rule for name in LANGUAGES if language in (None, name) for rule in coach.rules(name)]
    if form == "json":
        from coach.protocol import rule_to_wire

        _write_json({"rules": [rule_to_wire(rule) for rule in known]})
        return
    wide = max((len(rule.id) for rule in known), default=0)
    family = max((len(rule.family) for rule in known), default=0)
    for rule in known:
        typer.echo(f"{rule.language}  {rule.id:<{wide}}  {rule.family:<{family}}  {rule.step:<18}  {rule.severity:<7}  {rule.summary}")


@app.command(name="eval")
def evaluation(
    file: Annotated[str, typer.Argument(metavar="FILE", help="Labelled drafts, JSON Lines.")],
    errors: Annotated[int, typer.Option(min=0, metavar="N", help="Show the N worst false alarms and misses.")] = 0,
    visible: Annotated[bool, typer.Option("--visible", help="Count only findings that the agent sees.")] = False,
    unaccented: Annotated[bool, typer.Option("--without-diacritics", help="As if typed without Turkish and Polish letters.")] = False,
    form: Plain = "text",
) -> None:
    """Compare reviews with labelled drafts: precision, recall, F1."""
    from coach import score_report
    from coach.evaluate import evaluate, read_labelled, without_diacritics
    from coach.inputs import InputError

    try:
        items = [without_diacritics(item) if unaccented else item for item in read_labelled(file)]
    except InputError as error:
        _fail(str(error))
    result = evaluate(items, _coach().review, visible)
    if form == "json":
        _write_json(score_report.as_values(result, errors))
    else:
        _write_lines(score_report.as_text(result, errors))


def _lint(coach: Coach, files: Iterable[str], given: Defaults, form: str, everything: bool) -> int:
    """Review the files, tell the findings, give the exit code."""
    from coach import sarif, text_report
    from coach.inputs import InputError, read
    from coach.protocol import to_wire
    from coach.web import version

    colour = sys.stdout.isatty() and not os.environ.get("NO_COLOR")
    width = shutil.get_terminal_size((WIDTH, 24)).columns - 8 if sys.stdout.isatty() else WIDTH
    paint = text_report.coloured if colour else text_report.plain
    tally = text_report.Tally()
    kept: list[tuple[Source, Review]] = []
    misuse = failed = False
    for item in (item for path in files for item in read(path, given)):
        if isinstance(item, InputError):
            misuse = True
            typer.echo(f"coach: {item}", err=True)
            continue
        review = coach.review(item.draft)
        failed = failed or any(finding.severity == "error" for finding in review.findings)
        if form == "text":
            tally.add(review, everything)
            _write_lines(text_report.blocks(item.name, item.draft.text, review, everything=everything, width=width, paint=paint))
        else:
            kept.append((item, review))
    if form == "text":
        if tally.drafts:
            typer.echo(tally.line())
    elif form == "json":
        _write_json({"drafts": [{"file": s.path, "line": s.line, "id": s.id, "review": to_wire(r, s.draft)} for s, r in kept]})
    else:
        languages = dict.fromkeys(review.language for _, review in kept)
        known = [rule for name in languages for rule in coach.rules(name)]
        _write_json(sarif.log(kept, known, version(), everything))
    return MISUSE if misuse else int(failed)


def _docs(folder: Path, check: bool) -> None:
    from coach import rule_docs
    from coach.packs import default_packs
    from coach.rules import catalogue

    with _loading():
        made = rule_docs.pages(default_packs(), catalogue())
    if not check:
        rule_docs.write(made, folder)
        typer.echo(f"{len(made)} pages in {folder}")
        return
    wrong = rule_docs.stale(made, folder)
    for line in wrong:
        typer.echo(line, err=True)
    if wrong:
        typer.echo(f"coach: run `coach rules --docs {folder}`", err=True)
        raise typer.Exit(1)


def _coach() -> Coach:
    from coach.pipeline import default_coach

    with _loading():
        return default_coach()


@contextmanager
def _loading() -> Iterator[None]:
    """Tell rules or weights that cannot be used in one line."""
    from coach.classify import ClassifierError
    from coach.packfile import RuleError

    try:
        yield
    except (RuleError, ClassifierError) as error:
        _fail(str(error))


def _write_json(value: dict[str, Any]) -> None:
    typer.echo(json.dumps(value, indent=2, ensure_ascii=False))


def _write_lines(lines: Iterable[str]) -> None:
    for line in lines:
        typer.echo(line)


def _fail(message: str) -> NoReturn:
    typer.echo(f"coach: {message}", err=True)
    raise typer.Exit(MISUSE)
