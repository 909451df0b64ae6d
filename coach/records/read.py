"""Finished conversations from files: a JSON object or a list of them, JSON Lines, or standard input as JSON Lines."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from coach.inputs import LOCAL, InputError, lines, read_text
from coach.protocol import ProtocolError, parse_as, to_turns
from coach.records.case import Conversation, Edits
from coach.records.messages import RecordRequest

_REQUEST = TypeAdapter(RecordRequest)


@dataclass(frozen=True, slots=True)
class Given:
    """A conversation, where it came from, and the edits that came with it."""

    where: str
    conversation: Conversation
    edits: Edits


def conversations(path: str, language: str | None = None) -> Iterator[Given | InputError]:
    """The conversations of a file (`-`: standard input); what cannot be used comes as an `InputError` among them.

    A conversation is a `RecordRequest`; `turns` may stand for `conversation`. One without an id is called by its file and place.
    """
    try:
        if path == "-" or Path(path).suffix.lower() == ".jsonl":
            for number, line in lines(path):
                yield _given(line, f"{path}:{number}", language)
            return
        data = json.loads(read_text(path))
    except InputError as error:
        yield error
        return
    except json.JSONDecodeError as error:
        yield InputError(f"{path}:{error.lineno}:{error.colno}", f"not JSON: {error.msg}")
        return
    except RecursionError:
        yield InputError(path, "not usable: nested too deep")
        return
    if isinstance(data, list) and not all(isinstance(item, dict) and "role" in item for item in data):
        for number, item in enumerate(data):
            yield _given(json.dumps(item), f"{path}[{number}]", language)
    else:
        yield _given(json.dumps({"conversation": data} if isinstance(data, list) else data), path, language)


def _given(data: str | bytes, where: str, language: str | None) -> Given | InputError:
    try:
        request = parse_as(_REQUEST, _named(data, where, language), LOCAL)
        return Given(where, request.talk(to_turns(request.conversation, LOCAL)), request.edits.edits())
    except ProtocolError as error:
        return InputError(where, error.message)


def _named(data: str | bytes, where: str, language: str | None) -> str | bytes:
    """The request with an id, its turns under `conversation`, and a language where it has none."""
    if len(data) > LOCAL.message_bytes:
        return data
    try:
        request: Any = json.loads(data)
    except (ValueError, RecursionError):
        return data
    if not isinstance(request, dict):
        return data
    if "conversation" not in request and "turns" in request:
        request["conversation"] = request.pop("turns")
    id = request.get("id")
    request["id"] = where if id is None else str(id) if isinstance(id, int) and not isinstance(id, bool) else id
    if language is not None:
        request.setdefault("language", language)
    return json.dumps(request)
