"""The folder of an audit: its tables when it is finished, until then the parts that are done, so that a killed run can go on."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

from coach.audit.keys import SECRET
from coach.audit.part import DamagedError, summary_of
from coach.audit.summary import Summary
from coach.audit.tables import REPORT, RUN, SCHEMAS
from coach.inputs import InputError

WORK = "unfinished"
PLAN = "plan.json"
SUMMARY = "summary.json"
ENDINGS = ("parquet", "jsonl", "csv")
OWN = (*(f"{name}.{ending}" for name in SCHEMAS for ending in ENDINGS), SUMMARY, RUN, REPORT)
"""The files that an audit may leave; `--force` replaces these and touches nothing else."""

State = Literal["new", "unfinished", "finished"]


class Folder:
    """Where an audit with a certain plan is written. `state` is what was found there."""

    def __init__(self, path: Path, plan: dict[str, Any], state: State) -> None:
        self.path, self.state = path, state
        self.work = path / WORK
        self.plan = plan

    def done(self, number: int) -> Summary | None:
        """The summary of a part that is done; None where it is not, or is damaged and has to be done again."""
        try:
            return summary_of(self.part(number))
        except (FileNotFoundError, DamagedError):
            return None

    def part(self, number: int) -> bytes:
        """A part as it was kept."""
        return self._place(number).read_bytes()

    def keep(self, number: int, part: bytes) -> None:
        """Put a part in its place, whole or not at all."""
        place = self._place(number)
        written = place.with_suffix(".new")
        written.write_bytes(part)
        written.replace(place)

    def finish(self) -> None:
        """Take the parts away: the tables are there."""
        shutil.rmtree(self.work)

    def _place(self, number: int) -> Path:
        return self.work / f"{number:08d}.part"


@contextmanager
def opened(
    path: Path, plan: dict[str, Any], *, force: bool = False, resume: bool = False, ready: Callable[[], None] | None = None
) -> Iterator[Folder]:
    """The folder, for this run alone. `plan` is all that the tables depend on. `ready` is called before anything is begun or replaced
    there, and may raise to prevent it.

    Raises `InputError` where the folder holds anything that neither `force` nor `resume` allows: something else, a finished audit
    without `force`, an unfinished one without either, one of another plan with `resume`, one that another run works on.
    """
    begun = _check(path, force, resume)
    if ready and not (begun and resume):
        ready()
    path.mkdir(parents=True, exist_ok=True)
    lock = os.open(path, os.O_RDONLY)
    try:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise InputError(str(path), "another audit is being written there") from None
        yield Folder(path, plan, _prepared(path, plan, force, resume))
    finally:
        os.close(lock)


def _check(path: Path, force: bool, resume: bool) -> bool:
    """Whether an audit was begun there. Raises `InputError`."""
    if path.exists() and not path.is_dir():
        raise InputError(str(path), "is not a directory")
    if force and resume:
        raise InputError(str(path), "--force starts anew, --resume goes on: one of them")
    found = {each.name for each in path.iterdir()} if path.is_dir() else set()
    if found and not force:
        if WORK in found and not resume:
            raise InputError(str(path), "holds an unfinished audit: --resume goes on with it, --force starts anew")
        if WORK not in found and not (resume and RUN in found):
            raise InputError(str(path), "is not empty; --force replaces an audit in it")
    return WORK in found or RUN in found


def _prepared(path: Path, plan: dict[str, Any], force: bool, resume: bool) -> State:
    work = path / WORK
    if force:
        for name in OWN:
            (path / name).unlink(missing_ok=True)
        shutil.rmtree(work, ignore_errors=True)
    if (path / RUN).exists():
        _same(path, _read(path / RUN), plan)
        shutil.rmtree(work, ignore_errors=True)
        return "finished"
    if (work / PLAN).exists():
        _same(path, _read(work / PLAN), plan)
        return "unfinished"
    work.mkdir(exist_ok=True)
    written = work / f"{PLAN}.new"
    written.write_text(json.dumps(plan, indent=1), "utf-8")
    written.replace(work / PLAN)
    return "new"


def _read(path: Path) -> dict[str, Any]:
    try:
        found: dict[str, Any] = json.loads(path.read_text("utf-8"))
    except ValueError:
        raise InputError(str(path), "cannot be read; --force starts anew") from None
    return found


def _same(path: Path, before: dict[str, Any], plan: dict[str, Any]) -> None:
    """Refuse to go on with what was begun under another plan."""
    for name, now in plan.items():
        was = before.get(name)
        if was == now:
            continue
        if name == "inputs":
            same = [each["file"] for each in was or ()] == [each["file"] for each in now]
            told = "other content of " + ", ".join(x["file"] for x in now if x not in (was or ())) if same else "other input files"
        elif name == "secret":
            told = f"another secret of pseudonyms ({SECRET}, or the file in the user's data folder)"
        elif isinstance(now, dict) and isinstance(was, dict):
            told = ", ".join(f"{name} {key}: {was.get(key)!r}, now {now[key]!r}" for key in now if now[key] != was.get(key))
        else:
            told = f"{name}: {was!r}, now {now!r}"
        raise InputError(str(path), f"the audit there was begun with {told}; --force starts anew")
