from __future__ import annotations

import json
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from coach.audit.backtest import Backtest, backtest, check
from coach.audit.crew import Alone, Work, WorkerDiedError
from coach.audit.engine import Engine
from coach.audit.importers import StrictError, open_source
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
    assert found["fired"] == {"detected": 100, "kept": 100, "visible": 100, "replies": 100, "replies_visible": 100}
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


def test_replies_that_carry_it_are_divided_not_findings(engine: Engine, tmp_path: Path) -> None:
    """As in an audit: a reply with two of them is one reply."""
    turns = [{"role": "agent", "text": "A bad thing. Another bad thing."}, {"role": "agent", "text": "Fine."}]
    found = tried("fault", written(tmp_path / "x.jsonl", {"id": "x", "language": "en", "turns": turns}), engine).values()
    assert (found["fired"]["kept"], found["per_100_replies"], found["visible_per_100_replies"]) == (2, 50.0, 50.0)


def test_what_is_rejected_is_told(file: Path, engine: Engine) -> None:
    found = tried("fault", file, engine)
    assert found.values()["rejects"] == [{"file": str(file), "place": "line 101", "reason": found.rejects[0]["reason"]}]
    assert "1 records rejected:" in list(found.text()) and any(f"{file}, line 101: not JSON" in line for line in found.text())
    with pytest.raises(StrictError, match="line 101: not JSON"):
        tried("fault", file, engine, strict=True)
    many = Backtest("fault", rejects=[{"file": "f", "place": f"line {n}", "reason": "x"} for n in range(25)])
    assert "  and 5 more; --format json tells all" in list(many.text())


def test_a_conversation_that_ends_its_process_is_rejected_alone(file: Path, engine: Engine) -> None:
    class Dies(Alone):
        def submit(self, work: Work, piece: bytes) -> Future[bytes]:
            if b"number 77." not in piece:
                return super().submit(work, piece)
            future: Future[bytes] = Future()
            future.set_exception(WorkerDiedError("it died"))
            return future

    found = backtest("fault", open_source([file]), Dies(), engine)
    assert (found.conversations, found.replies) == (99, 198)
    assert [(each["place"], each["reason"][:20]) for each in found.rejects] == [
        ("line 78", "the review ended its"),
        ("line 101", found.rejects[1]["reason"][:20]),
    ]


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
    assert plain.exit_code == 0 and "50.00 of 100 replies" in plain.stdout and plain.stdout.count(", turn 1, ") == 2
    assert "bad thing" not in plain.stdout
    told = coach("fault", "--format", "json", "--with-text")
    assert json.loads(told.stdout)["fired"]["visible"] == 100 and "bad thing" in told.stdout
    assert "1 records rejected" in plain.stdout and coach("fault", "--strict").exit_code == 1
    unknown = coach("nothing")
    assert unknown.exit_code == 2 and "no such rule" in unknown.stderr
