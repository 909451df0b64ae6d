"""Tables of an audit, made up: plausible ones from a seed, or row by row for a test that counts by hand."""

from __future__ import annotations

import json
import random
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from coach.audit.tables import FORMAT, RUN, SCHEMAS, step_column
from coach.types import STEPS

Row = Mapping[str, Any]
START = datetime(2026, 1, 5, tzinfo=UTC)
RULES = (  # rule, family, step, severity, how often
    ("missing-acknowledgement", "missing-acknowledgement", "1", "error", 0.18),
    ("premature-question", "premature-question", "1→2", "error", 0.14),
    ("generic-signoff", "generic-signoff", "4", "warning", 0.12),
    ("premature-solution", "premature-solution", "2→3", "warning", 0.09),
    ("vague-promise", "vague-promise", "3", "warning", 0.06),
    ("blame-policy", "blame-shift", "any", "warning", 0.04),
    ("blame-customer", "blame-shift", "any", "error", 0.01),
    ("weak-apology", "weak-apology", "1", "warning", 0.05),
    ("missing-thanks", "missing-thanks", "2", "hint", 0.2),
    ("canned", "canned", "any", "hint", 0.07),
    ("missing-follow-up", "missing-follow-up", "4", "warning", 0.05),
)
REACH = (0.72, 0.64, 0.55, 0.5, 0.16, 0.24, 0.14)
CHANNELS = ("email", "chat", "twitter")
TAGS = ("delivery", "billing", "login", "returns")
_DEFAULTS: Mapping[pa.DataType, Any] = {pa.string(): "", pa.int32(): 0, pa.bool_(): False, pa.float64(): 0.0}


def conversation(name: str, **given: Any) -> dict[str, Any]:
    """A conversation with a failure, nothing known of it but what is given."""
    row = _row("conversations", {"conversation": name, "language": "en", "severity": "normal", "failure": True, **given})
    return {**row, **{gate: given.get(gate, "open") for gate in ("g1", "g2", "g3", "g4")}}


def reply(name: str, turn: int = 1, **given: Any) -> dict[str, Any]:
    """The first reply of a conversation with a failure."""
    known = {"conversation": name, "turn": turn, "role": "agent", "reply": 1, "first_reply": True, "failure": True}
    return _row("turns", {**known, "closing": False, "moves": [], "open_gates": [], "language": "en", **given})


def finding(name: str, family: str, turn: int = 1, **given: Any) -> dict[str, Any]:
    """A finding of caution in that reply."""
    known = {"conversation": name, "turn": turn, "language": "en", "rule": family, "family": family, "step": "any"}
    return _row("findings", {**known, "severity": "warning", "visible": True, "confidence": 1.0, **given})


def promise(name: str, turn: int = 1, **given: Any) -> dict[str, Any]:
    """A promise in that reply."""
    return _row("promises", {"conversation": name, "turn": turn, **given})


