"""Broken exports: whatever is done to one, nothing crashes, every record is a conversation or a reject, and no text is told."""

from __future__ import annotations

import csv
import io
import json
import os
import random
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from coach.audit.conversation import Conversation, Place, Reject
from coach.audit.engine import Engine, opened
from coach.audit.importers import Form, Item, Options, open_source
from coach.audit.part import rows_of
from coach.audit.reviewed import Kept
from coach.audit.work import part
from coach.inputs import InputError
from coach.pipeline import Coach
from coach.types import Turn
from tests.audit_runs import small_rules

HERE = Path(__file__).parent / "data" / "imports"
SHARED = Path(__file__).parent.parent.parent / "shared" / "samples"
OWN = Options(own=("kettles.example", "shop.example"))
ROUNDS = 1000
SAMPLES: dict[str, tuple[Form, ...]] = {
    "zendesk": ("zendesk",),
    "zendesk_export.jsonl": ("zendesk",),
    "zendesk_events.json": ("zendesk",),
    "intercom.json": ("intercom",),
    "freshdesk.json": ("freshdesk",),
    "freshdesk": ("freshdesk",),
    "helpscout.json": ("helpscout",),
    "front": ("front",),
    "chatwoot.jsonl": ("chatwoot",),
    "zammad.json": ("zammad",),
    "rt": ("rt",),
    "rt.jsonl": ("rt",),
    "django_helpdesk.json": ("django-helpdesk",),
    "box.mbox": ("mbox",),
    "rows.csv": ("csv",),
    "talks.jsonl": ("jsonl",),
}
TELLTALE = ("kettle leaks", "marta@", "olga@", "sızdırıyor", "ask piet", "i am sorry", "third time", "dana@")


def files_of(name: str) -> list[Path]:
    path = HERE / name
    return sorted(file for file in path.rglob("*") if file.is_file()) if path.is_dir() else [path]


def copied(name: str, folder: Path) -> list[Path]:
    """The files of a sample, in a folder where they may be broken."""
    made = []
    for file in files_of(name):
        target = folder / file.relative_to(HERE)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file, target)
        made.append(target)
    return made


def read(paths: list[Path], form: Form) -> list[Item]:
    return list(open_source(paths, form, OWN))


def cut(data: bytes, chance: random.Random) -> bytes:
    return data[: chance.randrange(len(data))]


def flip(data: bytes, chance: random.Random) -> bytes:
    changed = bytearray(data)
    for _ in range(chance.randint(1, 12)):
        changed[chance.randrange(len(changed))] = chance.randrange(256)
    return bytes(changed)


def lose(data: bytes, chance: random.Random) -> bytes:
    start = chance.randrange(len(data))
    return data[:start] + data[start + chance.randint(1, 200) :]


def double(data: bytes, chance: random.Random) -> bytes:
    start = chance.randrange(len(data))
    return data[:start] + data[start : start + chance.randint(1, 2000)] + data[start:]


def stuff(data: bytes, chance: random.Random) -> bytes:
    start = chance.randrange(len(data))
    junk = chance.choice(
        [b"\x00", b'"', b"[" * 2000, b"{" * 300, b'\\ud800"', b"\xff\xfe", b"9" * 6000, b"\n\n", b"null", b"<div>" * 400, b"From \n"]
    )
    return data[:start] + junk + data[start:]


WRONG: tuple[Any, ...] = (
    None,
    True,
    -1,
    1e308,
    "",
    "x",
    [],
    {},
    [None],
    {"a": 1},
    "\x00",
    "\ud800",
    10**30,
    [[]],
    "2026-13-45",
    "-- \n> x",
)


def retype(data: bytes, chance: random.Random) -> bytes:
    """One value of the JSON is another one, as no export should have it."""
    lines = data.splitlines() if b"\n{" in data[:1] + data else [data]
    try:
        values = [json.loads(line) for line in lines]
    except ValueError:
        try:
            lines, values = [data], [json.loads(data)]
        except ValueError:
            return flip(data, chance)
    places = [place for value in values for place in spots(value)]
    if places:
        parent, key = chance.choice(places)
        parent[key] = chance.choice(WRONG)
    return b"\n".join(json.dumps(value).encode() for value in values)


def spots(value: Any) -> Iterator[tuple[Any, Any]]:
    for key, inner in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
        yield value, key
        yield from spots(inner)


BREAKS: tuple[Callable[[bytes, random.Random], bytes], ...] = (cut, flip, lose, double, stuff, retype, retype)


