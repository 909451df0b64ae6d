"""An audit from end to end: read, review, count, write."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Literal, cast

from coach.audit.read import Conversation, Reject, conversations
from coach.audit.replies import Reply, ending, replies
from coach.audit.report import FILES, Summary, Tables
from coach.inputs import InputError
from coach.protocol import Wire, to_wire
from coach.types import Draft, Language, Review

Progress = Callable[[int, int], None]


def audit(
    source: Path,
    folder: Path,
    review: Callable[[Draft], Review],
    *,
    language: str = "auto",
    with_text: bool = False,
    force: bool = False,
    progress: Progress | None = None,
) -> Summary:
    """Review every reply of `source`, write the tables into `folder`, and give the summary.

    `progress` hears the bytes read and the replies reviewed. Raises `InputError` if `source` cannot be read, or `folder` holds
    something and `force` is not given; `force` replaces the files of an earlier audit and touches nothing else.
    """
    _check_folder(folder, force)
    summary = Summary()
    read = 0

    def done(count: int) -> None:
        nonlocal read
        read = count

    with Tables(folder, with_text) as tables:
        for item in conversations(source, language, done):
            rejected = item if isinstance(item, Reject) else _conversation(item, review, tables, summary)
            if rejected:
                summary.rejected += 1
                tables.reject(rejected)
            if progress:
                progress(read, summary.replies)
    summary.write(folder)
    return summary


def _conversation(conversation: Conversation, review: Callable[[Draft], Review], tables: Tables, summary: Summary) -> Reject | None:
    """Review, count and write one conversation, or nothing of it when a review fails."""
    chosen = cast("Language | Literal['auto']", conversation.language)
    items = list(replies(conversation, chosen))
    try:
        reviewed = [(item, review(item.draft)) for item in items if isinstance(item, Reply)]
        left = review(ending(conversation, chosen))
    except Exception as error:
        return Reject(conversation.line, f"the review failed: {type(error).__name__}")
    summary.conversations += 1
    summary.turns += len(conversation.turns)
    summary.skipped.update(item for item in items if not isinstance(item, Reply))
    summary.ending(left)
    for item, answer in reviewed:
        summary.reply(answer)
        for row in rows(conversation.id, item, answer):
            tables.finding(row)
    return None


def rows(conversation: str, reply: Reply, review: Review) -> list[Wire]:
    """The findings of one reply as rows; `start` and `end` in UTF-16 code units of the reply, null where something is missing."""
    wire = to_wire(review, reply.draft)
    made = []
    for finding, sent in zip(review.findings, wire["findings"], strict=True):
        span = sent["span"] or {"start": None, "end": None}
        text = reply.draft.text[finding.span.start : finding.span.end] if finding.span else None
        made.append({**sent, **span, "conversation": conversation, "turn": reply.turn, "language": review.language, "text": text})
    return made


def _check_folder(folder: Path, force: bool) -> None:
    if folder.exists() and not folder.is_dir():
        raise InputError(str(folder), "is not a directory")
    if folder.is_dir() and any(folder.iterdir()) and not force:
        raise InputError(str(folder), f"is not empty; --force replaces {', '.join(FILES)} in it")
