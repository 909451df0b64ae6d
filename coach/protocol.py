"""The wire: messages in, reviews out. The only module that knows JSON and UTF-16 offsets.

`python -m coach.protocol [FILE]` writes the JSON Schema of all messages.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

import orjson
from pydantic import TypeAdapter, ValidationError

from coach.answers import ReviewModel, ServerMessage
from coach.messages import ClientMessage, DismissalModel, LintRequest, TurnModel
from coach.text import Utf16
from coach.types import Dismissal, Draft, Fact, Finding, Review, RuleInfo, Sequence, Turn

PROTOCOL = 1
SCHEMA_FILE = Path(__file__).resolve().parent.parent / "docs" / "protocol.schema.json"

_CLIENT: TypeAdapter[ClientMessage] = TypeAdapter(ClientMessage)
_LINT = TypeAdapter(LintRequest)
Wire = dict[str, Any]
Model = TypeVar("Model")


class ProtocolError(ValueError):
    """A message that cannot be taken. `code` is for programs, the text for people; neither quotes the message."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code, self.message = code, message


@dataclass(frozen=True, slots=True)
class Limits:
    """What one client may send. `chars` are code points; `rate` is messages per second, after `burst` at once."""

    message_bytes: int = 256 * 1024
    draft_chars: int = 20_000
    turn_chars: int = 20_000
    turns: int = 200
    conversation_chars: int = 200_000
    dismissals: int = 500
    rate: float = 40.0
    burst: int = 120
    idle_seconds: float = 1800.0
    hello_seconds: float = 10.0
    pause_seconds: float = 0.5


def parse_client(data: str | bytes, limits: Limits) -> ClientMessage:
    """One message of a client. Raises `ProtocolError`."""
    return _parse(_CLIENT, data, limits, tagged=True)


def parse_lint(data: str | bytes, limits: Limits = Limits()) -> LintRequest:
    """A lint request: the body of `POST /v1/lint` or one line of JSONL. Raises `ProtocolError`."""
    return _parse(_LINT, data, limits)


def parse_as(adapter: TypeAdapter[Model], data: str | bytes, limits: Limits = Limits()) -> Model:
    """Any other body of REST. Raises `ProtocolError`."""
    return _parse(adapter, data, limits)


def to_draft(request: LintRequest, limits: Limits = Limits()) -> Draft:
    """The draft to review in full. Raises `ProtocolError` where it is longer than `limits` allow."""
    check_draft(request.draft, limits)
    return Draft(
        text=request.draft,
        language=request.language,
        conversation=to_turns(request.conversation, limits, zone=request.zone),
        closing=request.closing,
        at=request.at,
        dismissed=to_dismissals(request.dismissed, limits),
        interface=request.interface,
        zone=request.zone,
    )


def to_turns(models: Iterable[TurnModel], limits: Limits, before: tuple[Turn, ...] = (), zone: str | None = None) -> tuple[Turn, ...]:
    """The conversation `before` with more turns, their times in UTC put into `zone`. Raises `ProtocolError` where it gets longer than
    `limits` allow."""
    turns = (*before, *(Turn(model.role, model.text, _local(model.at, zone), model.automatic, model.internal) for model in models))
    if len(turns) > limits.turns:
        raise ProtocolError("too_long", f"a conversation has at most {limits.turns} turns; leave out the oldest")
    if any(len(turn.text) > limits.turn_chars for turn in turns):
        raise ProtocolError("too_long", f"a turn has at most {limits.turn_chars} characters")
    if sum(len(turn.text) for turn in turns) > limits.conversation_chars:
        raise ProtocolError("too_long", f"a conversation has at most {limits.conversation_chars} characters; leave out the oldest turns")
    return turns


def _local(at: datetime | None, zone: str | None) -> datetime | None:
    return at.astimezone(ZoneInfo(zone)) if at and zone and at.utcoffset() == timedelta(0) else at


def to_dismissals(models: Iterable[DismissalModel], limits: Limits) -> tuple[Dismissal, ...]:
    """The dismissals, each once. Raises `ProtocolError` where there are more than `limits` allow."""
    dismissals = tuple(dict.fromkeys(Dismissal(model.rule, model.scope, model.text) for model in models))
    if len(dismissals) > limits.dismissals:
        raise ProtocolError("too_long", f"there are at most {limits.dismissals} dismissals")
    return dismissals


def check_draft(text: str, limits: Limits) -> None:
    """Raise `ProtocolError` where a draft is longer than `limits` allow."""
    if len(text) > limits.draft_chars:
        raise ProtocolError("too_long", f"a draft has at most {limits.draft_chars} characters")


def to_caret(text: str, unit: int | None) -> int | None:
    """The code-point offset of a caret given in code units; beyond the end counts as the end."""
    return None if unit is None else min(unit if text.isascii() else Utf16(text).point(unit), len(text))


def to_wire(review: Review, draft: Draft) -> Wire:
    """A review as JSON values, offsets in UTF-16 code units: of the draft's text, in facts of the turn's."""
    units = _units(draft.text)
    return {
        "language": review.language,
        "full": review.full,
        "findings": [_finding(finding, units) for finding in review.findings],
        "moves": [{"move": move.move, "start": units(move.span.start), "end": units(move.span.end)} for move in review.moves],
        "sequence": _sequence(review.sequence, draft.conversation),
    }


def review_message(rev: int, review: Review, draft: Draft) -> Wire:
    """The message that answers draft `rev`."""
    return {"type": "review", "rev": rev, **to_wire(review, draft)}


