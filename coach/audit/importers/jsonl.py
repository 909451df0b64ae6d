"""JSON Lines, one conversation a line: the plain format that any export can be brought into."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from coach.audit.conversation import Conversation, Place, Reject
from coach.audit.importers.files import BREAKS, Input, break_reason
from coach.audit.importers.seen import Seen
from coach.audit.importers.source import Done, Item, Options
from coach.inputs import LOCAL, stream_lines
from coach.protocol import ProtocolError, parse_lint, to_draft
from coach.types import LANGUAGES


class _Bad(ValueError):
    """A line that cannot be used, and why."""


def read(files: tuple[Input, ...], options: Options, done: Done) -> Iterator[Item]:
    """One conversation a line: `id`, `turns` and what else is known."""
    with Seen(options.scratch) as seen:
        for file in files:
            number = 0
            with file.opened(done) as lines:
                try:
                    for number, line in stream_lines(lines):
                        yield _conversation(line, Place(file.name, f"line {number}"), options, seen)
                except BREAKS as error:
                    yield Reject(Place(file.name, f"after line {number}"), break_reason(error))


def parse(line: bytes) -> dict[str, Any]:
    """A line as a JSON object. Raises `ValueError` that says what is wrong without quoting it."""
    if len(line) > LOCAL.message_bytes:
        raise _Bad(f"longer than {LOCAL.message_bytes} bytes")
    try:
        data = json.loads(line)
    except UnicodeDecodeError as error:
        raise _Bad(f"not UTF-8 text (byte {error.start})") from None
    except json.JSONDecodeError as error:
        raise _Bad(f"not JSON: {error.msg} (column {error.colno})") from None
    except RecursionError:
        raise _Bad("nested too deep") from None
    except ValueError:
        raise _Bad("not JSON: a number is too long") from None
    if not isinstance(data, dict):
        raise _Bad("not a JSON object")
    return data


def _conversation(line: bytes, place: Place, options: Options, seen: Seen) -> Item:
    try:
        data = parse(line)
        made = _made(data, place, options.language)
    except ValueError as error:
        return Reject(place, str(error))
    first = seen.first(made.id, place)
    return made if first is None else Reject(place, f"id: the same as on {first.where}" + (f" of {first.file}" if first.file != place.file else ""))


def _made(data: dict[str, Any], place: Place, language: str) -> Conversation:
    key, turns = data.get("id"), data.get("turns")
    if not isinstance(key, str | int) or isinstance(key, bool) or key == "":
        raise _Bad("id: a string or a number is needed")
    if not isinstance(turns, list) or not turns:
        raise _Bad("turns: a list of at least one turn is needed")
    spoken = _language(data, language)
    if spoken not in (*LANGUAGES, "auto"):
        raise _Bad(f"language: not one of {', '.join(LANGUAGES)}, auto")
    request = {"draft": "", "language": spoken, "conversation": [_turn(turn) for turn in turns]}
    try:
        draft = to_draft(parse_lint(json.dumps(request), LOCAL), LOCAL)
    except ProtocolError as error:
        raise _Bad(error.message.replace("conversation.", "turns.", 1)) from None
    return Conversation(
        str(key),
        draft.conversation,
        draft.language,
        place,
        channel=_word(data, "channel"),
        tags=_tags(data),
        authors=tuple(_word(turn, "author", f"turns.{index}.") for index, turn in enumerate(turns)),
        customer=_word(data, "customer"),
        release=_word(data, "release"),
        rating=_word(data, "rating"),
    )


def _language(data: dict[str, Any], language: str) -> Any:
    given = data.get("language") or data.get("lang") or language
    return given.lower().partition("-")[0].partition("_")[0] if isinstance(given, str) else given


def _turn(turn: Any) -> Any:
    if not isinstance(turn, dict):
        return turn
    known = {name: turn[name] for name in ("role", "text", "automatic", "internal") if turn.get(name) is not None}
    return {**known, "at": turn.get("at", turn.get("ts"))}


def _word(data: dict[str, Any], name: str, within: str = "") -> str | None:
    """A short value as text. Raises `ValueError` for anything else."""
    value = data.get(name)
    if value is None or value == "":
        return None
    if isinstance(value, bool) or not isinstance(value, str | int | float) or not _printable(str(value)):
        raise _Bad(f"{within}{name}: a string or a number is needed")
    return str(value)


def _tags(data: dict[str, Any]) -> tuple[str, ...]:
    tags = data.get("tags") or []
    if not isinstance(tags, list) or not all(isinstance(tag, str) and _printable(tag) for tag in tags):
        raise _Bad("tags: a list of strings is needed")
    return tuple(tags)


def _printable(text: str) -> bool:
    """Whether every table can hold it."""
    return "\x00" not in text and not any("\ud800" <= letter <= "\udfff" for letter in text)
