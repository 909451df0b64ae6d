"""The process for full reviews: same reviews, ends with its parent's wish, comes back after a death."""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from coach.pipeline import Coach
from coach.types import Draft, Review
from coach.worker import Worker
from tests.service import ask, make
from tests.small_pack import write_pack

BAD = Draft("That is a bad thing.", "en")


def small_packs(root: Path) -> None:
    write_pack(root, {"fault": {"match": [{"phrases": ["bad thing"]}]}})
    for language in ("tr", "pl"):
        shutil.copytree(root / "en", root / language)


@pytest.fixture
def worker(tmp_path: Path) -> Iterator[Worker]:
    small_packs(tmp_path)
    started = Worker(tmp_path, Path("off"))
    started.ready()
    yield started
    started.close()


def pool_pids() -> list[int]:
    return [child.pid for child in multiprocessing.active_children() if child.pid is not None]


def test_a_worker_reviews_in_another_process_and_comes_back_after_a_death(worker: Worker) -> None:
    first = asyncio.run(worker.review(BAD))
    assert [finding.rule for finding in first.findings] == ["fault"]
    [pid] = pool_pids()
    os.kill(pid, signal.SIGKILL)
    assert asyncio.run(worker.review(BAD)) == first
    assert pool_pids() not in ([pid], [])


def test_the_service_takes_its_worker_with_it(tmp_path: Path) -> None:
    small_packs(tmp_path)
    environment = {**os.environ, "COACH_RULES": str(tmp_path)}
    with subprocess.Popen(
        [sys.executable, "-m", "coach", "serve", "--port", "0"], env=environment, stderr=subprocess.PIPE, text=True
    ) as served:
        assert served.stderr is not None
        while "listening" not in (line := served.stderr.readline()):
            assert line, "the service ended"
        [worker] = [
            child
            for child in map(int, Path(f"/proc/{served.pid}/task/{served.pid}/children").read_text().split())
            if b"spawn_main" in Path(f"/proc/{child}/cmdline").read_bytes()
        ]
        served.send_signal(signal.SIGTERM)
        told = served.stderr.read()
        assert served.wait(20) == 128 + signal.SIGTERM
    assert "leaked" not in told
    assert not Path(f"/proc/{worker}").exists()


def test_a_worker_that_cannot_load_says_so(tmp_path: Path) -> None:
    broken = Worker(tmp_path / "nowhere", Path("off"))
    with pytest.raises(RuntimeError):
        broken.ready()


def test_full_reviews_come_from_the_worker_and_keys_do_not() -> None:
    asked: list[Draft] = []

    class Noting(Worker):
        def __init__(self, coach: Coach) -> None:
            self._coach = coach

        async def review(self, draft: Draft) -> Review:
            asked.append(draft)
            return self._coach.review(draft)

    coach = Coach()
    client = make(coach, Noting(coach), pause_ms=1)
    with client.websocket_connect("/v1/stream") as socket:
        assert ask(socket, type="hello", language="en")["classifier"] is True
        assert ask(socket, type="draft", rev=1, text="Hello there")["full"] is False
        assert socket.receive_json()["full"] is True
    assert [draft.typing for draft in asked] == [False]
    client.post("/v1/lint", json={"draft": "Hello", "language": "en"})
    assert [draft.text for draft in asked] == ["Hello there", "Hello"]
