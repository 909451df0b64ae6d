"""`make bench-live`: many agents typing over the websocket against one server process, the clients in another process.

Each agent sends its complaint once, then a reply character by character, keys spread evenly over the second. A key is
answered by the first review of its revision or a newer one (newer drafts supersede older ones under load). Agents come one after
the other in the first seconds, which are not counted. With the classifier they pause at the end of a sentence, as people do, and the
full review is timed from the moment at which the pause is long enough to call for one.
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

RAMP_SECONDS = 5.0
PAUSE_MS = 300
PAUSED_KEYS = 6
BURST = 20  # keys between two looks at the answers
_ANSWER = re.compile(rb'\{"type":"review","rev":(\d+)')
_FULL = b'"full":true'


class Typist(WSListener):
    """One agent: types replies one after the other, and notes how long each key waited for its answer."""

    def __init__(self, found: list[Case], seed: int, pauses: bool) -> None:
        self._found, self._chosen = found, random.Random(seed)
        self._pauses, self._resting, self._last = pauses, 0, (0, 0.0)
        self._transport: WSTransport | None = None
        self._text, self._end, self._revision = "", 0, 0
        self.waiting: dict[int, float] = {}
        self.spent: list[float] = []
        self.full: list[float] = []
        self.unfinished = 0
        self.superseded = self.errors = self.sent = 0

    def on_ws_connected(self, transport: WSTransport) -> None:
        self._transport = transport

    def key(self) -> None:
        """Press one key; a finished reply starts the next conversation."""
        if self._transport is None:
            return
        if self._resting:
            self._resting -= 1
            if not self._resting and self._last[0]:
                self.unfinished += 1
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
        if self._pauses and (self._end == len(self._text) or self._text[self._end - 1] in ".!?"):
            self._resting, self._last = PAUSED_KEYS, (self._revision, self.waiting[self._revision])

    def forget(self) -> None:
        """Count from here."""
        self.spent.clear()
        self.full.clear()
        self.superseded = self.errors = self.sent = self.unfinished = 0

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
        if revision == self._last[0] and _FULL in payload[:200]:
            self.full.append((now - self._last[1]) * 1000 - PAUSE_MS)
            self._last = (0, 0.0)
        sent = self.waiting.pop(revision, None)
        if sent is not None:
            self.spent.append((now - sent) * 1000)
        if self.waiting:
            for older in [waiting for waiting in self.waiting if waiting < revision]:
                del self.waiting[older]
                self.superseded += 1


def _same(typist: Typist) -> Typist:
    return typist


async def load(url: str, agents: int, keys: float, seconds: float, pauses: bool) -> list[Typist]:
    """Connect all agents, then type: keys of all agents are spread evenly over time."""
    _, found = cases()
    found = [case for case in found if 60 <= len(case[0]) <= 320]
    typists: list[Typist] = []
    for number in range(agents):
        typist = Typist(found, number, pauses)
        await ws_connect(partial(_same, typist), url)
        typists.append(typist)
    gc.collect()
    gc.freeze()
    start, pressed, counting = time.perf_counter(), 0, False
    while (elapsed := time.perf_counter() - start) < RAMP_SECONDS + seconds:
        if not counting and elapsed >= RAMP_SECONDS:
            counting = True
            for typist in typists:
                typist.forget()
        come = agents * min(1.0, elapsed / RAMP_SECONDS)
        due = elapsed * agents * keys
        for _ in range(BURST):
            if pressed >= due:
                break
            if pressed % agents < come:
                typists[pressed % agents].key()
            pressed += 1
        await asyncio.sleep(0.001 if pressed >= due else 0)
    for _ in range(100):
        if not any(typist.waiting for typist in typists):
            break
        await asyncio.sleep(0.05)
    return typists


def family(pid: int) -> list[int]:
    """A process and its children."""
    return [pid, *map(int, Path(f"/proc/{pid}/task/{pid}/children").read_text().split())]


def cpu_seconds(pid: int) -> float:
    """Processor time that a process and its children have used."""
    ticks = 0
    for one in family(pid):
        fields = Path(f"/proc/{one}/stat").read_text().rsplit(")", 1)[1].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def memory_mb(pid: int) -> float:
    """Resident memory of a process and its children."""
    pages = sum(int(Path(f"/proc/{one}/statm").read_text().split()[1]) for one in family(pid))
    return pages * os.sysconf("SC_PAGE_SIZE") / 1024**2


def start_server(module: list[str], classifier: bool) -> tuple[subprocess.Popen[bytes], int]:
    """A server on a free port, ready to answer."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    environment = {**os.environ, "COACH_LOG_LEVEL": "warning", "COACH_CONNECTIONS": "2000", "COACH_PAUSE_MS": str(PAUSE_MS)}
    if not classifier:
        environment["COACH_CLASSIFIER"] = "off"
    server = subprocess.Popen([sys.executable, "-m", *module, str(port)], cwd=ROOT, env=environment)
    for _ in range(300):
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=1)
            return server, port
        except OSError:
            time.sleep(0.1)
    server.kill()
    raise SystemExit("the server did not start")


