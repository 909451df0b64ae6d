"""An audit on a real Dask cluster: a scheduler and worker processes of their own, some of them killed. `make test-audit`."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from coach.audit.run import MOST_CONVERSATIONS
from tests.audit_runs import bytes_of, parts, run, small_rules, started, talk, until, written

pytestmark = pytest.mark.slow
CHUNKS = 40


@pytest.fixture(scope="module")
def rules(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return small_rules(tmp_path_factory.mktemp("small"))


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return written(tmp_path_factory.mktemp("many") / "talks.jsonl", *map(talk, range(CHUNKS * MOST_CONVERSATIONS)))


@pytest.fixture(scope="module")
def undisturbed(many: Path, rules: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("undisturbed")
    assert run(many, out, rules).conversations == CHUNKS * MOST_CONVERSATIONS
    return out


class Dask:
    """A scheduler and its workers, without helpers that would start a killed worker anew."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._told = folder / "scheduler.json"
        self.programs: list[subprocess.Popen[bytes]] = []
        self.scheduler = self._start(
            "distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--port", "0", "--scheduler-file", str(self._told)
        )
        until(self._told.exists, "the scheduler")
        self.address: str = json.loads(self._told.read_text())["address"]

    def worker(self) -> subprocess.Popen[bytes]:
        """One more worker."""
        return self._start("distributed.cli.dask_worker", self.address, "--nthreads", "1", "--no-nanny")

    def end(self) -> None:
        """Kill all that still runs."""
        for program in self.programs:
            program.kill()
            program.wait()

    def _start(self, module: str, *arguments: str) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", module, *arguments, "--no-dashboard"]
        log = (self._folder / f"{len(self.programs)}.log").open("wb")
        with log:
            program = subprocess.Popen(command, cwd=self._folder, stdout=log, stderr=log, env=_environment())
        self.programs.append(program)
        return program


def _environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parent.parent)}


@pytest.fixture
def dask(tmp_path: Path) -> Iterator[Dask]:
    cluster = Dask(tmp_path)
    yield cluster
    cluster.end()


def same(out: Path, undisturbed: Path) -> bool:
    """Whether two audits hold the same tables, byte for byte."""
    return all(data == bytes_of(undisturbed)[name] for name, data in bytes_of(out).items() if name.endswith(".parquet"))


def test_a_worker_killed_in_mid_run(many: Path, rules: Path, undisturbed: Path, dask: Dask, tmp_path: Path) -> None:
    workers = [dask.worker() for _ in range(3)]
    out = tmp_path / "out"
    program = started(many, "--out", out, "--rules", rules, "--rules-only", "--scheduler", dask.address)
    until(lambda: parts(out) >= 3, "three parts")
    workers[0].send_signal(signal.SIGKILL)
    before = parts(out)
    assert before < CHUNKS
    assert program.wait(300) == 0, program.stderr and program.stderr.read()
    assert same(out, undisturbed)


def test_the_scheduler_killed_in_mid_run(many: Path, rules: Path, undisturbed: Path, dask: Dask, tmp_path: Path) -> None:
    for _ in range(2):
        dask.worker()
    out = tmp_path / "out"
    program = started(many, "--out", out, "--rules", rules, "--rules-only", "--scheduler", dask.address)
    until(lambda: parts(out) >= 3, "three parts")
    dask.scheduler.kill()
    assert program.wait(200) == 1 and program.stderr
    told = program.stderr.read().decode()
    assert "scheduler at tcp://" in told and "is gone" in told and "--resume goes on" in told and "Traceback" not in told
    kept = parts(out)
    assert 3 <= kept < CHUNKS
    resumed = started(many, "--out", out, "--rules", rules, "--rules-only", "--resume", "--processes", "1")
    assert resumed.wait(300) == 0
    assert same(out, undisturbed)


def test_no_scheduler(many: Path, rules: Path, tmp_path: Path) -> None:
    program = started(many, "--out", tmp_path / "out", "--rules", rules, "--rules-only", "--scheduler", "tcp://127.0.0.1:1")
    assert program.wait(200) == 1 and program.stderr
    assert "no Dask scheduler answers at tcp://127.0.0.1:1" in program.stderr.read().decode()


def test_workers_with_other_rules_are_refused(many: Path, rules: Path, dask: Dask, tmp_path: Path) -> None:
    """A worker that has other rules would give other findings."""
    worker = dask.worker()
    out = tmp_path / "out"
    program = started(many, "--out", out, "--rules", rules, "--rules-only", "--scheduler", dask.address)
    until(lambda: parts(out) >= 1, "a part")
    program.kill()
    program.wait()
    rule = rules / "en" / "rules" / "fault.yml"
    kept = rule.read_text()
    try:
        rule.write_text(kept.replace("Because", "Why not"))
        other = started(many, "--out", tmp_path / "other", "--rules", rules, "--rules-only", "--scheduler", dask.address)
        assert other.wait(200) == 2 and other.stderr
        assert "a worker has other rules than this machine" in other.stderr.read().decode()
    finally:
        rule.write_text(kept)
    assert worker.poll() is None