def error_message(error: ProtocolError, rev: int | None = None) -> Wire:
    """The message that says what was wrong."""
    message: Wire = {"type": "error", "code": error.code, "message": error.message}
    return message if rev is None else {**message, "rev": rev}


def rule_to_wire(rule: RuleInfo) -> Wire:
    """What a rule tells about itself."""
    return {
        "id": rule.id,
        "family": rule.family,
        "step": rule.step,
        "severity": rule.severity,
        "language": rule.language,
        "summary": rule.summary,
        "why": rule.why,
        "source": rule.source,
        "examples": [dict(example) for example in rule.examples],
    }


def encode(message: Wire) -> bytes:
    """`message` as JSON in UTF-8."""
    return orjson.dumps(message)


def schema() -> Wire:
    """JSON Schema of all messages: what clients send (`ClientMessage`, `LintRequest`), what they get (`ServerMessage`, `Review`)."""
    named, rest = TypeAdapter.json_schemas(
        [
            ("ClientMessage", "validation", _CLIENT),
            ("LintRequest", "validation", _LINT),
            ("ServerMessage", "serialization", TypeAdapter(ServerMessage)),
            ("Review", "serialization", TypeAdapter(ReviewModel)),
        ]
    )
    definitions = dict(rest["$defs"])
    definitions |= {name: named[name, mode] for name, mode in named if named[name, mode].get("$ref") != f"#/$defs/{name}"}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"Reply Coach protocol {PROTOCOL}",
        "anyOf": [{"$ref": "#/$defs/ClientMessage"}, {"$ref": "#/$defs/ServerMessage"}],
        "$defs": dict(sorted(definitions.items())),
    }


def schema_text() -> str:
    """`schema()` as it stands in the docs."""
    return json.dumps(schema(), indent=2, ensure_ascii=False) + "\n"


def main(arguments: list[str]) -> None:
    """Write the JSON Schema to the file named, by default the one in the docs."""
    path = Path(arguments[0]) if arguments else SCHEMA_FILE
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(schema_text(), "utf-8")


def _parse(adapter: TypeAdapter[Model], data: str | bytes, limits: Limits, tagged: bool = False) -> Model:
    try:
        raw = data.encode() if isinstance(data, str) else data
    except UnicodeEncodeError:
        raise ProtocolError("bad_text", "the message holds a lone surrogate") from None
    if len(raw) > limits.message_bytes:
        raise ProtocolError("too_long", f"a message has at most {limits.message_bytes} bytes")
    try:
        return adapter.validate_json(raw)
    except ValidationError as error:
        raise _problem(error, tagged) from None


def _problem(error: ValidationError, tagged: bool) -> ProtocolError:
    first = error.errors(include_url=False, include_input=False, include_context=False)[0]
    kind, text = first["type"], first["msg"]
    place = ".".join(str(part) for part in first["loc"][tagged:])
    if kind == "json_invalid":
        text = text.removeprefix("Invalid JSON: ")
        if "hex escape" in text or "unicode" in text:
            return ProtocolError("bad_text", f"text must be Unicode without lone surrogates: {text}")
        return ProtocolError("bad_json", f"not JSON: {text}")
    if kind == "string_pattern_mismatch":
        return ProtocolError("bad_text", f"{place}: text must not hold NUL")
    if kind.startswith("union_tag"):
        return ProtocolError("bad_message", "`type` must be hello, turn, draft or feedback")
    if not place:
        return ProtocolError("bad_message", "a message is a JSON object")
    return ProtocolError("bad_message", f"{place}: {text[:1].lower()}{text[1:]}")


def _units(text: str) -> Callable[[int], int]:
    if text.isascii() or len(text.encode("utf-16-le", "surrogatepass")) == 2 * len(text):
        return int
    return Utf16(text).units


_turn_units = lru_cache(maxsize=256)(_units)


def _finding(finding: Finding, units: Callable[[int], int]) -> Wire:
    span = finding.span
    return {
        "rule": finding.rule,
        "family": finding.family,
        "step": finding.step,
        "severity": finding.severity,
        "span": {"start": units(span.start), "end": units(span.end)} if span else None,
        "message": finding.message,
        "why": finding.why,
        "suggestions": [
            {
                "label": suggestion.label,
                "edits": [{"start": units(edit.start), "end": units(edit.end), "text": edit.text} for edit in suggestion.edits],
            }
            for suggestion in finding.suggestions
        ],
        "confidence": finding.confidence,
        "visible": finding.visible,
    }


def _sequence(sequence: Sequence, conversation: tuple[Turn, ...]) -> Wire:
    return {
        "failure": sequence.failure,
        "heat": sequence.heat,
        "severity": sequence.severity,
        "repeat": sequence.repeat,
        "wish": sequence.wish,
        "steps": dict(sequence.steps),
        "gates": {name: {"state": gate.state, "missing": list(gate.missing)} for name, gate in sequence.gates.items()},
        "facts": [_fact(fact, conversation) for fact in sequence.facts],
        "promises": [
            {"what": promise.what, "turn": promise.turn, "due": _time(promise.due), "kept": promise.kept, "overdue": promise.overdue}
            for promise in sequence.promises
        ],
        "next": {"step": sequence.next.step, "advice": sequence.next.advice} if sequence.next else None,
    }


def _fact(fact: Fact, conversation: tuple[Turn, ...]) -> Wire:
    units = _turn_units(conversation[fact.turn].text)
    return {"slot": fact.slot, "value": fact.value, "turn": fact.turn, "start": units(fact.span.start), "end": units(fact.span.end)}


def _time(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat()


if __name__ == "__main__":
    main(sys.argv[1:])
