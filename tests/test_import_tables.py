"""Tables: one message a row, in any order; columns and values by our names or by those that are told."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from coach.audit.conversation import Conversation
from coach.audit.importers import Options
from coach.inputs import InputError
from tests.imports import golden, read

DAY = "2026-03-02T"


def table(folder: Path, text: str, name: str = "x.csv") -> Path:
    file = folder / name
    file.write_text(text, "utf-8")
    return file


def test_rows_in_any_order_make_conversations() -> None:
    assert [golden(item) for item in read("rows.csv")] == [
        ("line 8", "has 4 cells instead of 8"),
        ("line 9", "conversation: is missing"),
        (
            "81",
            {"tags": ("kettle", "leak"), "release": "3.1"},
            [
                ("customer", DAY + "08:00:00Z", None, "The kettle leaks;\nbadly."),
                ("agent automatic", DAY + "08:00:01Z", None, "We have your mail."),
                ("agent internal", DAY + "08:10:00Z", "Olga", "Ask Piet."),
                ("agent", DAY + "09:00:00Z", "Olga", "I am sorry, Marta."),
            ],
        ),
        ("82", {}, [("customer", DAY + "08:05:00+01:00", None, "Lid missing.")]),
        (
            "line 10",
            "not whole: role: not known; tell what it stands for: --role customer=VALUE, agent=VALUE, automatic=VALUE or internal=VALUE",
        ),
    ]


def test_columns_and_values_are_told(tmp_path: Path) -> None:
    file = table(tmp_path, "case,who,what,when,open\n1,Kunde,Hi,02.03.2026 09:00,yes\n1,Mitarbeiter,Note,02.03.2026 09:05,no\n")
    options = Options(
        columns={"conversation": "case", "role": "who", "text": "what", "time": "when", "public": "open"},
        values={"customer": ("Kunde",), "agent": ("mitarbeiter",)},
        time_format="%d.%m.%Y %H:%M",
    )
    (item,) = map(golden, read(file, options=options))
    assert item[2] == [("customer", DAY + "09:00:00Z", None, "Hi"), ("agent internal", DAY + "09:05:00Z", None, "Note")]


def test_notes_and_machines_are_told_by_role(tmp_path: Path) -> None:
    file = table(tmp_path, "conversation,role,text\n1,visitor,Hi\n1,memo,Ask Piet.\n1,flow,We have it.\n1,note,Seal?\n1,agent,Sorry.\n")
    options = Options(values={"customer": ("visitor",), "internal": ("Memo",), "automatic": ("flow",)})
    (item,) = map(golden, read(file, options=options))
    assert [who for who, *_ in item[2]] == ["customer", "agent internal", "agent automatic", "agent internal", "agent"]
    with pytest.raises(InputError, match="--role notes: no such role; there are customer, agent, automatic, internal"):
        read(file, options=Options(values={"notes": ("note",)}))


def test_html_in_a_table_becomes_text(tmp_path: Path) -> None:
    bodies = ("<p>I am sorry,<br>Marta.</p><style>p {}</style>", "if a < b && c > d, or <kettle>", "&amp; typed\nas it is", "Hi <b>you</b>")
    file = tmp_path / "x.parquet"
    pq.write_table(pa.table({"conversation": ["1"] * 4, "role": ["agent"] * 4, "text": list(bodies)}), file)
    (item,) = map(golden, read(file))
    assert [text for *_, text in item[2]] == ["I am sorry,\nMarta.", bodies[1], bodies[2], "Hi you"]


def test_a_told_value_goes_before_ours(tmp_path: Path) -> None:
    file = table(tmp_path, "conversation\trole\ttext\n1\tuser\tHi\n", "x.tsv")
    ((_, _, turns),) = map(golden, read(file, options=Options(values={"agent": ("user",)})))
    assert turns[0][0] == "agent"


@pytest.mark.parametrize(("channel", "text"), [("whatsapp", "> 5 days is too long"), ("email", "")])
def test_nobody_quotes_in_a_chat(tmp_path: Path, channel: str, text: str) -> None:
    file = table(tmp_path, f"conversation,role,text,channel\n1,agent,> 5 days is too long,{channel}\n")
    ((_, _, turns),) = map(golden, read(file))
    assert turns[0][3] == text


@pytest.mark.parametrize(
    ("header", "columns", "message"),
    [
        ("conversation,role", {}, "has no column for text; tell which it is: --column text=COLUMN"),
        ("a,b,c", {"role": "d"}, "has no column 'd'"),
        ("a,b,c", {"rolle": "a"}, "no column of ours is called 'rolle'"),
    ],
)
def test_a_table_without_what_is_needed_is_refused(tmp_path: Path, header: str, columns: dict[str, str], message: str) -> None:
    with pytest.raises(InputError, match=message):
        read(table(tmp_path, header + "\n1,agent,x\n"), options=Options(columns=columns))


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("1,agent,secret,soon,", "not whole: time: not a time"),
        ("1,agent,secret,,maybe", "not whole: internal: neither true nor false"),
        ("1,agent,secret \x00,,", "not whole: text: has characters that are no text"),
        ("1,,secret,,", "not whole: role: not known"),
        ("1,agent,secret", "has 3 cells instead of 5"),
        (f"1,agent,{'x' * 140_000},,", "not a row of a table"),
        (f"1,agent,{'x' * 110_000},,", "a message of more than 100000 characters"),
    ],
)
def test_bad_rows(tmp_path: Path, row: str, reason: str) -> None:
    file = table(tmp_path, f"conversation,role,text,time,internal\n{row}\n2,agent,fine,,\n")
    bad = [item for item in map(golden, read(file)) if item[0] != "2"]
    assert bad and all(item[1].startswith(reason) or "cells instead of" in item[1] for item in bad), bad
    assert bad[0][1].startswith(reason) and "secret" not in str(bad)


def test_quotes_that_never_close_cost_what_they_hold(tmp_path: Path) -> None:
    file = table(tmp_path, 'conversation,role,text\n1,agent,fine\n2,agent,"open\n3,agent,lost\n')
    first, second = map(golden, read(file))
    assert first[0] == "1"
    assert second[0] == "2" and second[2][0][3] == "open\n3,agent,lost"


def test_bytes_that_are_no_text(tmp_path: Path) -> None:
    file = tmp_path / "x.csv"
    file.write_bytes(b"conversation,role,text\n1,agent,\xff\n2,agent,fine\n")
    assert [golden(item)[0] for item in read(file)] == ["line 2", "2"]


def parquet(folder: Path, **columns: Any) -> Path:
    file = folder / "x.parquet"
    pq.write_table(pa.table(columns), file, row_group_size=2)
    return file


def test_parquet(tmp_path: Path) -> None:
    at = [datetime(2026, 3, 2, hour, tzinfo=UTC) for hour in (9, 8, 10)]
    file = parquet(
        tmp_path,
        ticket_id=[1, 1, 2],
        sender_type=["agent", "user", "agent"],
        body=["I am sorry.", "It leaks.", None],
        created_at=at,
        private=[False, None, True],
        tags=[["leak"], ["kettle", "leak"], None],
    )
    assert [golden(item) for item in read(file)] == [
        (
            "1",
            {"tags": ("leak", "kettle")},
            [("customer", DAY + "08:00:00Z", None, "It leaks."), ("agent", DAY + "09:00:00Z", None, "I am sorry.")],
        ),
        ("2", {}, [("agent internal", DAY + "10:00:00Z", None, "")]),
    ]


@pytest.mark.parametrize("cut", [0, 3, 40, -1, -9])
def test_damaged_parquet(tmp_path: Path, cut: int) -> None:
    file = parquet(tmp_path, conversation=["1"], role=["agent"], text=["secret"])
    file.write_bytes(file.read_bytes()[:cut])
    (item,) = map(golden, read(file, form="parquet"))
    assert item == ("after row 0", "not Parquet, or damaged: the rest cannot be read")


def test_packed_parquet_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "x.parquet.gz"
    file.write_bytes(b"x")
    with pytest.raises(InputError, match="Parquet is packed in itself"):
        read(file)


def test_times_are_those_of_the_teams_zone(tmp_path: Path) -> None:
    """Without an offset, in UTC, with another offset; the order is that of the moments."""
    rows = ("2026-03-02 12:00:00", "2026-03-02T08:30:00Z", "2026-03-02T09:45:00+01:00")
    file = table(tmp_path, "conversation,role,text,time\n" + "".join(f"1,agent,{n},{at}\n" for n, at in enumerate(rows)))
    (item,) = read(file, options=Options(zone="Europe/Istanbul"))
    assert isinstance(item, Conversation)
    assert [turn.at and turn.at.isoformat() for turn in item.turns] == [
        "2026-03-02T11:30:00+03:00", "2026-03-02T09:45:00+01:00", "2026-03-02T12:00:00+03:00",
    ]  # fmt: skip
    (item,) = read(file)
    assert isinstance(item, Conversation) and item.turns[-1].at == datetime(2026, 3, 2, 12, tzinfo=UTC)
    line = tmp_path / "talks.jsonl"
    line.write_text('{"id": 1, "turns": [{"role": "agent", "text": "Hi", "at": "2026-03-02T12:00:00"}]}')
    (item,) = read(line, options=Options(zone="Europe/Istanbul"))
    assert isinstance(item, Conversation) and item.turns[0].at == datetime(2026, 3, 2, 9, tzinfo=UTC)
    with pytest.raises(InputError, match="Mars/Olympus: no such time zone"):
        read(line, options=Options(zone="Mars/Olympus"))
