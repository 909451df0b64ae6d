"""What all importers share: the options, what an importer is, and the errors they raise."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal, Protocol

from coach.audit.conversation import Conversation, Reject
from coach.audit.importers.files import Input

Form = Literal[
    "auto",
    "jsonl",
    "csv",
    "parquet",
    "zendesk",
    "intercom",
    "freshdesk",
    "helpscout",
    "front",
    "chatwoot",
    "zammad",
    "rt",
    "django-helpdesk",
    "mbox",
]
"""What `--from` may say."""

Done = Callable[[int], None]
Item = Conversation | Reject


@dataclass(frozen=True, slots=True)
class Options:
    """What a team knows about its export.

    `language`: what holds where a record does not say (`auto`: told by the text). `columns`: column of a table by our name
    (`{"role": "sender_type"}`); `values`: for our roles the values that stand for them (`{"customer": ("end-user",)}`).
    `own`: addresses and domains of the team, for sources that do not say who is an agent. `keep_quotes`: do not
    leave out quoted history and signatures. `time_format`: how a table writes times, as of strptime (None: ISO 8601 or seconds).
    `zone`: the time zone of times without an offset, and the one that times in UTC are told in, so that "by 16:00" is local.
    """

    language: str = "auto"
    columns: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    own: tuple[str, ...] = ()
    keep_quotes: bool = False
    time_format: str | None = None
    zone: str = "UTC"


class StrictError(Exception):
    """The first record that could not be used, where none is allowed."""

    def __init__(self, reject: Reject) -> None:
        super().__init__(f"{reject.place.file}, {reject.place.where}: {reject.reason}")
        self.reject = reject


class Importer(Protocol):
    """Gives what stands in the files, each record as a conversation or a reject, always in the same order.

    `done` hears how many bytes of the files stand behind what was given so far.
    """

    def __call__(self, files: tuple[Input, ...], options: Options, done: Done) -> Iterator[Item]: ...
