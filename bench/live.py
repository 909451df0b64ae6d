"""`make bench-live`: many agents typing over the websocket against one server process, the clients in another process.

Each agent sends its complaint once, then a reply character by character, keys spread evenly over the second. A key is
answered by the first review of its revision or a newer one (newer drafts supersede older ones under load).
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path

import orjson
import uvloop
from websockets.asyncio.client import ClientConnection, connect

from bench.corpus import ROOT, Case, cases, machine
from bench.peers import percentile
from coach.types import Turn


@dataclass
class Typist:
    """One agent: revisions sent and not yet answered, and the milliseconds that answers took."""

    waiting: dict[int, float] = field(default_factory=dict)
    spent: list[float] = field(default_factory=list)
    superseded: int = 0
    errors: int = 0
    sent: int = 0


async def type_replies(url: str, found: list[Case], keys: float, until: float, offset: float, typist: Typist) -> None:
    """Open a socket, tell the conversation, and type until the time is up; then wait for the last answer."""
    async with connect(url, max_size=2**20, compression=None) as server:
        chosen = random.Random(offset)
        reader = asyncio.create_task(_read(server, typist))
        revision = 0
        text, turns = chosen.choice(found)
        await server.send(_hello(turns))
        at, end = time.perf_counter() + offset / keys, 0
        while time.perf_counter() < until:
            await asyncio.sleep(max(0.0, at - time.perf_counter()))
            at += 1 / keys
            end += 1
            if end > len(text):
                text, turns = chosen.choice(found)
                end = 1
                await server.send(_hello(turns))
            revision += 1
            typist.waiting[revision] = time.perf_counter()
            typist.sent += 1
            await server.send(orjson.dumps({"type": "draft", "rev": revision, "text": text[:end]}).decode())
        for _ in range(100):
            if not typist.waiting:
                break
            await asyncio.sleep(0.05)
        reader.cancel()


def _hello(turns: tuple[Turn, ...]) -> str:
    told = [{"role": turn.role, "text": turn.text} for turn in turns]
    return orjson.dumps({"type": "hello", "language": "en", "conversation": told}).decode()


async def _read(server: ClientConnection, typist: Typist) -> None:
    async for message in server:
        now = time.perf_counter()
        answer = orjson.loads(message)
        if answer["type"] == "error":
            typist.errors += 1
        if answer["type"] != "review":
            continue
        sent = typist.waiting.pop(answer["rev"], None)
        if sent is not None:
            typist.spent.append((now - sent) * 1000)
        for older in [revision for revision in typist.waiting if revision < answer["rev"]]:
            del typist.waiting[older]
            typist.superseded += 1


async def load(url: str, agents: int, keys: float, seconds: float) -> list[Typist]:
    """Run all agents at once; the first two seconds are for connecting."""
    _, found = cases()
    found = [case for case in found if 60 <= len(case[0]) <= 320]
    typists = [Typist() for _ in range(agents)]
    until = time.perf_counter() + 2 + seconds
    await asyncio.gather(
        *(type_replies(url, found, keys, until, 2 * keys + number / agents, typist) for number, typist in enumerate(typists))
    )
    return typists


def cpu_seconds(pid: int) -> float:
    """Processor time that a process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def memory_mb(pid: int) -> float:
    """Resident memory of a process."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS"):
            return int(line.split()[1]) / 1024
    return 0.0


def start_server() -> tuple[subprocess.Popen[bytes], int]:
    """A server on a free port, ready to answer."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    environment = {**os.environ, "COACH_LOG_LEVEL": "WARNING", "COACH_MAX_CONNECTIONS": "2000"}
    server = subprocess.Popen([sys.executable, "-m", "coach", "serve", "--port", str(port)], cwd=ROOT, env=environment)
    for _ in range(300):
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=1)
            return server, port
        except OSError:
            time.sleep(0.1)
    server.kill()
    raise SystemExit("the server did not start")


def round_of(server: subprocess.Popen[bytes], port: int, agents: int, keys: float, seconds: float) -> None:
    """One load and its row."""
    before, memory = cpu_seconds(server.pid), memory_mb(server.pid)
    started = time.perf_counter()
    typists = uvloop.run(load(f"ws://127.0.0.1:{port}/v1/stream", agents, keys, seconds))
    wall = time.perf_counter() - started
    spent = [value for typist in typists for value in typist.spent]
    sent, lost = sum(t.sent for t in typists), sum(len(t.waiting) for t in typists)
    late, errors = sum(t.superseded for t in typists), sum(t.errors for t in typists)
    print(
        f"{agents} agents x {keys:g} keys/s: {sent} keys, p50 {percentile(spent, 0.5):.1f} ms, p99 {percentile(spent, 0.99):.1f} ms, "
        f"max {max(spent):.0f} ms; unanswered {lost}, superseded {late}, errors {errors}; "
        f"server {(cpu_seconds(server.pid) - before) / wall:.2f} cores, memory {memory:.0f} -> {memory_mb(server.pid):.0f} MB",
        flush=True,
    )


def main() -> None:
    """Print one row at the normal load and one at four times it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--agents", type=int, default=500)
    parser.add_argument("--keys", type=float, default=5)
    parser.add_argument("--seconds", type=float, default=20)
    options = parser.parse_args()
    server, port = start_server()
    print(machine())
    try:
        for factor in (1, 4):
            round_of(server, port, options.agents, options.keys * factor, options.seconds)
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(10)


if __name__ == "__main__":
    main()