@pytest.fixture(scope="module")
def coach(tmp_path_factory: pytest.TempPathFactory) -> Coach:
    return opened(Engine(str(small_rules(tmp_path_factory.mktemp("small"))), False))


def judged(paths: list[Path], form: Form, what: str, coach: Coach) -> list[Item]:
    """What is read of broken files, after the checks that hold for all; each is reviewed and stands in the tables once."""
    try:
        items = read(paths, form)
    except InputError:
        assert form == "csv", f"{what}: only a table whose columns are lost cannot be begun"
        return []
    assert items == read(paths, form), f"{what}: read twice, it differs"
    names = {str(path) for path in paths}
    ids = [item.id for item in items if isinstance(item, Conversation)]
    assert len(ids) == len(set(ids)), what
    for item in items:
        assert item.place.file in names and item.place.where, what
        if isinstance(item, Reject):
            assert item.reason and not any(word in item.reason.lower() for word in TELLTALE), (what, item.reason)
        else:
            assert item.turns and len(item.authors) == len(item.turns), what
            json.dumps([turn.text for turn in item.turns], ensure_ascii=False).encode()
    made = rows_of(part(items, coach, Kept(text=True, names=True)))
    assert [row["conversation"] for row in made.conversations] == ids, what
    assert [(row["file"], row["place"], row["reason"]) for row in made.rejects] == [
        (item.place.file, item.place.where, item.reason) for item in items if isinstance(item, Reject)
    ], what
    return items


@pytest.mark.parametrize("name", SAMPLES)
def test_broken_samples(name: str, coach: Coach, tmp_path: Path) -> None:
    chance = random.Random(name)
    for number in range(ROUNDS // len(SAMPLES) + 1):
        folder = tmp_path / str(number)
        paths = copied(name, folder)
        broken = chance.choice(paths)
        how = chance.choice(BREAKS)
        data = how(broken.read_bytes(), chance)
        broken.write_bytes(data)
        items = judged(paths, SAMPLES[name][0], f"{name} {number} {how.__name__} {broken.name}", coach)
        if len(paths) > 1 or (data.strip() and how is not retype and SAMPLES[name][0] != "csv"):
            assert items, f"{name} {number} {how.__name__}: nothing told of {broken.name}"
        shutil.rmtree(folder)


def exchange(data: bytes, form: Form, chance: random.Random) -> tuple[bytes, str]:
    """One value within a record is another one; no record is taken away. With it, what was done."""
    wrong = chance.choice(WRONG)
    if form == "csv":
        rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""), delimiter=";"))
        row = chance.choice(rows[1:])
        place = chance.randrange(len(row))
        row[place] = json.dumps(wrong) if chance.random() < 0.5 else str(wrong).encode("utf-8", "replace").decode()
        text = io.StringIO()
        csv.writer(text, delimiter=";").writerows(rows)
        return text.getvalue().encode(), f"cell {place}: {row[place]!r}"
    if form == "mbox":
        heads = list(re.finditer(rb"(?m)^(?!From )([A-Za-z-]+):[ \t]*([^\n]*)$", data))
        head = chance.choice(heads)
        other = str(wrong).encode("utf-8", "backslashreplace").replace(b"\n", b" ")
        return data[: head.start(2)] + other + data[head.end(2) :], f"{head[1]!r}: {other!r}"
    lines = data.splitlines() if b"\n{" in data[:1] + data and len(data.splitlines()) < 5 else [data]
    values = [json.loads(line) for line in lines]
    places = [(parent, key) for value in values for parent, key in spots(value) if not isinstance(parent[key], dict | list)]
    parent, key = chance.choice(places)
    parent[key] = wrong
    return b"\n".join(json.dumps(value).encode() for value in values), f"{key}: {wrong!r}"


