"""An audit from end to end: read, review in chunks, keep every chunk's result, make the tables of them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from hashlib import file_digest
from itertools import chain, islice
from pathlib import Path
from typing import Any, cast

from coach.audit.conversation import Conversation, Place, Reject
from coach.audit.crew import Crew, CrewLostError, Work, WorkerDiedError
from coach.audit.engine import Engine, identity
from coach.audit.finish import Format, finish, finished
from coach.audit.folder import Folder, opened
from coach.audit.importers import Form, Input, Options, StrictError, inputs, open_source
from coach.audit.keys import audit_secret, own_secret, secret_digest
from coach.audit.part import packed, rows_of, summary_of
from coach.audit.reviewed import Kept, Rows
from coach.audit.summary import Summary
from coach.audit.tables import FORMAT
from coach.audit.work import Item, Job, reject_row, work, wrapped
from coach.inputs import InputError

MOST_CONVERSATIONS = 64
MOST_TURNS = 600
TRIES = 2
AHEAD = 2  # chunks a worker has, the one in work included
HOPELESS = 12  # deaths of workers in a row
LOOK_SECONDS = 5.0  # without an answer, after which the crew is looked at
ENDED = "the review ended its process"
LEEWAY = timedelta(days=1)
NO_TIME = 1990  # a file said to be older has no time: archives set such

Progress = Callable[[int, int], None]
Chunk = tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class Request:
    """What to audit and how. `text` and `names`: whether words and agents' names stand in the tables; `strict`: stop at the first
    record that cannot be used, or reviewed."""

    paths: tuple[str, ...]
    folder: Path
    form: Form = "auto"
    options: Options = field(default_factory=Options)
    engine: Engine = field(default_factory=Engine)
    text: bool = False
    names: bool = False
    formats: tuple[Format, ...] = ("parquet",)
    strict: bool = False
    force: bool = False
    resume: bool = False


@dataclass(slots=True)
class _Asked:
    """A chunk in work."""

    number: int
    items: Chunk
    tries: int = 1


def audit(request: Request, crew: Callable[[], Crew], version: str, progress: Progress | None = None) -> Summary:
    """Review every reply of the input, write the tables, give the summary. `progress` hears the bytes read and the replies reviewed.

    Raises `InputError` where input or folder cannot be used, `StrictError`, `CrewLostError`; what is done by then is kept for a
    later `resume`.
    """
    files = inputs(request.paths)
    before = _stamps(files)
    own = own_secret()
    digests = [_digest(file) for file in files]
    secret = audit_secret(digests, own)
    plan = _plan(request, files, digests, version, secret_digest(secret))
    read = _Read()
    items = open_source(request.paths, request.form, request.options, strict=request.strict, done=read.hear)
    first: list[Item] = []
    ready = partial(first.extend, islice(items, 1))
    with opened(request.folder, plan, force=request.force, resume=request.resume, ready=ready) as folder:
        if folder.state == "finished":
            return finished(folder)
        job = Job(request.engine, Kept(request.text, request.names, secret), identity(request.engine))
        with crew() as workers:
            parts = _Run(folder, request.strict, progress, read).through(chunks(chain(first, items)), workers, job)
        if _stamps(files) != before:
            raise InputError(str(request.folder), "the input was changed while it was read; --force starts anew")
        return finish(folder, parts, request.formats, _until(before))


def chunks(items: Iterable[Item]) -> Iterator[Chunk]:
    """The items in pieces that hang on the input alone, so that a later run cuts them the same."""
    held: list[Item] = []
    turns = 0
    for item in items:
        held.append(item)
        turns += len(item.turns) if isinstance(item, Conversation) else 1
        if len(held) >= MOST_CONVERSATIONS or turns >= MOST_TURNS:
            yield tuple(held)
            held, turns = [], 0
    if held:
        yield tuple(held)


@dataclass(slots=True)
class _Read:
    """How far the input is read, in bytes."""

    bytes: int = 0

    def hear(self, count: int) -> None:
        self.bytes = count


@dataclass(slots=True)
class Errands:
    """Chunks of items on their way through a crew. One that ends its worker is asked for again, then item by item.

    `task`: what a worker does with a chunk made by `wrapped`; `keep` hears the number of each chunk and its answer, in any order; `join`
    makes one answer of those to its items; `lost`: the answer to an item that ends every worker.
    """

    crew: Crew
    task: Work
    keep: Callable[[int, bytes], None]
    join: Callable[[Sequence[bytes]], bytes]
    lost: Callable[[Item], bytes]
    asked: dict[Future[bytes], _Asked] = field(default_factory=dict)
    deaths: int = 0

    def ask(self, number: int, items: Chunk) -> None:
        """Have a chunk done, as soon as somebody has time for it. Raises `CrewLostError`, and what the work raises."""
        while len(self.asked) >= AHEAD * self.crew.size():
            self._settle()
        self._ask(_Asked(number, items))

    def finish(self) -> None:
        """Wait until all is done. Raises as `ask`."""
        while self.asked:
            self._settle()

    def _ask(self, asked: _Asked) -> None:
        self.asked[self._given(asked.items)] = asked

    def _given(self, items: Chunk) -> Future[bytes]:
        return self.crew.submit(self.task, wrapped(items))

    def _settle(self) -> None:
        """Wait for the next answer, keep it, or ask again."""
        for future in self._answered(self.asked):
            asked = self.asked.pop(future)
            try:
                self._done(asked.number, future.result())
            except WorkerDiedError:
                self._died()
                if asked.tries < TRIES:
                    self._ask(replace(asked, tries=asked.tries + 1))
                else:
                    self._done(asked.number, self.join([self._alone(item) for item in asked.items]))

    def _answered(self, futures: Iterable[Future[bytes]]) -> set[Future[bytes]]:
        """Those that are done, at least one. Raises `CrewLostError` where nobody is left who could do them."""
        while True:
            done, _ = wait(futures, timeout=LOOK_SECONDS, return_when=FIRST_COMPLETED)
            if done:
                return done
            self.crew.size()

    def _alone(self, item: Item) -> bytes:
        for _ in range(TRIES):
            try:
                (answer,) = self._answered([self._given((item,))])
                return answer.result()
            except WorkerDiedError:
                self._died()
        return self.lost(item)

    def _died(self) -> None:
        self.deaths += 1
        if self.deaths >= HOPELESS:
            raise CrewLostError(f"workers ended {self.deaths} times and nothing got done between: is there too little memory?")

    def _done(self, number: int, answer: bytes) -> None:
        self.deaths = 0
        self.keep(number, answer)


@dataclass(slots=True)
class _Run:
    """The parts of one run, kept in their folder."""

    folder: Folder
    strict: bool
    progress: Progress | None
    read: _Read
    replies: int = 0

    def through(self, pieces: Iterable[Chunk], crew: Crew, job: Job) -> int:
        """Have all chunks done that are not done yet; gives how many there are."""
        errands = Errands(crew, partial(work, job), self._keep, _joined, _lost)
        count = 0
        for number, items in enumerate(pieces):
            count = number + 1
            known = self.folder.done(number)
            if known is None:
                errands.ask(number, items)
            else:
                self._count(known)
        errands.finish()
        return count

    def _keep(self, number: int, part: bytes) -> None:
        summary = summary_of(part)
        if self.strict and summary.rejected:
            row = rows_of(part).rejects[0]
            raise StrictError(Reject(Place(row["file"], row["place"]), row["reason"]))
        self.folder.keep(number, part)
        self._count(summary)

    def _count(self, summary: Summary) -> None:
        self.replies += summary.replies
        if self.progress:
            self.progress(self.read.bytes, self.replies)


def _joined(parts: Sequence[bytes]) -> bytes:
    rows = Rows()
    for part in parts:
        rows.extend(rows_of(part))
    return packed(rows)


def _lost(item: Item) -> bytes:
    return packed(Rows(rejects=[reject_row(item.place, ENDED)]))


def _plan(request: Request, files: Sequence[Input], digests: Sequence[str], version: str, secret: str) -> dict[str, Any]:
    """All that the tables depend on, as JSON values."""
    options = {**asdict(request.options), "form": request.form, "full": request.engine.full, "text": request.text, "names": request.names}
    plan: dict[str, Any] = {
        "format": FORMAT,
        "version": version,
        **identity(request.engine),
        "secret": secret,
        "inputs": [{"file": file.name, "bytes": file.size, "sha256": digest} for file, digest in zip(files, digests, strict=True)],
        "options": options,
    }
    return cast("dict[str, Any]", json.loads(json.dumps(plan, sort_keys=True)))


def _digest(file: Input) -> str:
    try:
        with file.path.open("rb") as raw:
            return file_digest(raw, "sha256").hexdigest()
    except OSError as error:
        raise InputError(file.name, (error.strerror or str(error)).lower()) from None


def _stamps(files: Sequence[Input]) -> list[tuple[int, int]]:
    found = []
    for file in files:
        stat = file.path.stat()
        found.append((stat.st_size, stat.st_mtime_ns))
    return found


def _until(stamps: Sequence[tuple[int, int]]) -> datetime:
    """No true time of the input lies after this: a day after its files were written, or after now."""
    now = datetime.now(UTC)
    written = datetime.fromtimestamp(max(time for _, time in stamps) / 1e9, UTC)
    return min(written if written.year >= NO_TIME else now, now) + LEEWAY
