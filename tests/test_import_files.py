"""Files of exports: which are read, in which order, how they are told, and how damage is told."""

from __future__ import annotations

import gzip
import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from coach.audit.conversation import Conversation, Reject
from coach.audit.importers import Form, Options, StrictError, documents, inputs, open_source, size
from coach.audit.importers.documents import AROUND, Broken, Value, values
from coach.inputs import InputError
from tests.imports import OWN, SAMPLES, golden, read

LISTS = frozenset({"tickets", "users", "deep.items"})


def file(folder: Path, data: str | bytes, name: str = "x.json") -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return path


def seen(path: Path) -> list[Any]:
    """What is read of a JSON file: (list, value), or why it broke."""
    found = values(inputs([path])[0], LISTS)
    return [(value.name, value.data) if isinstance(value, Value) else f"{value.where}: {value.reason}" for value in found]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('{"a": 1}', [("", {"a": 1})]),
        ('{\n"a": [1, {"b": null}]\n}', [("", {"a": [1, {"b": None}]})]),
        ('[\n{"a": 1},\n2\n]', [("", {"a": 1}), ("", 2)]),
        ('[{"a": 1}, 2]', [("", {"a": 1}), ("", 2)]),
        ('{"a": 1}\n{"a": 2}\n', [("", {"a": 1}), ("", {"a": 2})]),
        ('{\n"a": 1\n}\n{\n"a": 2}', [("", {"a": 1}), ("", {"a": 2})]),
        (
            '{\n"tickets": [{"id": 1}, {"id": 2}],\n"n": 3, "deep": {"items": [4], "m": 5}}',
            [("tickets", {"id": 1}), ("tickets", {"id": 2}), ("deep.items", 4), (AROUND, {"n": 3, "deep": {"m": 5}})],
        ),
        (
            '{"tickets": [{"id": 1}], "n": 3}\n{"users": [{"id": 2}]}',
            [("tickets", {"id": 1}), (AROUND, {"n": 3}), ("users", {"id": 2}), (AROUND, {})],
        ),
        ('{"tickets": {"id": 1}}', [("", {"tickets": {"id": 1}})]),
        ('\ufeff{\n"a": 1.5}', [("", {"a": 1.5})]),
        ('{"a": 1}\n{"a": \n{"a": 3}', [("", {"a": 1}), "line 2: not JSON: Expecting value (column 6)", ("", {"a": 3})]),
        ('{"a" 1}\n{"a": 2}', ["line 1: not JSON: Expecting ':' delimiter (column 6)", ("", {"a": 2})]),
        (
            '{\n"tickets": [{"id": 1}, {"id"',
            [("tickets", {"id": 1}), "after tickets 0: not JSON from here on: it breaks off or is damaged"],
        ),
        ("[\n" * 200, ["after the beginning: nested too deep; the rest is not read"]),
        ("", []),
        ("\n\n", []),
        ("[\n]", []),
    ],
)
def test_json_of_all_shapes(tmp_path: Path, text: str, expected: list[Any]) -> None:
    assert seen(file(tmp_path, text)) == expected


def test_a_record_longer_than_memory_allows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(documents, "RECORD_BYTES", 200_000)
    lines = file(tmp_path, '{"a": 1}\n{"a": "' + "x" * 200_000 + '"}\n{"a": 3}', "lines.json")
    assert seen(lines) == [("", {"a": 1}), "line 2: longer than 200000 bytes", ("", {"a": 3})]
    whole = file(tmp_path, '[\n{"a": 1},\n{"a": "' + "x" * 400_000 + '"}]')
    assert seen(whole) == [("", {"a": 1}), "after item 0: a record of more than 200000 bytes; the rest is not read"]


def test_a_folder_is_read_in_the_order_of_its_names(tmp_path: Path) -> None:
    for name in ("b.jsonl", "a/z.jsonl", "a.jsonl", ".hidden/x.jsonl", ".x.jsonl"):
        file(tmp_path, json.dumps({"id": name, "turns": [{"role": "agent", "text": "x"}]}), name)
    assert [golden(item)[0] for item in read(tmp_path)] == ["a/z.jsonl", "a.jsonl", "b.jsonl"]
    named = [tmp_path / "b.jsonl", tmp_path / "a.jsonl"]
    assert [golden(item)[0] for item in read(*named)] == ["b.jsonl", "a.jsonl"]


