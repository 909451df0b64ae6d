from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from coach.audit.backtest import Backtest, backtest, check
from coach.audit.crew import Alone
from coach.audit.engine import Engine
from coach.audit.importers import open_source
from coach.cli import app
from coach.inputs import InputError
from tests.audit_runs import rows, run, small_rules, talk, written


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    return Engine(str(small_rules(tmp_path_factory.mktemp("small"))), False)


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return written(tmp_path_factory.mktemp("talks") / "talks.jsonl", *map(talk, range(100)), "{")


def tried(rule: str, file: Path, engine: Engine, **more: Any) -> Backtest:
    return backtest(rule, open_source([file]), Alone(), engine, **more)


def test_how_often_it_would_have_fired(file: Path, engine: Engine) -> None:
    found = tried("fault", file, engine).values()
    assert (found["conversations"], found["rejected"], found["replies"]) == (100, 1, 200)
    assert found["fired"] == {"detected": 100, "kept": 100, "visible": 100, "replies": 100}
    assert (found["per_100_replies"], found["severities"]) == (50.0, {"warning": 100})
    days = {(f"ann{n % 3}", n % 28) for n in range(100)} | {("bo", n % 28) for n in range(100)}
    assert found["per_agent_and_day"] == {"agents": 4, "agent_days": len(days), "mean": round(100 / len(days), 3), "most": 2}


def test_it_finds_what_an_audit_finds(file: Path, engine: Engine, tmp_path: Path) -> None:
    assert engine.rules
    run(file, tmp_path, Path(engine.rules))
    expected = [(row["conversation"], row["turn"], row["start"]) for row in rows(tmp_path, "findings") if row["rule"] == "check"]
    found = tried("check", file, engine, sample=1000).values()["sample"]
    assert sorted((fire["conversation"], fire["turn"], fire["start"]) for fire in found) == sorted(expected) != []


def test_the_sample_is_even_always_the_same_and_without_words(file: Path, engine: Engine) -> None:
    found = tried("fault", file, engine, sample=10).values()["sample"]
    assert found == tried("fault", file, engine, sample=10).values()["sample"]
    assert len(found) == 10 and all(fire["text"] is None for fire in found)
    assert len({int(fire["conversation"][1:]) // 20 for fire in found}) >= 3
    shown = tried("fault", file, engine, sample=1, text=True).values()["sample"][0]
    assert shown["text"] == f"A bad thing, number {shown['conversation'][1:]}."


def test_nothing_to_divide_by(engine: Engine, tmp_path: Path) -> None:
    undated = {"id": "x", "language": "en", "turns": [{"role": "customer", "text": "Hello."}]}
    found = tried("fault", written(tmp_path / "x.jsonl", undated), engine)
    assert found.values()["per_100_replies"] is None and found.values()["per_agent_and_day"]["mean"] is None
    assert any("do not say who" in line for line in found.text())


def test_an_unknown_rule(engine: Engine) -> None:
    check("fault", engine)
    with pytest.raises(InputError, match="faults: no such rule; there is fault"):
        check("faults", engine)


@pytest.fixture
def coach(engine: Engine, file: Path) -> Callable[..., Any]:
    def asked(rule: str, *arguments: str) -> Any:
        given = ("backtest", rule, str(file), "--rules", str(engine.rules), "--rules-only", "--processes", "1", *arguments)
        return CliRunner().invoke(app, given, catch_exceptions=False)

    return asked


def test_command(coach: Callable[..., Any]) -> None:
    plain = coach("fault", "--sample", "2")
    assert plain.exit_code == 0 and "50.00 per 100 replies" in plain.stdout and plain.stdout.count(", turn 1, ") == 2
    assert "bad thing" not in plain.stdout
    told = coach("fault", "--format", "json", "--with-text")
    assert json.loads(told.stdout)["fired"]["visible"] == 100 and "bad thing" in told.stdout
    unknown = coach("nothing")
    assert unknown.exit_code == 2 and "no such rule" in unknown.stderr