def round_of(name: str, server: subprocess.Popen[bytes], port: int, agents: int, keys: float, seconds: float, pauses: bool) -> None:
    """One load and its row."""
    before, memory = cpu_seconds(server.pid), memory_mb(server.pid)
    started, own = time.perf_counter(), time.process_time()
    typists = uvloop.run(load(f"ws://127.0.0.1:{port}/v1/stream", agents, keys, seconds, pauses))
    wall = time.perf_counter() - started
    own = time.process_time() - own
    spent = [value for typist in typists for value in typist.spent]
    full = [value for typist in typists for value in typist.full]
    sent, lost = sum(t.sent for t in typists), sum(len(t.waiting) for t in typists)
    late, errors, unfinished = sum(t.superseded for t in typists), sum(t.errors for t in typists), sum(t.unfinished for t in typists)
    told = ""
    if full:
        told = (
            f"; full reviews {len(full)}, p50 {percentile(full, 0.5):.0f} ms, p99 {percentile(full, 0.99):.0f} ms, not in time {unfinished}"
        )
    print(
        f"{name}, {agents} agents x {keys:g} keys/s: {sent} keys, p50 {percentile(spent, 0.5):.1f} ms, "
        f"p99 {percentile(spent, 0.99):.1f} ms, max {max(spent):.0f} ms; unanswered {lost}, superseded {late}, errors {errors}{told}; "
        f"cores: server {(cpu_seconds(server.pid) - before) / wall:.2f}, clients {own / wall:.2f}; "
        f"memory {memory:.0f} -> {memory_mb(server.pid):.0f} MB",
        flush=True,
    )


def main() -> None:
    """Print rows: a bare echo, the rules alone at the normal load and at four times it, and with the classifier."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--agents", type=int, default=500)
    parser.add_argument("--keys", type=float, default=5)
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--only", choices=("echo", "rules", "classifier"))
    options = parser.parse_args()
    print(machine(), flush=True)
    product = ["coach", "serve", "--port"]
    runs = [
        ("echo", "bare echo", ["bench.echo"], False, (1,), False),
        ("rules", "rules", product, False, (1, 4), False),
        ("rules", "rules, with pauses", product, False, (1,), True),
        ("classifier", "with classifier and pauses", product, True, (1,), True),
    ]
    for kind, name, module, classifier, factors, pauses in runs:
        if options.only not in (None, kind):
            continue
        server, port = start_server(module, classifier)
        try:
            for factor in factors:
                round_of(name, server, port, options.agents, options.keys * factor, options.seconds, pauses)
        finally:
            server.send_signal(signal.SIGTERM)
            server.wait(10)


if __name__ == "__main__":
    main()
