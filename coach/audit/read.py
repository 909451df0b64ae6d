"""Conversations from JSON Lines, plain or gzipped; a bad line is told, never fatal."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from coach.inputs import LOCAL, InputError, stream_lines
from coach.protocol import ProtocolError, parse_lint, to_draft
from coach.types import LANGUAGES, Turn


@dataclass(frozen=True, slots=True)
class Conversation:
    """A conversation as it was held, oldest turn first, and the line it stood on. `language` may be `auto`."""

    line: int
    id: str
    turns: tuple[Turn, ...]
    language: str


@dataclass(frozen=True, slots=True)
class Reject:
    """A line that could not be used, and why; never with its text."""

    line: int
    reason: str


def conversations(path: Path, language: str = "auto", done: Callable[[int], None] | None = None) -> Iterator[Conversation | Reject]:
    """The conversations of a file; `language` holds where a line does not say. `done` hears how many bytes of the file are read.

    Raises `InputError` where the file cannot be read.
    """
    seen: dict[str, int] = {}
    try:
        with path.open("rb") as raw:
            packed = path.suffix.lower() == ".gz"
            file = gzip.GzipFile(fileobj=raw) if packed else raw
            for number, line in stream_lines(file):  # type: ignore[arg-type]
                if done:
                    done(raw.tell())
                yield _conversation(line, number, language, seen)
    except (OSError, EOFError) as error:
        raise InputError(str(path), getattr(error, "strerror", None) or str(error)) from None


def size(path: Path) -> int:
    """The bytes of a file. Raises `InputError` if there is none to read."""
    if path.is_dir():
        raise InputError(str(path), "is a directory; name a JSON Lines file")
    try:
        return path.stat().st_size
    except OSError as error:
        raise InputError(str(path), "no such file" if isinstance(error, FileNotFoundError) else str(error.strerror)) from None


def _conversation(line: bytes, number: int, language: str, seen: dict[str, int]) -> Conversation | Reject:
    if len(line) > LOCAL.message_bytes:
        return Reject(number, f"longer than {LOCAL.message_bytes} bytes")
    try:
        data = json.loads(line)
    except UnicodeDecodeError as error:
        return Reject(number, f"not UTF-8 text (byte {error.start})")
    except json.JSONDecodeError as error:
        return Reject(number, f"not JSON: {error.msg} (column {error.colno})")
    except RecursionError:
        return Reject(number, "nested too deep")
    if not isinstance(data, dict):
        return Reject(number, "not a JSON object")
    key, turns = data.get("id"), data.get("turns")
    if not isinstance(key, str | int) or isinstance(key, bool) or key == "":
        return Reject(number, "id: a string or a number is needed")
    if not isinstance(turns, list) or not turns:
        return Reject(number, "turns: a list of at least one turn is needed")
    if str(key) in seen:
        return Reject(number, f"id: the same as on line {seen[str(key)]}")
    spoken = _language(data, language)
    if spoken not in (*LANGUAGES, "auto"):
        return Reject(number, f"language: not one of {', '.join(LANGUAGES)}, auto")
    request = {"draft": "", "language": spoken, "conversation": [_turn(turn) for turn in turns]}
    try:
        draft = to_draft(parse_lint(json.dumps(request), LOCAL), LOCAL)
    except ProtocolError as error:
        return Reject(number, error.message.replace("conversation.", "turns.", 1))
    seen[str(key)] = number
    return Conversation(number, str(key), draft.conversation, draft.language)


def _language(data: dict[str, Any], language: str) -> Any:
    given = data.get("language") or data.get("lang") or language
    return given.lower().partition("-")[0].partition("_")[0] if isinstance(given, str) else given


def _turn(turn: Any) -> Any:
    if not isinstance(turn, dict):
        return turn
    known = {name: turn[name] for name in ("role", "text", "automatic", "internal") if turn.get(name) is not None}
    return {**known, "at": turn.get("at", turn.get("ts"))}
