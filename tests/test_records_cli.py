"""`coach record` and `coach records`."""

from __future__ import annotations

import json
import sqlite3
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from coach.cli import app
from coach.records.case import FollowUp, Said
from coach.records.store import Store, utc_now
from tests.records import SECRET, record, request


@pytest.fixture(autouse=True)
def plain(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setenv("COACH_RECORDS_SECRET", SECRET)


@pytest.fixture
def place(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'records.db'}"


def coach(*arguments: str, input: str | None = None) -> Result:
    return CliRunner().invoke(app, list(arguments), input=input, catch_exceptions=False)


def written(tmp_path: Path, *requests: Any, name: str = "cases.jsonl") -> str:
    file = tmp_path / name
    file.write_text("".join(json.dumps(one) + "\n" for one in requests), "utf-8")
    return str(file)


def test_a_record_for_people_and_nothing_stored(tmp_path: Path) -> None:
    calm = {"id": "calm", "conversation": [{"role": "customer", "text": "When do you open?"}]}
    result = coach("record", written(tmp_path, request(), calm))
    assert result.exit_code == 0
    assert "case-1  en  damaged, normal" in result.stdout and "people; control: ours" in result.stdout
    assert "1 record, nothing stored" in result.stdout and "Smith" not in result.stdout and "DE63" not in result.stdout
    assert not (tmp_path / "data").exists()


def test_a_record_for_programs_from_any_form_of_input(tmp_path: Path) -> None:
    one = request()
    turns = {"id": 7, "language": "en", "turns": one["conversation"]}
    bare = tmp_path / "bare.json"
    bare.write_text(json.dumps(one["conversation"]), "utf-8")
    several = tmp_path / "several.json"
    several.write_text(json.dumps([one, turns]), "utf-8")
    told = [json.loads(line) for line in coach("record", str(several), "--format", "json").stdout.splitlines()]
    assert [values["conversation"] for values in told] == ["case-1", "7"] and told[0]["done"] == told[1]["done"]
    assert json.loads(coach("record", str(bare), "--language", "en", "--format", "json").stdout)["failure"] == "damaged"
    assert json.loads(coach("record", "-", "--format", "json", input=json.dumps(one)).stdout)["conversation"] == "case-1"


def test_what_cannot_be_read_is_told_with_its_place(tmp_path: Path) -> None:
    file = tmp_path / "cases.jsonl"
    file.write_text('{"id": "x"\n' + json.dumps(request()) + "\n" + '{"id": "y", "conversation": [{"role": "bot", "text": ""}]}\n', "utf-8")
    result = coach("record", str(file))
    assert result.exit_code == 2 and "1 record" in result.stdout
    assert f"{file}:1: not JSON" in result.stderr and f"{file}:3: conversation.0.role" in result.stderr
    assert coach("record", str(tmp_path / "nowhere.json")).exit_code == 2


def test_the_life_of_stored_records(tmp_path: Path, place: str) -> None:
    file = written(tmp_path, request("one", customer="ana"), request("two", customer="bob"))
    assert "2 records, stored" in coach("record", file, "--store", place).stdout
    assert "2 records, stored" in coach("record", file, "--store", place).stdout, "again: the same two"
    listed = [json.loads(line) for line in coach("records", "list", "--store", place, "--format", "json").stdout.splitlines()]
    assert len(listed) == 2 and {one["revision"] for one in listed} == {2}
    assert len(coach("records", "list", "--store", place, "--customer", "ANA").stdout.split("one  [")) == 2
    assert len(coach("records", "due", "--store", place).stdout.splitlines()) == 2
    assert coach("records", "due", "--store", place, "--format", "ics").stdout.startswith("BEGIN:VCALENDAR")
    assert coach("records", "delete", "--store", place, "--customer", "ana").stdout == "1 deleted\n"
    assert coach("records", "delete", "0" * 32, "--store", place).stdout == "0 deleted\n"
    assert coach("records", "purge", "--store", place).stdout == "0 deleted\n"
    assert coach("records", "purge", "--store", place, "--days", "0").stdout == "1 deleted\n"


def test_all_that_is_due_is_listed(place: str) -> None:
    store = Store.open(place, SECRET)
    now = utc_now()
    for ticket in range(77):
        promises = tuple(FollowUp(Said("I'll write.", 1), now - timedelta(minutes=number), "open") for number in range(13))
        store.save(f"late {ticket}", record(promises=promises), (), None)
    store.close()
    assert len(coach("records", "due", "--store", place).stdout.splitlines()) == 1001


def test_the_default_place(tmp_path: Path) -> None:
    assert "stored" in coach("record", written(tmp_path, request()), "--store", "on").stdout
    assert (tmp_path / "data" / "reply-coach" / "records.db").stat().st_mode & 0o077 == 0


def test_migrations(place: str) -> None:
    assert coach("records", "migrate", "--store", place).stdout == "no schema -> 0002\n"
    assert coach("records", "migrate", "--store", place, "--revision", "base").stdout == "0002 -> no schema\n"
    assert coach("records", "migrate", "--store", place, "--revision", "x").exit_code == 2


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("records", "due"), "switched off"),
        (("records", "due", "--store", "mysql://x/y"), "only sqlite and postgresql"),
        (("records", "delete", "--store", "sqlite:////x/y"), "name a record or --customer"),
        (("records", "due", "--store", "sqlite:////proc/none/y.db"), "/proc/none"),
    ],
)
def test_misuse(arguments: tuple[str, ...], told: str) -> None:
    result = coach(*arguments)
    assert result.exit_code == 2 and told in result.stderr


@pytest.mark.parametrize("kind", ["postgresql", "sqlite"])
@pytest.mark.parametrize("arguments", [("list",), ("due",), ("delete", "0" * 32), ("purge",), ("migrate",), None])
def test_a_database_that_is_away_is_one_line(tmp_path: Path, kind: str, arguments: tuple[str, ...] | None) -> None:
    (tmp_path / "notes").write_text("not a database, but long enough to look like a file " * 20)
    away = f"sqlite:///{tmp_path / 'notes'}" if kind == "sqlite" else f"postgresql+psycopg://coach:hunter2@/x?host={tmp_path}"
    command = ("records", *arguments) if arguments else ("record", written(tmp_path, request()))
    result = coach(*command, "--store", away)
    assert result.exit_code == 2 and result.stdout == "" and len(result.stderr.splitlines()) == 1
    assert result.stderr.startswith("coach: the database of the records cannot be used: ") and "hunter2" not in result.stderr


def test_a_database_that_breaks_under_way_is_one_line_without_text(tmp_path: Path, place: str) -> None:
    coach("records", "migrate", "--store", place)
    with sqlite3.connect(place.removeprefix("sqlite:///")) as connection:
        connection.execute("create trigger refuse before insert on case_follow_ups begin select raise(abort, 'cracked lid'); end")
    result = coach("record", written(tmp_path, request()), "--store", place)
    assert result.exit_code == 2 and result.stderr == "coach: the database of the records cannot be used: IntegrityError\n"


def test_a_secret_is_needed_to_store(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, place: str) -> None:
    monkeypatch.setenv("COACH_RECORDS_SECRET", "short")
    result = coach("record", written(tmp_path, request()), "--store", place)
    assert result.exit_code == 2 and "records_secret" in result.stderr and "short" not in result.stderr