@pytest.mark.parametrize("name", SAMPLES)
def test_as_many_come_out_as_went_in(name: str, coach: Coach, tmp_path: Path) -> None:
    """With one wrong value every conversation is still a conversation or a reject; of mail each is a turn or a reject."""
    chance, form = random.Random(f"in {name}"), SAMPLES[name][0]
    whole = read(files_of(name), form)
    for number in range(ROUNDS // len(SAMPLES) + 1):
        folder = tmp_path / str(number)
        paths = copied(name, folder)
        broken = chance.choice(paths)
        data, done = exchange(broken.read_bytes(), form, chance)
        broken.write_bytes(data)
        what = f"{name} {number} {broken.name} {done}"
        items = judged(paths, form, what, coach)
        if form == "mbox":
            assert turns_and_rejects(items) == turns_and_rejects(whole), what
        else:
            assert len(items) >= len(whole), f"{what}: {items}"
        shutil.rmtree(folder)


def turns_and_rejects(items: list[Item]) -> int:
    return sum(len(item.turns) if isinstance(item, Conversation) else 1 for item in items)


def many(count: int) -> list[dict[str, Any]]:
    """Zendesk tickets with their comments."""
    comment = {"author_id": 1, "plain_body": "The kettle leaks.", "public": True, "created_at": "2026-03-02T08:00:00Z"}
    about = {"requester_id": 1, "submitter_id": 1, "via": {"channel": "email"}, "updated_at": "2026-03-02T08:00:00Z"}
    return [{"id": number, **about, "comments": [{**comment, "id": number}]} for number in range(count)]


def test_of_lines_each_is_a_conversation_or_a_reject(coach: Coach, tmp_path: Path) -> None:
    chance, file, count = random.Random(6), tmp_path / "tickets.jsonl", 40
    for _ in range(40):
        lines = [json.dumps(ticket).encode() for ticket in many(count)]
        broken = set(chance.sample(range(count), 9))
        for number in broken:
            lines[number] = flip(cut(lines[number], chance)[:-1] or b"x", chance).replace(b"\n", b" ")[:-1] + b"{"
        file.write_bytes(b"\n".join(lines))
        items = judged([file], "zendesk", "lines", coach)
        assert len(items) == count, "in = out + rejects"
        assert {item.id for item in items if isinstance(item, Conversation)} == {str(n) for n in range(count) if n not in broken}


def test_of_a_document_cut_off_all_whole_records_are_given_and_one_reject(coach: Coach, tmp_path: Path) -> None:
    tickets = many(20)
    whole = json.dumps({"tickets": tickets}, indent=1).encode()
    file, chance = tmp_path / "tickets.json", random.Random(6)
    before = -1
    for end in sorted(chance.sample(range(40, len(whole) - 4), 40)):
        file.write_bytes(whole[:end])
        items = judged([file], "zendesk", f"cut at {end}", coach)
        given = [item for item in items if isinstance(item, Conversation)]
        assert len(items) == len(given) + 1 and len(given) >= before
        assert [item.id for item in given] == [str(number) for number in range(len(given))]
        assert len(given) == whole[:end].count(b"\n  }"), "a ticket ends with its bracket"
        before = len(given)


LONE = "\ud800"


def test_an_id_or_a_tag_that_no_table_can_hold_costs_its_record(coach: Coach, tmp_path: Path) -> None:
    turns = [{"role": "agent", "text": "Hello."}]
    lines = [{"id": LONE, "turns": turns}, {"id": "1", "turns": turns, "tags": [LONE]}, {"id": "2", "turns": turns}]
    file = tmp_path / "talks.jsonl"
    file.write_text("\n".join(map(json.dumps, lines)))
    found = judged([file], "jsonl", "ids", coach)
    assert [item.id if isinstance(item, Conversation) else item.reason for item in found] == [
        "id: has characters that are no text", "tags: a list of strings is needed", "2",
    ]  # fmt: skip
    table = tmp_path / "rows.csv"
    table.write_text('conversation,role,text,tags\n1,agent,Hello.,"[""\\ud800""]"\n2,agent,Hello.,a\n')
    found = judged([table], "csv", "tags", coach)
    assert [item.id if isinstance(item, Conversation) else item.reason for item in found] == [
        "not whole: tags: a list of strings is needed", "2",
    ]  # fmt: skip


def test_a_file_may_have_any_name(coach: Coach, tmp_path: Path) -> None:
    for name in (b"caf\xe9.jsonl", b"a\nb.jsonl"):
        file = tmp_path / os.fsdecode(name)
        file.write_text('{"id": 1, "turns": [{"role": "agent", "text": "Hello."}]}\n{')
        made = rows_of(part(read([file], "jsonl"), coach, Kept()))
        assert len(made.conversations) == len(made.rejects) == 1
        assert made.rejects[0]["file"] == f"{tmp_path}/{name.decode('utf-8', 'backslashreplace')}"


def test_what_no_table_can_hold_costs_one_conversation(coach: Coach) -> None:
    turn, place = Turn("agent", "Hello."), Place("talks.jsonl", "line 1")
    items = [Conversation(name, (turn,), "en", place) for name in ("a", LONE, "b")]
    made = rows_of(part([*items, Reject(Place(LONE, "line 2"), LONE)], coach, Kept()))
    assert [row["conversation"] for row in made.conversations] == ["a", "b"]
    assert [row["reason"] for row in made.rejects] == ["no table can hold it: UnicodeEncodeError", "\\ud800"]
