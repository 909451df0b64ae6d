"""The training text (`models/data/*.jsonl`): conversations with a draft, each of its sentences labelled by the definitions."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from coach.classify import CUSTOMER, WISHES
from coach.types import FLAGS, MOVES

DATA = Path(__file__).parent / "data"
Part = Literal["train", "dev", "test"]


@dataclass(frozen=True)
class Said:
    """A sentence of the draft with its labels."""

    text: str
    moves: frozenset[str]
    flags: frozenset[str]


@dataclass(frozen=True)
class Item:
    """A conversation and a draft. `customer` holds the labels of the last customer turn (None: not labelled)."""

    id: str
    language: str
    turns: tuple[dict[str, Any], ...]
    draft: tuple[Said, ...]
    customer: frozenset[str] | None

    @property
    def asked(self) -> str:
        """The last thing the customer said; empty where nothing was."""
        return next((str(turn["text"]) for turn in reversed(self.turns) if turn["role"] == "customer"), "")


def items(folder: Path = DATA) -> Iterator[Item]:
    """All items of a folder. Raises ValueError for a label that does not exist, with file and line."""
    for path in sorted(folder.glob("*.jsonl")):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            try:
                yield _item(json.loads(line))
            except (KeyError, ValueError, TypeError) as error:
                raise ValueError(f"{path}:{number}: {error}") from error


def part(item: Item) -> Part:
    """Where an item belongs: a tenth each for development and test. All items that begin with the same words stay together."""
    first = next((turn["text"] for turn in item.turns), item.draft[0].text)
    bucket = hashlib.sha256(" ".join(str(first).lower().split()).encode()).digest()[0] % 10
    return "test" if bucket == 0 else "dev" if bucket == 1 else "train"


def _item(row: dict[str, Any]) -> Item:
    draft = tuple(Said(said["text"], frozenset(said["moves"]), frozenset(said["flags"])) for said in row["draft"])
    for said in draft:
        unknown = (said.moves - set(MOVES)) | (said.flags - set(FLAGS))
        if unknown:
            raise ValueError(f"unknown labels {sorted(unknown)}")
    last = next((turn for turn in reversed(row["turns"]) if turn["role"] == "customer"), None)
    return Item(row["id"], row["language"], tuple(row["turns"]), draft, _customer(last) if last else None)


def _customer(turn: dict[str, Any]) -> frozenset[str] | None:
    if "problem" not in turn:
        return None
    heat = int(turn.get("heat", 0))
    labels = {f"heat-{level}" for level in (1, 2, 3) if heat >= level}
    if turn.get("problem"):
        labels.add("problem")
    if turn.get("repeat"):
        labels.add("repeat")
    if turn.get("wish") in WISHES:
        labels.add(f"wish-{turn['wish']}")
    return frozenset(labels & set(CUSTOMER))
