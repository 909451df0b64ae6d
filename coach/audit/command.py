"""The commands `coach audit` and `coach backtest`: options in, tables and a summary out."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, NoReturn

import typer

if TYPE_CHECKING:
    from coach.audit.crew import Crew
    from coach.audit.engine import Engine
    from coach.audit.importers import Options
    from coach.classify import Backend

MISUSE, INTERRUPTED = 2, 130


class Format(StrEnum):
    """How tables are written."""

    PARQUET = "parquet"
    JSONL = "jsonl"
    CSV = "csv"


Files = Annotated[list[str], typer.Argument(metavar="FILE...", help="Transcripts: files or folders.")]
Tongue = Annotated[
    Literal["en", "tr", "pl", "auto"] | None, typer.Option("--language", help="Language of the replies [default: auto, told by the text]")
]
Rules = Annotated[Path | None, typer.Option("--rules", metavar="DIR", help="Folder of rules to use in place of the shipped ones.")]
Source = Annotated[str, typer.Option("--from", metavar="FORM", help="Where the transcripts come from; docs/importers.md lists them.")]
Columns = Annotated[list[str] | None, typer.Option("--column", metavar="NAME=COLUMN", help="The column of a table that holds NAME.")]
Values = Annotated[list[str] | None, typer.Option("--role", metavar="ROLE=VALUE", help="The value of a table that means ROLE.")]
Own = Annotated[list[str] | None, typer.Option("--own", metavar="ADDRESS", help="Address or domain of the team, for mail.")]
Quotes = Annotated[bool, typer.Option("--keep-quotes", help="Leave quoted history and signatures in.")]
Times = Annotated[str | None, typer.Option("--time-format", metavar="FORMAT", help="How a table writes times, as of strptime.")]
Processes = Annotated[
    int | None, typer.Option("--processes", min=1, metavar="N", help="Processes to work with [default: one a processor]; 1: this one.")
]
Scheduler = Annotated[
    str | None, typer.Option("--scheduler", metavar="ADDRESS", help="Dask scheduler of a cluster to work on, tcp://HOST:PORT.")
]
Report = Annotated[
    bool, typer.Option("--report/--no-report", help="Write report.html at the end; coach report makes it with more options.")
]
ReportTongue = Annotated[
    Literal["en", "tr", "pl"] | None, typer.Option("--report-language", help="Language of the report [default: that of most conversations]")
]
TeamZone = Annotated[
    str,
    typer.Option(
        "--zone", metavar="ZONE", help='The team\'s time zone, such as Europe/Warsaw: of times without an offset, of "by 16:00", of days.'
    ),
]
Strict = Annotated[bool, typer.Option("--strict", help="Stop at the first record that cannot be used.")]
Runtime = Annotated[
    Literal["onnx", "torch"],
    typer.Option("--backend", help="What runs the classifier: onnx on processors; torch, an extra to install, on a GPU if there is one."),
]
Fast = Annotated[bool, typer.Option("--rules-only", help="Without the classifier: many times faster, and finds less.")]


def audit(
    files: Files,
    out: Annotated[Path, typer.Option(metavar="DIR", help="Folder for the tables.")],
    form: Source = "auto",
    language: Tongue = None,
    columns: Columns = None,
    values: Values = None,
    own: Own = None,
    keep_quotes: Quotes = False,
    time_format: Times = None,
    rules: Rules = None,
    rules_only: Fast = False,
    backend: Runtime = "onnx",
    with_text: Annotated[bool, typer.Option("--with-text", help="Put words into the tables.")] = False,
    with_names: Annotated[bool, typer.Option("--with-names", help="Put agents' names into the tables, not pseudonyms.")] = False,
    formats: Annotated[list[Format] | None, typer.Option("--format", help="Write the tables like this beside Parquet.")] = None,
    strict: Strict = False,
    force: Annotated[bool, typer.Option("--force", help="Replace an earlier audit in DIR.")] = False,
    resume: Annotated[bool, typer.Option("--resume", help="Go on with an unfinished audit in DIR, or start one.")] = False,
    processes: Processes = None,
    scheduler: Scheduler = None,
    with_report: Report = True,
    report_language: ReportTongue = None,
    zone: TeamZone = "UTC",
) -> None:
    """Review every reply of past conversations, each in its own context and at its own time.

    A reply counts as closing its case if nothing but internal notes and automatic messages follows it. No text is stored unless
    --with-text is given. Records that cannot be used are listed in the table rejects. Exit 0: done, 1: stopped by --strict,
    2: misuse, 130: interrupted; what is done is kept, --resume goes on.
    """
    from coach.audit.importers import inputs, size
    from coach.audit.progress import shown_progress
    from coach.audit.report.data import check_zone
    from coach.audit.report.make import make
    from coach.audit.run import Request
    from coach.audit.run import audit as run
    from coach.web import version

    crew = _crew(processes, scheduler)
    request = Request(
        paths=tuple(files),
        folder=out,
        form=form,  # type: ignore[arg-type]
        options=_options(language, columns, values, own, keep_quotes, time_format, zone),
        engine=_engine(rules, rules_only, backend),
        text=with_text,
        names=with_names,
        formats=tuple(dict.fromkeys(each.value for each in formats or ())),
        strict=strict,
        force=force,
        resume=resume,
    )
    with _faults(out):
        check_zone(zone)
        with shown_progress(files[0] if len(files) == 1 else f"{len(files)} files", size(inputs(files))) as progress:
            summary = run(request, crew, version(), progress)
        page = make(out, language=report_language, zone=zone, version=version()) if with_report else None
    for line in summary.text():
        typer.echo(line)
    if page is not None:
        typer.echo(f"\nreport: {page}")


def backtest(
    rule: Annotated[str, typer.Argument(metavar="RULE", help="Id of the rule.")],
    files: Files,
    form: Source = "auto",
    language: Tongue = None,
    columns: Columns = None,
    values: Values = None,
    own: Own = None,
    keep_quotes: Quotes = False,
    time_format: Times = None,
    rules: Rules = None,
    rules_only: Fast = False,
    backend: Runtime = "onnx",
    sample: Annotated[int, typer.Option(min=0, metavar="N", help="Findings to list, drawn evenly and always the same.")] = 20,
    with_text: Annotated[bool, typer.Option("--with-text", help="Show the sentences of the sample.")] = False,
    strict: Strict = False,
    told: Annotated[Literal["text", "json"], typer.Option("--format", help="For people or for programs.")] = "text",
    processes: Processes = None,
    scheduler: Scheduler = None,
    zone: TeamZone = "UTC",
) -> None:
    """Try a rule on past conversations: which replies of 100 would carry it, and how often per agent and day.

    With --rules DIR it may be one that is still being written. The sample names places; --with-text shows the sentences.
    Records that cannot be used are named with their reasons. Exit 0: done, 1: stopped by --strict, 2: misuse, 130: interrupted.
    """
    from coach.audit.backtest import backtest as run
    from coach.audit.backtest import check
    from coach.audit.importers import inputs, open_source, size
    from coach.audit.progress import shown_progress

    engine = _engine(rules, rules_only, backend)
    options = _options(language, columns, values, own, keep_quotes, time_format, zone)
    crew = _crew(processes, scheduler)
    with _faults():
        check(rule, engine)
        read = 0

        def hear(count: int) -> None:
            nonlocal read
            read = count

        with shown_progress(rule, size(inputs(files))) as progress, crew() as workers:
            items = open_source(files, form, options, strict=strict, done=hear)  # type: ignore[arg-type]
            tell = None if progress is None else lambda replies: progress(read, replies)
            found = run(rule, items, workers, engine, text=with_text, sample=sample, strict=strict, told=tell)
    if told == "json":
        typer.echo(json.dumps(found.values(), indent=2, ensure_ascii=False))
        return
    for line in found.text():
        typer.echo(line)


def _engine(rules: Path | None, rules_only: bool, backend: Backend) -> Engine:
    from coach.audit.engine import Engine

    return Engine(str(rules.resolve()) if rules else None, not rules_only, backend)


def _crew(processes: int | None, scheduler: str | None) -> Callable[[], Crew]:
    from coach.audit.cluster import Cluster
    from coach.audit.crew import crew_of

    if scheduler is not None and processes is not None:
        _fail("--processes goes with this machine, --scheduler with a cluster: one of them")
    return lambda: Cluster(scheduler) if scheduler is not None else crew_of(processes)


def _options(
    language: str | None,
    columns: list[str] | None,
    values: list[str] | None,
    own: list[str] | None,
    keep_quotes: bool,
    time_format: str | None,
    zone: str,
) -> Options:
    from coach.audit.importers import Options

    return Options(
        language=language or "auto",
        columns=dict(_pairs(columns, "--column")),
        values=_grouped(_pairs(values, "--role")),
        own=tuple(own or ()),
        keep_quotes=keep_quotes,
        time_format=time_format,
        zone=zone,
    )


@contextmanager
def _faults(kept: Path | None = None) -> Iterator[None]:
    """Tell in one line what ends a run; `kept`: where what is done by then lies."""
    from coach.audit.crew import CrewLostError, WorkerDiedError
    from coach.audit.importers import StrictError
    from coach.audit.work import OtherEngineError
    from coach.classify import ClassifierError
    from coach.inputs import InputError
    from coach.packfile import RuleError

    rest = f"; what is done is kept in {kept}, --resume goes on" if kept else ""
    try:
        yield
    except StrictError as error:
        typer.echo(f"coach: {error}", err=True)
        raise typer.Exit(1) from None
    except (InputError, RuleError, ClassifierError, OtherEngineError) as error:
        _fail(str(error))
    except (CrewLostError, WorkerDiedError) as error:
        typer.echo(f"coach: {error}{rest}", err=True)
        raise typer.Exit(1) from None
    except OSError as error:
        _fail(f"{error.filename}: {error.strerror}" if error.filename else str(error))
    except KeyboardInterrupt:
        typer.echo(f"coach: interrupted{rest}", err=True)
        raise typer.Exit(INTERRUPTED) from None


def _pairs(given: list[str] | None, option: str) -> list[tuple[str, str]]:
    made = []
    for each in given or ():
        name, sign, value = each.partition("=")
        if not (name and sign and value):
            _fail(f"{option} {each}: NAME=VALUE is needed")
        made.append((name, value))
    return made


def _grouped(pairs: list[tuple[str, str]]) -> dict[str, tuple[str, ...]]:
    return {name: tuple(value for other, value in pairs if other == name) for name, _ in pairs}


def _fail(message: str) -> NoReturn:
    typer.echo(f"coach: {message}", err=True)
    raise typer.Exit(MISUSE)
