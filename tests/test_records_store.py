"""The store of case records: the same tests on SQLite and on a real PostgreSQL server."""

from __future__ import annotations

import json
import re
import sqlite3
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import inspect, text

from coach.pipeline import Coach
from coach.records.case import Conversation, Edits, FollowUp, Said
from coach.records.compose import read_case
from coach.records.engine import StoreError, checked_url, open_engine
from coach.records.keeper import Keeper
from coach.records.keys import Keys
from coach.records.masking import Hidden
from coach.records.migrate import MigrationError, migrate, newest
from coach.records.seen import Earlier
from coach.records.sheet import prepare
from coach.records.store import Store, Stored
from coach.records.tables import METADATA
from coach.records.values import edits_from, record_values
from tests import postgres
from tests.records import BROKEN, REPLY, SECRET, START, record, turn

NOTHING = Edits()


class Clock:
    """A clock that moves only when told to."""

    def __init__(self) -> None:
        self.now = datetime(2026, 3, 10, 12, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    if postgres.binaries() is None:
        pytest.skip("no PostgreSQL server is installed (apt-get install postgresql)")
    with postgres.own_folder() as folder, postgres.server(folder) as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """An empty database."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'records.db'}"
        return
    address: str = request.getfixturevalue("postgres_url")
    yield address
    engine = open_engine(address)
    with engine.begin() as connection:
        connection.execute(text("drop schema public cascade"))
        connection.execute(text("create schema public"))
    engine.dispose()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def store(url: str, clock: Clock) -> Iterator[Store]:
    opened = Store.open(url, SECRET, clock)
    yield opened
    opened.close()


def save(store: Store, conversation: str = "case-1", customer: str | None = None, edits: Edits = NOTHING, **more: Any) -> Stored:
    made = record(conversation, **more)
    return store.save(conversation, made, made.orders, customer, edits)[0]


def test_what_is_saved_is_found_again(store: Store, clock: Clock) -> None:
    stored, new = store.save("case-1", record(), ("48213",), "Ana@Example.com", Edits(cause="partner"))
    assert new and stored.revision == 1 and stored.created_at == stored.updated_at == clock.now and stored.has_customer
    assert store.get(stored.id) == stored and stored.record == record() and stored.edits == Edits(cause="partner")
    assert store.get("0" * 32) is None


def test_the_same_conversation_again_updates_and_keeps_the_edits(store: Store, clock: Clock) -> None:
    first = save(store, customer="ana", edits=Edits(cause="people", note="Called her."))
    clock.now += timedelta(hours=1)
    again, new = store.save("case-1", record(severity="high"), (), None, Edits(note="She is happy."))
    assert not new and again.id == first.id and again.revision == 2
    assert again.created_at == first.created_at and again.updated_at == clock.now
    assert again.record.severity == "high" and again.edits == Edits(cause="people", note="She is happy.") and again.has_customer
    assert len(store.find()) == 1
    assert save(store, "CASE-1").id != first.id, "conversations are told apart by case"


def test_edits(store: Store) -> None:
    stored = save(store)
    edited = store.edit(stored.id, Edits(control="ours", done=("Sent it.",)))
    assert edited is not None and edited.edits == Edits(control="ours", done=("Sent it.",)) and edited.revision == 2
    confirmed = store.edit(stored.id, Edits(confirmed=True))
    assert confirmed is not None and confirmed.edits == Edits(control="ours", done=("Sent it.",), confirmed=True)
    assert store.edit("0" * 32, Edits()) is None


def test_seen_before_by_customer_and_by_order(store: Store, clock: Clock) -> None:
    first = save(store, "one", "Ana@Example.com ")
    clock.now += timedelta(days=1)
    second = save(store, "two", "ana@example.com", orders=("9",))
    clock.now += timedelta(days=1)
    third = save(store, "three", "bob", orders=("48213",))
    assert [(one.id, one.by) for one in second.earlier] == [(first.id, "customer")]
    assert [store.get(one.id) for one in store.find()] == store.find(), "a list tells the same as one by one"
    assert [(one.id, one.by) for one in third.earlier] == [(first.id, "order")]
    assert save(store, "four", orders=()).earlier == ()
    assert store.before("five", ("48213",), "ana@example.com", START + timedelta(days=1))[1] == tuple(
        Earlier(one.id, "damaged", START, by) for one, by in ((third, "order"), (second, "customer"), (first, "customer"))
    )
    again = store.get(first.id)
    assert again is not None and again.earlier == (), "what came later was not seen before"
    assert store.before("one", ("48213",), "ana@example.com", START) == (Edits(), ())


def test_seen_before_goes_by_when_it_happened(store: Store, clock: Clock) -> None:
    """Old conversations are often kept late, and some have no times."""
    march = save(store, "march", "ana", closed_at=START)
    clock.now += timedelta(days=1)
    february = save(store, "february", "ana", closed_at=START - timedelta(days=20))
    clock.now += timedelta(days=1)
    undated = save(store, "undated", "ana", closed_at=None)
    found = {one.record.conversation: [earlier.id for earlier in one.earlier] for one in store.find()}
    assert found == {"february": [], "march": [february.id], "undated": [march.id, february.id]}
    clock.now += timedelta(days=1)
    assert [one.id for one in store.before("now", (), "ana")[1]] == [undated.id, march.id, february.id]
    assert store.before("january", (), "ana", START - timedelta(days=40))[1] == ()


@pytest.mark.parametrize("keep_orders", [True, False])
def test_identities_are_not_in_the_database(store: Store, url: str, keep_orders: bool) -> None:
    """Every column of every row: what is plain in it is what the documentation says."""
    talk = Conversation("ticket 7 ana@example.com", (turn("customer", BROKEN), turn("agent", REPLY, 1)), "en", "C-1042", ("Bo Ek",))
    read = read_case(talk, Coach())
    assert read is not None
    made = prepare(read.record, read.names, talk, Edits(note="Bo Ek (C-1042) rang, Ana Smith too."), keep_orders)
    store.save(made.conversation, made.record, made.orders, made.customer, made.edits, made.hidden)
    engine = open_engine(url)
    with engine.begin() as connection:
        rows = {name: [dict(row) for row in connection.execute(text(f"select * from {name}")).mappings()] for name in METADATA.tables}
    engine.dispose()
    assert all(rows.values())
    dump = json.dumps(rows, default=str)
    for kept in ("ticket 7 [email]", "with a cracked lid", "[name] ([customer]) rang, [name] too.", "write to you on Thursday"):
        assert kept in dump, kept
    for gone in ("ana@", "Ana", "Smith", "Bo", "Ek", "1042", "DE63"):
        assert not re.search(rf"(?<!\w){gone}", dump, re.IGNORECASE), gone
    assert ("48213" in dump) is keep_orders
    [row] = rows["case_records"]
    assert row["customer_key"] == Keys(SECRET).of("customer", "c-1042") and len(row["customer_key"]) == 64
    assert row["conversation_key"] == Keys(SECRET).of("conversation", talk.id)
    assert [one["order_key"] for one in rows["case_orders"]] == [Keys(SECRET).of("order", "48213")]
    assert row["customer_key"] not in (Keys("another secret").of("customer", "c-1042"), Keys(SECRET).of("order", "c-1042"))


def test_a_database_of_before_learns_what_to_hide(url: str, clock: Clock) -> None:
    engine = open_engine(url)
    migrate(engine, "0001")
    with engine.begin() as connection:
        values = {"record": json.dumps(record_values(record())), "at": clock.now.isoformat()}
        connection.execute(
            text(
                "insert into case_records (id, conversation_key, language, failure, severity, created_at, updated_at,"
                " revision, record, edits)"
                " values ('00', 'key', 'en', 'damaged', 'normal', :at, :at, 1, :record, '{}')"
            ),
            values,
        )
    assert migrate(engine) == ("0001", newest())
    engine.dispose()
    store = Store.open(url, SECRET, clock)
    known = store.get("00")
    assert known is not None and known.hidden == frozenset() and known.record == record()
    stored = store.save("case-1", record(), (), None, Edits(), (Hidden("name", "Bo Ek"), Hidden("order", "48213")))[0]
    knows = store.knows(stored)
    assert [knows(words) for words in ("BO  EK", "48213", "Bo", "4821")] == ["name", "order", None, None]
    assert "Bo" not in str(stored.hidden) and all(len(key) == 64 for key in stored.hidden)
    store.close()


def test_lists(store: Store, clock: Clock) -> None:
    ids = []
    for number, customer in enumerate(["ana", "bob", "ana"]):
        ids.append(save(store, f"c{number}", customer, due=START + timedelta(days=number)).id)
        clock.now += timedelta(minutes=1)
    assert [one.id for one in store.find()] == ids[::-1]
    assert [one.id for one in store.find(limit=1, offset=1)] == [ids[1]]
    assert [one.id for one in store.find(customer="ANA")] == [ids[2], ids[0]]
    assert [one.id for one in store.find(due_before=START + timedelta(days=1))] == [ids[1], ids[0]]
    assert [one.id for one in store.find("ana", START)] == [ids[0]] and store.find("nobody") == []


def test_deletion_by_customer_and_by_record(store: Store, url: str) -> None:
    save(store, "one", "ana")
    save(store, "two", "ana")
    kept = save(store, "three", "bob")
    assert store.forget("carl") == 0 and store.forget(" Ana ") == 2
    assert [one.id for one in store.find()] == [kept.id]
    assert store.delete(kept.id) and not store.delete(kept.id)
    engine = open_engine(url)
    with engine.begin() as connection:
        left = [connection.execute(text(f"select count(*) from {name}")).scalar_one() for name in METADATA.tables]
    engine.dispose()
    assert left == [0, 0, 0], "orders and follow-ups go with their record"


def bytes_of(url: str) -> bytes:
    """What lies in the files of an SQLite database, its log included."""
    path = Path(url.removeprefix("sqlite:///"))
    return b"".join(file.read_bytes() for file in sorted(path.parent.glob(f"{path.name}*")))


@pytest.mark.parametrize("how", ["delete", "forget", "purge"])
def test_what_is_deleted_is_in_no_file_any_more(tmp_path: Path, clock: Clock, how: str) -> None:
    place = f"sqlite:///{tmp_path / 'records.db'}"
    store = Store.open(place, SECRET, clock)
    gone = save(store, "gone", "ana", problem=Said("The lid was cracked.", 0), edits=Edits(note="Her neighbour heard it."))
    secrets = (b"The lid was cracked.", b"Her neighbour heard it.", b"write on Thursday")
    assert all(secret in bytes_of(place) for secret in secrets)
    if how == "delete":
        assert store.delete(gone.id)
    elif how == "forget":
        assert store.forget("ana") == 1
    else:
        clock.now += timedelta(days=2)
        assert store.purge(1) == 1
    assert not [secret for secret in secrets if secret in bytes_of(place)], "while the store is open"
    store.close()


def test_a_reader_in_the_way_only_delays_the_erasure(tmp_path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("coach.records.engine.BUSY_SECONDS", 0.2)
    place = f"sqlite:///{tmp_path / 'records.db'}"
    store = Store.open(place, SECRET, clock)
    gone = save(store)
    reader = sqlite3.connect(tmp_path / "records.db", isolation_level=None)
    reader.execute("begin")
    assert reader.execute("select count(*) from case_records").fetchone() == (1,)
    assert store.delete(gone.id) and store.get(gone.id) is None
    assert b"came broken" in bytes_of(place) and not store.erase()
    reader.close()
    Keeper(store, 30, None, clock).round()
    assert b"came broken" not in bytes_of(place) and store.erase()
    store.edit(save(store, edits=Edits(note="Written by mistake.")).id, Edits(note="Right."))
    assert b"by mistake" in bytes_of(place) and store.erase() and b"by mistake" not in bytes_of(place)
    store.close()


def test_retention_counts_from_the_first_time(store: Store, clock: Clock) -> None:
    old = save(store, "old")
    clock.now += timedelta(days=29)
    young = save(store, "young")
    save(store, "old")
    assert store.purge(30) == 0
    clock.now += timedelta(days=2)
    assert store.purge(30) == 1 and store.get(old.id) is None and store.get(young.id) is not None


def test_follow_ups_due(store: Store) -> None:
    late = save(store, "late", due=START)
    soon = save(store, "soon", due=START + timedelta(days=5))
    save(store, "undated", due=None)
    assert [(one.record, one.words) for one in store.due(START + timedelta(days=1))] == [(late.id, "I'll write on Thursday.")]
    assert [one.record for one in store.due(START + timedelta(days=9))] == [late.id, soon.id]
    store.edit(late.id, Edits(kept=(0,)))
    assert [one.record for one in store.due(START + timedelta(days=9))] == [soon.id]


def test_follow_ups_by_pages(store: Store) -> None:
    """Many due at one moment, several of one record: no page repeats or leaves out any."""
    promises = tuple(FollowUp(Said("I'll write.", 1), START + timedelta(hours=hours), "open") for hours in (0, 0, 5))
    ids = sorted(save(store, f"c{number}", promises=promises).id for number in range(4))
    wanted = [(id, number) for id in ids for number in (0, 1)] + [(id, 2) for id in ids]
    for at_once in (1, 3, 8, 100):
        assert [(one.record, one.number) for one in store.every_due(START + timedelta(days=1), at_once=at_once)] == wanted
    assert [(one.record, one.number) for one in store.due(START, START)] == wanted[:8]
    assert [(one.record, one.number) for one in store.due(START + timedelta(days=1), START + timedelta(hours=5), limit=2)] == wanted[8:10]
    [first] = store.due(START, limit=1)
    store.edit(first.record, Edits(kept=(0,)))
    assert [(one.record, one.number) for one in store.due(START, after=first.place)] == wanted[1:8], "done meanwhile, it still has a place"


def test_a_follow_up_is_claimed_by_one_at_a_time(store: Store, clock: Clock) -> None:
    save(store, due=START)
    [mine] = store.claim(timedelta(minutes=10))
    assert mine.attempts == 1 and store.claim(timedelta(minutes=10)) == []
    clock.now += timedelta(minutes=11)
    [again] = store.claim(timedelta(minutes=10))
    assert again.attempts == 2, "whoever claimed it has died"
    store.retry(again, clock.now + timedelta(minutes=1))
    assert store.claim(timedelta(minutes=10)) == []
    clock.now += timedelta(minutes=2)
    [third] = store.claim(timedelta(minutes=10))
    store.told(third)
    clock.now += timedelta(days=9)
    assert store.claim(timedelta(minutes=10)) == []
    save(store, due=START)
    assert store.claim(timedelta(minutes=10)) == [], "told of once, though the record was saved again"
    save(store, due=START + timedelta(hours=1))
    assert len(store.claim(timedelta(minutes=10))) == 1, "another date is another follow-up"


def race(count: int, task: Callable[[int], object]) -> list[Any]:
    """Do a task in threads that all start at once."""
    gate = threading.Barrier(count)

    def started(number: int) -> object:
        gate.wait(30)
        return task(number)

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(started, range(count)))


def test_writers_at_once_make_one_record_and_lose_no_edit(url: str, clock: Clock) -> None:
    fields = ("note", "because", "problem", "failure")
    stores = [Store.open(url, SECRET, clock) for _ in fields]

    def write(number: int) -> bool:
        for _ in range(5):
            new = stores[number].save("case-1", record(), ("48213",), "ana", edits_from({fields[number]: f"by-{number}"}))[1]
            if new:
                return True
        return False

    assert sum(race(len(fields), write)) == 1
    [only] = stores[0].find()
    assert only.edits.given() == {name: f"by-{number}" for number, name in enumerate(fields)}
    for one in stores:
        one.close()


def test_claims_at_once_never_overlap(url: str, clock: Clock) -> None:
    stores = [Store.open(url, SECRET, clock) for _ in range(3)]
    for number in range(12):
        save(stores[0], f"c{number}", due=START)
    claimed = race(3, lambda number: stores[number].claim(timedelta(minutes=10), limit=12))
    taken = [one.record for batch in claimed for one in batch]
    left = [one.record for one in stores[0].claim(timedelta(minutes=10), limit=12)]
    assert len(set(taken)) == len(taken) and len({*taken, *left}) == len(taken) + len(left) == 12
    for one in stores:
        one.close()


def test_migrations_up_and_down(url: str) -> None:
    engine = open_engine(url)
    assert migrate(engine) == (None, newest()) and migrate(engine) == (newest(), newest())
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"version_table": "case_records_version", "include_name": _ours})
        assert compare_metadata(context, METADATA) == [], "the migrations make the tables that the code expects"
    assert migrate(engine, "base") == (newest(), None)
    assert set(inspect(engine).get_table_names()) <= {"case_records_version"}
    assert migrate(engine, "head") == (None, newest())
    engine.dispose()


def _ours(name: str | None, kind: str, _: Any) -> bool:
    return kind != "table" or name != "case_records_version"


def test_servers_that_start_at_once_migrate_once(url: str, clock: Clock) -> None:
    for one in race(4, lambda _: Store.open(url, SECRET, clock)):
        assert one.find() == []
        one.close()


def test_a_database_of_a_newer_version_is_left_alone(store: Store, url: str) -> None:
    engine = open_engine(url)
    with engine.begin() as connection:
        connection.execute(text("update case_records_version set version_num = '9999'"))
    with pytest.raises(MigrationError, match="newer version"):
        migrate(engine)
    with pytest.raises(StoreError, match="newer version"):
        Store.open(url, SECRET)
    with engine.begin() as connection:
        connection.execute(text(f"update case_records_version set version_num = '{newest()}'"))
    with pytest.raises(MigrationError, match="no revision"):
        migrate(engine, "nonsense")
    engine.dispose()


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("nonsense", "not the URL"),
        ("mysql://h/x", "mysql: only sqlite and postgresql"),
        ("sqlite://", "name a file"),
        ("sqlite:///:memory:", "name a file"),
    ],
)
def test_wrong_addresses(address: str, told: str) -> None:
    with pytest.raises(StoreError, match=told):
        checked_url(address)


def test_a_database_that_is_away_is_told_without_its_password(tmp_path: Path) -> None:
    with pytest.raises(StoreError) as told:
        Store.open(f"postgresql+psycopg://coach:hunter2@/x?host={tmp_path}", SECRET)
    assert "cannot be used" in str(told.value) and "hunter2" not in str(told.value)
    (tmp_path / "notes").write_text("not a database, but long enough to look like a file " * 20)
    with pytest.raises(StoreError, match="cannot be used"):
        Store.open(f"sqlite:///{tmp_path / 'notes'}", SECRET)


def test_a_new_file_is_its_owners_only(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "records.db"
    Store.open(f"sqlite:///{path}", SECRET).close()
    assert path.stat().st_mode & 0o777 == 0o600
