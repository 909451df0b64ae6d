"""What importers give: conversations as they were held, and records that could not be used."""

from __future__ import annotations

from dataclasses import dataclass

from coach.types import Turn


@dataclass(frozen=True, slots=True)
class Place:
    """Where something stood: the file as it was named, and the place in it for people (`line 3`, `ticket 48`, `message <id@host>`)."""

    file: str
    where: str


@dataclass(frozen=True, slots=True)
class Conversation:
    """A conversation, oldest turn first. `language` is one of `LANGUAGES` or `auto`.

    `authors` has one entry a turn: who wrote it, as the source names them (None: unknown). `customer` is whose case it is, `release`
    the version of what was sold, `rating` the customer's own (`good`, `bad`, a number, ...), all as the source says.
    """

    id: str
    turns: tuple[Turn, ...]
    language: str
    place: Place
    channel: str | None = None
    tags: tuple[str, ...] = ()
    authors: tuple[str | None, ...] = ()
    customer: str | None = None
    release: str | None = None
    rating: str | None = None

    def __post_init__(self) -> None:
        """Without authors every turn's is unknown."""
        if not self.authors:
            object.__setattr__(self, "authors", (None,) * len(self.turns))
        elif len(self.authors) != len(self.turns):
            raise ValueError(f"{len(self.authors)} authors for {len(self.turns)} turns")


@dataclass(frozen=True, slots=True)
class Reject:
    """A record that could not be used, and why; never with its text."""

    place: Place
    reason: str
