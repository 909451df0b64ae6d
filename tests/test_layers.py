"""Arrows point one way: a module imports only what stands before it in ORDER; imports inside functions count as well."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent / "coach"
ORDER = """
coach types text zone lazily
segment screen packfile spec language_spec notation tokens anchors phrases
rules language
letters classify.pytorch classify reading reader assisted promises sequence
problem situation edits context matchers suggest settle
telling packs pipeline
messages answers protocol
logs
records records.case records.causes records.compose records.keys records.recognisers records.masking
records.tables records.values records.migrations.env records.migrations.versions.v0001_case_records
records.migrations.versions.v0002_hidden_words records.migrate
records.engine records.seen records.follow_ups records.store records.sheet records.messages
records.ics records.webhook records.keeper records.text
worker metrics access settings session rota stream web record_routes app
inputs jsonl text_report sarif rule_docs evaluate score_report
audit audit.cells audit.conversation audit.tables audit.keys audit.replies audit.reviewed audit.summary audit.part audit.engine
audit.importers.files audit.importers.fields audit.importers.seen audit.importers.quotes audit.importers.documents
audit.importers.source audit.importers.rows audit.importers.mails audit.importers.store audit.importers.texts
audit.importers.jsonl audit.importers.single audit.importers.detect audit.importers.gather audit.importers.build
audit.importers.zendesk audit.importers.chatwoot audit.importers.helpscout audit.importers.mbox
audit.importers.django_helpdesk audit.importers.tables audit.importers.front audit.importers.freshdesk
audit.importers.intercom audit.importers.zammad audit.importers.request_tracker audit.importers.sources audit.importers
audit.work audit.crew audit.cluster audit.folder audit.finish audit.run audit.backtest audit.progress
audit.report audit.report.figures audit.report.statistics audit.report.groups audit.report.data audit.report.sequence audit.report.faults
audit.report.first_replies audit.report.spikes audit.report.inversion audit.report.coaching audit.report.collect audit.report.wording
audit.report.charts audit.report.advice_text audit.report.views audit.report.export audit.report.page audit.report.make
audit.report.command audit.command
records.read
record_cli cli __main__
""".split()
WEB = frozenset({"fastapi", "starlette", "uvicorn"})
VERSIONS = {name for name in ORDER if name.startswith("records.migrations.versions.")}
DATABASE = {"records.migrate", "records.migrations.env", *VERSIONS}
ONLY_IN = {
    "spacy": {"tokens", "phrases", "rules"},
    "fastapi": {"app", "web", "record_routes"},
    "starlette": {"app", "web", "access", "stream", "record_routes"},
    "uvicorn": {"app", "web"},
    "typer": {"cli", "audit.command", "audit.report.command", "record_cli"},
    "prometheus_client": {"metrics", "app"},
    "py3langid": {"language"},
    "onnxruntime": {"classify"},
    "sentencepiece": {"classify"},
    "numpy": {"classify", "classify.pytorch"},
    "onnx": {"classify.pytorch"},
    "torch": {"classify.pytorch"},
    "pyarrow": {"audit.tables", "audit.part", "audit.finish", "audit.importers.rows", "audit.report.data", "audit.report.export"},
    "duckdb": {"audit.report.data"},
    "scipy": {"audit.report.statistics"},
    "vl_convert": {"audit.report.charts"},
    "jinja2": {"audit.report.page"},
    "babel": {"audit.report.wording", "audit.report.charts"},
    "distributed": {"audit.cluster"},
    "sqlalchemy": {*DATABASE, "records.tables", "records.engine", "records.seen", "records.follow_ups", "records.store"},
    "alembic": DATABASE,
    "presidio_analyzer": {"records.recognisers"},
    "icalendar": {"records.ics"},
    "httpx": {"records.webhook"},
}
SANS_IO = frozenset({"asyncio", "socket", "threading", "time", "selectors", "concurrent", "websockets"}) | WEB


def name_of(path: Path) -> str:
    """`coach/audit/run.py` is `audit.run`, a package's `__init__` the package."""
    parts = ("coach", *path.relative_to(ROOT).with_suffix("").parts)
    return ".".join(part for part in parts if part != "__init__").removeprefix("coach.")


MODULES = {name_of(path): path for path in sorted(ROOT.rglob("*.py"))}


def imported(source: str) -> Iterator[str]:
    """Every module name that the source imports, anywhere in it; `from a import b` gives `a` and `a.b`."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"line {node.lineno}: a relative import"
            yield from (node.module or "", *(f"{node.module}.{alias.name}" for alias in node.names))


def own(source: str) -> set[str]:
    """Our modules among the imports."""
    names = {name.removeprefix("coach.") for name in imported(source) if name.startswith("coach.")}
    return names & (set(MODULES) | set(ORDER))


def upward(module: str, source: str) -> set[str]:
    """The imports of `module` that do not stand before it in ORDER."""
    return {name for name in own(source) if name != module and ORDER.index(name) > ORDER.index(module)}


def outside(source: str) -> set[str]:
    """The top-level packages that the source imports."""
    return {name.partition(".")[0] for name in imported(source)}


def test_every_module_has_its_place() -> None:
    assert set(ORDER) == set(MODULES), "put new modules where they belong in ORDER, take gone ones out"
    assert len(ORDER) == len(set(ORDER))


@pytest.mark.parametrize("module", MODULES)
def test_imports_point_one_way(module: str) -> None:
    assert upward(module, MODULES[module].read_text("utf-8")) == set()


@pytest.mark.parametrize("package", ONLY_IN)
def test_a_library_is_used_in_its_place_only(package: str) -> None:
    users = {module for module, path in MODULES.items() if package in outside(path.read_text("utf-8"))}
    assert users <= ONLY_IN[package]


def test_records_know_no_web() -> None:
    assert all(not outside(path.read_text("utf-8")) & WEB for module, path in MODULES.items() if module.startswith("records."))


def test_what_is_optional_is_imported_late() -> None:
    late = {"sqlalchemy", "presidio_analyzer", "icalendar", "faker"}
    used = f"import sys, coach.cli, coach.app, coach.worker; print(*({late} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", used], capture_output=True, encoding="utf-8", check=True, timeout=120)
    assert done.stdout.split() == []


def test_the_session_knows_no_sockets_threads_or_clock() -> None:
    assert outside(MODULES["session"].read_text("utf-8")) & SANS_IO == set()


def test_upward_imports_are_seen() -> None:
    assert upward("rules", "from coach.pipeline import Coach") == {"pipeline"}
    assert upward("rules", "def late():\n    from coach import pipeline") == {"pipeline"}
    assert upward("audit.replies", "import coach.audit.run") == {"audit.run"}
    assert upward("pipeline", "from coach.types import Draft\nimport coach.rules") == set()
