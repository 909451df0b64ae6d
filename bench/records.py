"""How long a case record takes: reading, masking, storing. `python -m bench.records`; PostgreSQL too where it is installed."""

from __future__ import annotations

import json
import statistics
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from coach.pipeline import Coach
from coach.records.case import Conversation
from coach.records.compose import read_case
from coach.records.sheet import Prepared, prepare
from coach.records.store import Store
from coach.types import Turn
from tests import postgres

DRAFTS = Path(__file__).resolve().parent.parent / "tests" / "data"
START = datetime(2026, 3, 2, 9, tzinfo=UTC)
SECRET = "a-secret-for-benchmarks"


def conversations() -> Iterator[Conversation]:
    """The labelled development conversations, each closed by its draft, an hour between turns."""
    for language in ("en", "tr", "pl"):
        for line in (DRAFTS / f"dev_{language}.jsonl").read_text("utf-8").splitlines():
            item = json.loads(line)
            turns = [*item.get("conversation", []), {"role": "agent", "text": item["draft"]}]
            said = [Turn(turn["role"], turn["text"], START + timedelta(hours=number)) for number, turn in enumerate(turns)]
            yield Conversation(str(item["id"]), tuple(said), language)


def timed(name: str, task: Callable[[Any], object], items: list[Any]) -> list[Any]:
    """Do `task` for each item, print its times, give the results."""
    results, times = [], []
    for item in items:
        since = time.perf_counter()
        results.append(task(item))
        times.append(1000 * (time.perf_counter() - since))
    ordered = sorted(times)
    print(f"{name:<28} {len(items):>5}   p50 {statistics.median(times):7.2f} ms   p99 {ordered[int(0.99 * (len(ordered) - 1))]:7.2f} ms")
    return results


def customer(one: Prepared) -> str:
    """One of a hundred customers."""
    return str(zlib.crc32(one.conversation.encode()) % 100)


@contextmanager
def databases() -> Iterator[dict[str, str]]:
    """Addresses of empty databases."""
    with TemporaryDirectory() as folder:
        found = {"SQLite": f"sqlite:///{folder}/records.db"}
        if postgres.binaries() is None:
            yield found
            return
        with postgres.own_folder() as place, postgres.server(place) as url:
            yield found | {"PostgreSQL": url}


def time_store(name: str, store: Store, ready: list[Prepared]) -> None:
    """Print what one store takes."""
    for what in ("store", "store again"):
        timed(f"{what}, {name}", lambda one: store.save(one.conversation, one.record, one.orders, customer(one), one.edits), ready)
    timed(f"list 100, {name}", lambda _: store.find(), list(range(20)))
    store.close()


def main() -> None:
    """Print the figures."""
    coach = Coach()
    talks = list(conversations())
    for talk in talks[:20]:
        read_case(talk, coach)
    read = timed("read a conversation", lambda talk: read_case(talk, coach), talks)
    made = [(one, talk) for one, talk in zip(read, talks, strict=True) if one]
    since = time.perf_counter()
    prepare(made[0][0].record, (), made[0][1])
    print(f"{'load the masking':<28} {1:>5}   {time.perf_counter() - since:.1f} s")
    ready: list[Prepared] = timed("mask its record", lambda one: prepare(one[0].record, one[0].names, one[1]), made)
    with databases() as found:
        for name, url in found.items():
            time_store(name, Store.open(url, SECRET), ready)


if __name__ == "__main__":
    main()
