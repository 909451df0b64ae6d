"""Real agent turns to time on: the shared threads when present, else the repository's own development drafts."""

from __future__ import annotations

import json
import platform
from pathlib import Path

from coach.types import Turn

ROOT = Path(__file__).resolve().parent.parent
REAL = ROOT.parent / "shared" / "data" / "ibm_twitter_care.jsonl"
OWN = ROOT / "tests" / "data" / "dev_en.jsonl"

Case = tuple[str, tuple[Turn, ...]]


def cases() -> tuple[str, list[Case]]:
    """(name of the source, [(agent's text, the turns before it)]), exact repeats left out."""
    found: dict[str, tuple[Turn, ...]] = {}
    if REAL.exists():
        for line in REAL.read_text("utf-8").splitlines():
            turns: list[Turn] = []
            for turn in json.loads(line)["turns"]:
                if turn["role"] == "agent":
                    found.setdefault(turn["text"], tuple(turns))
                turns.append(Turn("agent" if turn["role"] == "agent" else "customer", turn["text"]))
        return REAL.name, list(found.items())
    for line in OWN.read_text("utf-8").splitlines():
        row = json.loads(line)
        found.setdefault(row["draft"], tuple(Turn(turn["role"], turn["text"]) for turn in row["conversation"]))
    return OWN.name, list(found.items())


def machine() -> str:
    """The machine's size in a line."""
    import os

    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return f"{os.cpu_count()} cores, {memory:.0f} GiB, Python {platform.python_version()}"