def write(folder: Path, *, text: bool = False, **rows: Iterable[Row]) -> Path:
    """The tables with these rows, and `run.json`."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, schema in SCHEMAS.items():
        pq.write_table(pa.Table.from_pylist([dict(row) for row in rows.get(name, ())], schema=schema), folder / f"{name}.parquet")
    close(folder, text)
    return folder


def close(folder: Path, text: bool) -> None:
    """Write `run.json`."""
    run = {"format": FORMAT, "version": "0", "options": {"text": text}, "counts": {}}
    (folder / RUN).write_text(json.dumps(run), "utf-8")


def plausible(folder: Path, conversations: int = 600, seed: int = 7, *, text: bool = False, batch: int = 5000) -> Path:
    """An audit of a made-up shop: more failures at nine and after release 4.2, a macro that carries faults, six agents and more."""
    folder.mkdir(parents=True, exist_ok=True)
    chance = random.Random(seed)
    writers = {name: pq.ParquetWriter(folder / f"{name}.parquet", schema) for name, schema in SCHEMAS.items()}
    try:
        for first in range(0, conversations, batch):
            rows: dict[str, list[dict[str, Any]]] = {name: [] for name in SCHEMAS}
            for number in range(first, min(first + batch, conversations)):
                _one(chance, number, conversations, text, rows)
            for name, made in rows.items():
                writers[name].write_table(pa.Table.from_pylist(made, schema=SCHEMAS[name]))
    finally:
        for writer in writers.values():
            writer.close()
    close(folder, text)
    return folder


def _one(chance: random.Random, number: int, total: int, text: bool, rows: dict[str, list[dict[str, Any]]]) -> None:
    name = f"T-{number:06d}"
    at = START + timedelta(days=int(175 * number / total), hours=chance.choice((8, 9, 9, 10, 11, 13, 14, 15, 16, 17)), minutes=number % 60)
    release = "4.2" if at > START + timedelta(days=120) else "4.1"
    tags = chance.sample(TAGS, chance.randint(0, 2))
    failure = chance.random() < 0.35 + (0.3 if at.hour == 9 else 0) + (0.15 if release == "4.2" else 0)
    agents = [f"agent-{chance.randrange(14):02d}" for _ in range(chance.randint(1, 3))]
    reached = 0
    steps: dict[str, int | None] = {}
    for step, share in zip(STEPS, REACH, strict=True):
        steps[step_column(step)] = (1 if reached == 0 else len(agents)) if failure and chance.random() < share else None
        reached += 1
    found = 0
    for index, agent in enumerate(agents):
        turn, sent = 2 * index + 1, at + timedelta(hours=2 * index + 1)
        macro = chance.random() < 0.25
        key = f"macro-{chance.randrange(4)}" if macro else f"own-{number}-{index}"
        faults = []
        for rule, family, step, severity, share in RULES:
            if failure and chance.random() < share * (1.5 if key == "macro-0" else 0.8) * (1.6 if agent < "agent-04" else 0.8):
                words = f"words of {rule} in {name}" if text else None
                faults.append(
                    finding(name, family, turn, rule=rule, step=step, severity=severity, agent=agent, at=sent, text=words,
                            confidence=round(chance.uniform(0.5, 1), 2))
                )  # fmt: skip
        rows["findings"] += faults
        found += len(faults)
        moves = [move for move in ("apology", "solution", "question") if chance.random() < 0.4]
        rows["turns"].append(
            reply(name, turn, at=sent, agent=agent, reply=index + 1, first_reply=index == 0, failure=failure, moves=moves,
                  open_gates=["G1"] if failure and steps["step_acknowledge"] is None else [], findings=len(faults), visible=len(faults),
                  characters=200, text_key=key, template_key=key, text=f"The whole reply {turn} of {name}." if text else None)
        )  # fmt: skip
        if failure and chance.random() < 0.3:
            state = chance.choice(("kept", "late", "overdue", "undated"))
            rows["promises"].append(
                promise(name, turn, agent=agent, made_at=sent, due=None if state == "undated" else sent + timedelta(days=1),
                        kept={"kept": True, "late": False}.get(state), overdue=state == "overdue",
                        what="I will write tomorrow." if text else None)
            )  # fmt: skip
    rows["conversations"].append(
        conversation(name, channel=chance.choice(CHANNELS), tags=tags, release=release, customer=f"customer-{chance.randrange(total)}",
                     started=at, ended=at + timedelta(days=2), turns=2 * len(agents), replies=len(agents), agents=len(set(agents)),
                     findings=found, failure=failure, peak_heat=chance.randrange(4), repeat=failure and chance.random() < 0.1,
                     g4="passed" if steps["step_satisfaction_check"] else "open", ended_by="agent", **steps,
                     rating=chance.choice(("good", "bad", None)))
    )  # fmt: skip
    if number % 97 == 0:
        rows["rejects"].append(_row("rejects", {"file": "export.jsonl", "place": f"line {number}", "reason": "not JSON"}))


def _row(name: str, given: Row) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for field in SCHEMAS[name]:
        empty: Any = None if field.nullable else [] if pa.types.is_list(field.type) else _DEFAULTS[field.type]
        made[field.name] = given.get(field.name, empty)
    return made
