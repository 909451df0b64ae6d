"""`make bench-live`: many agents typing over the websocket against one server process, the clients in another process.

Each agent sends its complaint once, then a reply character by character, keys spread evenly over the second. A key is
answered by the first review of its revision or a newer one (newer drafts supersede older ones under load).
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import os
import random
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from functools import partial
from pathlib import Path

import orjson
import uvloop
from picows import WSFrame, WSListener, WSMsgType, WSTransport, ws_connect

from bench.corpus import ROOT, Case, cases, machine
from bench.peers import percentile

_ANSWER = re.compile(rb'\{"type":"review","rev":(\d+)')


class Typist(WSListener):
    """One agent: types replies one after the other, and notes how long each key waited for its answer."""

    def __init__(self, found: list[Case], seed: int) -> None:
        self._found, self._chosen = found, random.Random(seed)
        self._transport: WSTransport | None = None
        self._text, self._end, self._revision = "", 0, 0
        self.waiting: dict[int, float] = {}
        self.spent: list[float] = []
        self.superseded = self.errors = self.sent = 0

    def on_ws_connected(self, transport: WSTransport) -> None:
        self._transport = transport

    def key(self) -> None:
        """Press one key; a finished reply starts the next conversation."""
        if self._transport is None:
            return
        if self._end == len(self._text):
            self._text, turns = self._chosen.choice(self._found)
            self._end = 0
            told = [{"role": turn.role, "text": turn.text} for turn in turns]
            self._say({"type": "hello", "language": "en", "conversation": told})
        self._end += 1
        self._revision += 1
        self.sent += 1
        self.waiting[self._revision] = time.perf_counter()
        self._say({"type": "draft", "rev": self._revision, "text": self._text[: self._end]})

    def _say(self, message: dict[str, object]) -> None:
        if self._transport is not None:
            self._transport.send(WSMsgType.TEXT, orjson.dumps(message))

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:
        now = time.perf_counter()
        payload = frame.get_payload_as_bytes()
        if payload.startswith(b'{"type":"error"'):
            self.errors += 1
        answer = _ANSWER.match(payload)
        if not answer:
            return
        revision = int(answer[1])
        sent = self.waiting.pop(revision, None)
        if sent is not None:
            self.spent.append((now - sent) * 1000)
        if self.waiting:
            for older in [waiting for waiting in self.waiting if waiting < revision]:
                del self.waiting[older]
                self.superseded += 1


def _same(typist: Typist) -> Typist:
    return typist


async def load(url: str, agents: int, keys: float, seconds: float) -> list[Typist]:
    """Connect all agents, then type: keys of all agents are spread evenly over time."""
    _, found = cases()
    found = [case for case in found if 60 <= len(case[0]) <= 320]
    typists: list[Typist] = []
    for number in range(agents):
        typist = Typist(found, number)
        await ws_connect(partial(_same, typist), url)
        typists.append(typist)
    gc.collect()
    gc.freeze()
    start, pressed = time.perf_counter(), 0
    while (elapsed := time.perf_counter() - start) < seconds:
        while pressed < elapsed * agents * keys:
            typists[pressed % agents].key()
            pressed += 1
        await asyncio.sleep(0.001)
    for _ in range(100):
        if not any(typist.waiting for typist in typists):
            break
        await asyncio.sleep(0.05)
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
    environment = {**os.environ, "COACH_LOG_LEVEL": "warning", "COACH_CONNECTIONS": "2000"}
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