@pytest.mark.parametrize("name", ["intercom.json", "zendesk_export.jsonl", "box.mbox", "rows.csv", "talks.jsonl"])
def test_packed_files_are_read_alike(tmp_path: Path, name: str) -> None:
    packed = file(tmp_path, gzip.compress((SAMPLES / name).read_bytes()), name + ".gz")
    assert [golden(item) for item in read(packed)] == [golden(item) for item in read(name)]


@pytest.mark.parametrize("name", ["intercom.json", "zendesk_export.jsonl", "rows.csv", "talks.jsonl", "box.mbox"])
def test_a_packed_file_cut_off_is_told(tmp_path: Path, name: str) -> None:
    form: Form = {"intercom.json": "intercom", "zendesk_export.jsonl": "zendesk", "rows.csv": "csv", "talks.jsonl": "jsonl"}.get(
        name, "mbox"
    )  # type: ignore[assignment]
    packed = file(tmp_path, gzip.compress((SAMPLES / name).read_bytes())[:-30], name + ".gz")
    told = [item.reason for item in read(packed, form=form) if isinstance(item, Reject)]
    assert any("cut off" in reason for reason in told), told


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda folder: [folder / "none.json"], "no such file"),
        (lambda folder: [folder], "a folder without files"),
        (lambda folder: [file(folder, "{}"), folder], "is named twice"),
        (lambda folder: [file(folder, '{"hello": 1}')], "its format cannot be told"),
        (lambda folder: [file(folder, "")], "its format cannot be told"),
        (lambda folder: [SAMPLES / "rt", SAMPLES / "zammad.json"], "several formats: rt"),
    ],
)
def test_misuse_is_told_at_once(tmp_path: Path, make: Any, message: str) -> None:
    with pytest.raises(InputError, match=message):
        open_source(make(tmp_path))


def test_strict_stops_at_the_first_reject() -> None:
    items = open_source([SAMPLES / "intercom.json"], "intercom", strict=True)
    assert [next(items).id, next(items).id] == ["21", "22"]  # type: ignore[union-attr]
    with pytest.raises(StrictError, match=r"intercom\.json, item 2: conversation_parts: not whole"):
        next(items)


@pytest.mark.parametrize("name", ["zendesk", "intercom.json", "talks.jsonl", "rows.csv", "box.mbox", "rt"])
def test_progress_grows_to_the_size_of_all_files(name: str) -> None:
    told: list[int] = []
    paths = [SAMPLES / name]
    list(open_source(paths, options=OWN, done=told.append))
    assert told == sorted(told) and told[-1] == size(inputs(paths))


def test_an_id_that_comes_again_is_a_reject(tmp_path: Path) -> None:
    copy = file(tmp_path, (SAMPLES / "intercom.json").read_bytes(), "copy.json")
    items = read(SAMPLES / "intercom.json", copy)
    assert [type(item) for item in items] == [Conversation, Conversation, Reject, Reject, Reject, Reject]
    assert golden(items[3]) == ("item 0", f"id: the same as on item 0 of {SAMPLES / 'intercom.json'}")


def test_broken_values_carry_their_page(tmp_path: Path) -> None:
    *_, last = values(inputs([file(tmp_path, '{\n"tickets": [1],\n"a": 2}\n{\n"tickets": [3, ')])[0], LISTS)
    assert isinstance(last, Broken) and (last.page, last.where) == (2, "tickets 0 of document 2".join(["after ", ""]))


def test_options_have_defaults() -> None:
    assert list(open_source([SAMPLES / "zammad.json"])) == list(open_source([SAMPLES / "zammad.json"], "zammad", Options()))


def test_a_damaged_page_rejects_the_conversation_that_it_was_part_of(tmp_path: Path) -> None:
    for name in ("ticket.json", "history-p1.json", "history-p2.json", "attachments.json"):
        target = tmp_path / "7" / name
        target.parent.mkdir(exist_ok=True)
        target.write_bytes((SAMPLES / "rt" / "7" / name).read_bytes()[: -200 if name == "history-p2.json" else None])
    (item,) = map(golden, read(tmp_path, form="rt"))
    assert item == ("after items 1", "not whole: not JSON from here on: it breaks off or is damaged")


def test_a_ticket_in_two_folders_is_one(tmp_path: Path) -> None:
    for folder in ("one", "two"):
        shutil.copytree(SAMPLES / "rt" / "7", tmp_path / folder)
    first, second = map(golden, read(tmp_path, form="rt"))
    assert first[0] == "7" and second[1].startswith("id: the same as on the document of ")
