"""What a worker does with a chunk: review its conversations, give the rows as bytes. The same function here, in a pool, on a cluster."""

from __future__ import annotations

import pickle
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from coach.audit.conversation import Conversation, Place, Reject
from coach.audit.engine import Engine, identity, opened
from coach.audit.part import packed
from coach.audit.replies import Reply, replies
from coach.audit.reviewed import Kept, Reviewer, Rows, reviewed

Item = Conversation | Reject


class OtherEngineError(RuntimeError):
    """A worker has other rules, or another classifier, than the process that asks it."""


@dataclass(frozen=True, slots=True)
class Job:
    """What holds for all chunks of an audit; `expected` is the `identity` of the engine where the audit was started."""

    engine: Engine = field(default_factory=Engine)
    kept: Kept = field(default_factory=Kept)
    expected: dict[str, str | None] = field(default_factory=dict)


def wrapped(items: Sequence[Item]) -> bytes:
    """Conversations and rejects as a worker takes them."""
    return pickle.dumps(tuple(items), protocol=pickle.HIGHEST_PROTOCOL)


def work(job: Job, chunk: bytes) -> bytes:
    """The part of a chunk made by `wrapped`. Raises `OtherEngineError`, `RuleError`, `ClassifierError`."""
    found = identity(job.engine)
    if job.expected and found != job.expected:
        other = " and ".join(name for name in found if found[name] != job.expected.get(name))
        raise OtherEngineError(f"a worker has other {other} than this machine: install the same version there")
    return part(pickle.loads(chunk), opened(job.engine), job.kept)


def part(items: Sequence[Item], coach: Reviewer, kept: Kept) -> bytes:
    """The part of some items: as `rows`, and a conversation that no table can hold is rejected as well."""
    made = rows(items, coach, kept)
    try:
        return packed(made)
    except Exception:
        made = Rows()
        for item in items:
            alone = rows((item,), coach, kept)
            try:
                packed(alone)
            except Exception as error:
                alone = Rows(rejects=[reject_row(item.place, f"no table can hold it: {type(error).__name__}")])
            made.extend(alone)
        return packed(made)


def rows(items: Sequence[Item], coach: Reviewer, kept: Kept) -> Rows:
    """The rows of some items; a conversation whose review fails is rejected, nothing of it is kept."""
    announce(items, coach)
    made = Rows()
    for item in items:
        if isinstance(item, Conversation):
            try:
                made.extend(reviewed(item, coach, kept))
            except Exception as error:
                item = Reject(item.place, f"the review failed: {type(error).__name__}")
        if isinstance(item, Reject):
            made.rejects.append(reject_row(item.place, item.reason))
    return made


def announce(items: Sequence[Item], coach: Reviewer) -> None:
    """Tell the coach of all replies that it will be asked to review; what fails here fails again, and is told, in its own review."""
    with suppress(Exception):
        said = (reply for item in items if isinstance(item, Conversation) for reply in replies(item))
        coach.prepare(reply.draft for reply in said if isinstance(reply, Reply))


def reject_row(place: Place, reason: str) -> dict[str, str]:
    """A row of `rejects`, which every table can hold."""
    values = {"file": place.file, "place": place.where, "reason": reason}
    return {name: value.encode("utf-8", "backslashreplace").decode() for name, value in values.items()}
