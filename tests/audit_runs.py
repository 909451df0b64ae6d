"""Audits with a small pack in place of the shipped rules: they start at once, and their findings are known."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from coach.audit.crew import Alone, Crew
from coach.audit.engine import Engine
from coach.audit.keys import SECRET
from coach.audit.run import Request, audit
from coach.audit.summary import Summary
from coach.audit.tables import SCHEMAS
from tests.small_pack import write_pack

os.environ[SECRET] = "the secret of all audits in tests"  # programs that are started have it as well

RULES: dict[str, Any] = {
    "fault": {"match": [{"phrases": ["bad thing"]}]},
    "check": {"match": [{"missing": ["follow-up"]}], "when": ["closing"], "examples": [{"bad": "no", "good": "I will write."}]},
}


TEXTS = ("I will write tomorrow.", "Refunded.", "Refunded, click here.")


def small_rules(root: Path) -> Path:
    """The same small pack for every language."""
    folder = write_pack(root / "rules", RULES)
    for language in ("tr", "pl"):
        shutil.copytree(folder / "en", folder / language, dirs_exist_ok=True)
    return folder


def talk(number: int, **more: Any) -> dict[str, Any]:
    """A conversation that fails, with two replies: one fault in the first, and in every third a promise."""
    day = 1 + number % 28
    return {
        "id": f"c{number}",
        "language": "en",
        "turns": [
            {"role": "customer", "text": f"My order {10_000 + number} is broken.", "at": f"2026-02-{day:02}T10:00:00Z"},
            {
                "role": "agent",
                "text": f"Sorry. A bad thing, number {number}.",
                "at": f"2026-02-{day:02}T11:00:00Z",
                "author": f"ann{number % 3}",
            },
            {"role": "customer", "text": "And now?"},
            {"role": "agent", "text": TEXTS[number % 3], "at": f"2026-02-{day:02}T12:00:00Z", "author": "bo"},
        ],
        **more,
    }


def written(path: Path, *lines: Any) -> Path:
    """A JSON Lines file of `lines`, strings as they are."""
    path.write_text("".join((line if isinstance(line, str) else json.dumps(line)) + "\n" for line in lines), "utf-8")
    return path


def run(source: Path, out: Path, rules: Path, crew: Callable[[], Crew] = Alone, **more: Any) -> Summary:
    """An audit in this process."""
    return audit(Request((str(source),), out, engine=Engine(str(rules), False), **more), crew, "test")


def table(out: Path, name: str) -> pa.Table:
    """A table of an audit, as it must be."""
    found = pq.read_table(out / f"{name}.parquet")
    assert found.schema.equals(SCHEMAS[name]), found.schema
    return found


def rows(out: Path, name: str) -> list[dict[str, Any]]:
    """The rows of a table."""
    found: list[dict[str, Any]] = table(out, name).to_pylist()
    return found


def bytes_of(out: Path) -> dict[str, bytes]:
    """Everything that an audit left, by name."""
    return {path.name: path.read_bytes() for path in sorted(out.iterdir())}


def started(*arguments: str | Path, **more: Any) -> subprocess.Popen[bytes]:
    """`coach audit` as a program of its own; its report has tests of its own."""
    return subprocess.Popen(
        [sys.executable, "-m", "coach", "audit", "--no-report", *map(str, arguments)],
        stderr=subprocess.PIPE,
        stdout=subprocess.PIPE,
        **more,
    )


def until(true: Callable[[], object], what: str, seconds: float = 300) -> None:
    """Wait until something is so."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, f"{what} did not happen within {seconds} seconds"
        time.sleep(0.01)


def parts(out: Path) -> int:
    """How many parts of an unfinished audit are done."""
    return len(list((out / "unfinished").glob("*.part")))


def children(pid: int) -> list[int]:
    """The processes that a process has started and that work for it, the resource tracker left out."""
    found = []
    for place in Path("/proc").glob("[0-9]*"):
        try:
            parent = (place / "stat").read_text().rpartition(")")[2].split()[1]
            command = (place / "cmdline").read_bytes()
        except OSError:
            continue
        if parent == str(pid) and b"resource_tracker" not in command:
            found.append(int(place.name))
    return found
