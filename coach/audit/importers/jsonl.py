"""JSON Lines, one conversation a line: the plain format that any export can be brought into."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any

from coach.audit.conversation import Conversation, Place, Reject
from coach.audit.importers.fields import UNSAID, BadRecord, storable, word, words
from coach.audit.importers.files import BREAKS, Input, break_reason
from coach.audit.importers.seen import Seen
from coach.audit.importers.source import Done, Item, Options
from coach.inputs import LOCAL, stream_lines
from coach.protocol import ProtocolError, parse_lint, to_draft
from coach.types import LANGUAGES, Turn


def read(files: tuple[Input, ...], options: Options, done: Done) -> Iterator[Item]:
    """One conversation a line: `id`, `turns` and what else is known."""
    with Seen() as seen:
        for file in files:
            number = 0
            with file.opened(done) as lines:
                try:
                    for number, line in stream_lines(lines):
                        yield seen.only(_conversation(line, Place(file.name, f"line {number}"), options))
                except BREAKS as error:
                    yield Reject(Place(file.name, f"after line {number}"), break_reason(error))


def parse(line: bytes) -> dict[str, Any]:
    """A line as a JSON object. Raises `ValueError` that says what is wrong without quoting it."""
    if len(line) > LOCAL.message_bytes:
        raise BadRecord(f"longer than {LOCAL.message_bytes} bytes")
    try:
        data = json.loads(line)
    except UnicodeDecodeError as error:
        raise BadRecord(f"not UTF-8 text (byte {error.start})") from None
    except json.JSONDecodeError as error:
        raise BadRecord(f"not JSON: {error.msg} (column {error.colno})") from None
    except RecursionError:
        raise BadRecord("nested too deep") from None
    except ValueError:
        raise BadRecord("not JSON: a number is too long") from None
    if not isinstance(data, dict):
        raise BadRecord("not a JSON object")
    return data


def _conversation(line: bytes, place: Place, options: Options) -> Item:
    try:
        return _made(parse(line), place, options.language)
    except ValueError as error:
        return Reject(place, str(error))


def _made(data: dict[str, Any], place: Place, language: str) -> Conversation:
    key, turns = data.get("id"), data.get("turns")
    if not isinstance(key, str | int) or isinstance(key, bool) or key == "":
        raise BadRecord("id: a string or a number is needed")
    if isinstance(key, str) and not storable(key):
        raise BadRecord("id: has characters that are no text")
    if not isinstance(turns, list) or not turns:
        raise BadRecord("turns: a list of at least one turn is needed")
    spoken = _language(data, language)
    if spoken not in (*LANGUAGES, "auto"):
        raise BadRecord(f"language: not one of {', '.join(LANGUAGES)}, auto")
    request = {"draft": "", "language": spoken, "conversation": [_turn(turn) for turn in turns]}
    try:
        draft = to_draft(parse_lint(json.dumps(request), LOCAL), LOCAL)
    except ProtocolError as error:
        raise BadRecord(error.message.replace("conversation.", "turns.", 1)) from None
    said = [_said(turn, made) for turn, made in zip(turns, draft.conversation, strict=True)]
    return Conversation(
        str(key),
        tuple(said),
        draft.language,
        place,
        channel=word(data, "channel"),
        tags=words(data, "tags"),
        authors=tuple(word(turn, "author") for turn in turns),
        customer=word(data, "customer"),
        release=word(data, "release"),
        rating=word(data, "rating"),
    )


def _language(data: dict[str, Any], language: str) -> Any:
    given = data.get("language") or data.get("lang") or language
    return given.lower().partition("-")[0].partition("_")[0] if isinstance(given, str) else given


def _said(given: dict[str, Any], turn: Turn) -> Turn:
    """The turn, its time marked where it was told without an offset."""
    told = given.get("at", given.get("ts"))
    if turn.at is None or not isinstance(told, str):
        return turn
    try:
        bare = datetime.fromisoformat(told).tzinfo is None
    except ValueError:
        return turn
    return replace(turn, at=turn.at.replace(tzinfo=UNSAID)) if bare else turn


def _turn(turn: Any) -> Any:
    if not isinstance(turn, dict):
        return turn
    known = {name: turn[name] for name in ("role", "text", "automatic", "internal") if turn.get(name) is not None}
    return {**known, "at": turn.get("at", turn.get("ts"))}
