"""The wire: golden messages, offsets, conversions, the schema."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from coach import protocol
from coach.answers import ReviewMessage, ReviewModel, RuleModel, ServerMessage
from coach.messages import DraftMessage, HelloMessage, TurnMessage, TurnModel
from coach.pipeline import default_coach
from coach.protocol import Limits, ProtocolError
from coach.text import Utf16
from coach.types import (
    LANGUAGES,
    STEPS,
    Dismissal,
    Draft,
    Edit,
    Fact,
    Finding,
    Gate,
    Move,
    Next,
    Promise,
    Review,
    RuleInfo,
    Sequence,
    Span,
    Suggestion,
    Turn,
)

GOLDEN = Path(__file__).parent / "protocol"
SERVER: TypeAdapter[ServerMessage] = TypeAdapter(ServerMessage)
LIMITS = Limits()


def golden(name: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = json.loads((GOLDEN / f"{name}.json").read_text("utf-8"))
    return rows


def rows(name: str) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("row", [pytest.param(row, id=row["name"]) for row in golden(name)])


def code_points(text: str, unit: int) -> int:
    return len(text.encode("utf-16-le")[: 2 * unit].decode("utf-16-le"))


@rows("client_valid")
def test_golden_client_messages_are_taken(row: dict[str, Any]) -> None:
    message = protocol.parse_client(json.dumps(row["message"]), LIMITS)
    assert message.type == row["message"]["type"]
    assert protocol.parse_client(json.dumps(row["message"], ensure_ascii=False).encode(), LIMITS) == message


@rows("client_invalid")
def test_golden_invalid_client_messages_get_a_clear_error(row: dict[str, Any]) -> None:
    raw = row["raw"] if "raw" in row else json.dumps(row["message"])
    with pytest.raises(ProtocolError) as caught:
        protocol.parse_client(raw, LIMITS)
    assert caught.value.code == row["code"]
    assert 10 < len(caught.value.message) < 200


@rows("server_valid")
def test_golden_server_messages_are_exactly_what_the_models_say(row: dict[str, Any]) -> None:
    message = SERVER.validate_json(json.dumps(row["message"]), strict=True)
    assert message.model_dump(mode="json", exclude_unset=True) == row["message"]


@rows("server_invalid")
def test_golden_invalid_server_messages_are_refused(row: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        SERVER.validate_json(json.dumps(row["message"]))


@rows("offsets")
def test_golden_offsets_are_utf16(row: dict[str, Any]) -> None:
    text, units = row["text"], Utf16(row["text"])
    moves = tuple(Move("x", Span(code_points(text, span["start"]), code_points(text, span["end"]))) for span in row["spans"])
    assert [text[move.span.start : move.span.end] for move in moves] == [span["text"] for span in row["spans"]]
    wire = protocol.to_wire(a_review(moves=moves), Draft(text))
    assert [(move["start"], move["end"]) for move in wire["moves"]] == [(span["start"], span["end"]) for span in row["spans"]]
    assert [(units.units(move.span.start), units.units(move.span.end)) for move in moves] == [
        (span["start"], span["end"]) for span in row["spans"]
    ]


def a_review(moves: tuple[Move, ...] = ()) -> Review:
    sequence = Sequence(False, 0, "trivial", False, None, dict.fromkeys(STEPS, "open"), {}, (), (), None)
    return Review("en", True, (), moves, sequence)


def golden_review() -> tuple[Review, Draft, dict[str, Any]]:
    row = next(row for row in golden("server_valid") if "İ" in row["name"])
    text, message = row["draft"], row["message"]
    turns = tuple(Turn(turn["role"], turn["text"]) for turn in row["conversation"])

    def span(of: str, found: dict[str, Any]) -> Span:
        return Span(code_points(of, found["start"]), code_points(of, found["end"]))

    def edits(suggestion: dict[str, Any]) -> tuple[Edit, ...]:
        return tuple(Edit(span(text, edit).start, span(text, edit).end, edit["text"]) for edit in suggestion["edits"])

    findings = tuple(
        Finding(
            **{
                **found,
                "span": found["span"] and span(text, found["span"]),
                "suggestions": tuple(Suggestion(suggestion["label"], edits(suggestion)) for suggestion in found["suggestions"]),
            }
        )
        for found in message["findings"]
    )
    said = message["sequence"]
    sequence = Sequence(
        **{
            **said,
            "gates": {name: Gate(gate["state"], tuple(gate["missing"])) for name, gate in said["gates"].items()},
            "facts": tuple(Fact(fact["slot"], fact["value"], fact["turn"], span(turns[fact["turn"]].text, fact)) for fact in said["facts"]),
            "promises": tuple(
                Promise(**{**promise, "due": promise["due"] and datetime.fromisoformat(promise["due"])}) for promise in said["promises"]
            ),
            "next": Next(**said["next"]),
        }
    )
    moves = tuple(Move(move["move"], span(text, move)) for move in message["moves"])
    return Review(message["language"], message["full"], findings, moves, sequence), Draft(text, conversation=turns), message


def test_a_review_becomes_the_golden_message() -> None:
    review, draft, message = golden_review()
    assert draft.text[review.findings[0].span.start : review.findings[0].span.end] == "sakin olun"  # type: ignore[union-attr]
    assert protocol.review_message(7, review, draft) == message
    assert orjson.loads(protocol.encode(protocol.review_message(7, review, draft))) == message


CONVERSATION = (
    Turn(
        "customer",
        "😡😡 My order 48213 came with a cracked lid, I want a refund to ann@example.com by 3 May!",
        datetime(2026, 3, 2, tzinfo=UTC),
    ),
    Turn("agent", "We will call you back tomorrow 🙏.", datetime(2026, 3, 3, tzinfo=UTC)),
    Turn("customer", "Nobody called. Mein Gott, İnanılmaz!!", datetime(2026, 3, 9, tzinfo=UTC)),
)


@pytest.mark.parametrize("typing", [False, True])
@pytest.mark.parametrize(
    "text", ["", "Calm down 😀. You should have checked the address. What is your order number?", "Sakin olun İade 😀 yok."]
)
@pytest.mark.parametrize("language", [*LANGUAGES, "auto"])
def test_reviews_of_the_engine_validate_and_lose_nothing(text: str, language: Any, typing: bool) -> None:
    draft = Draft(text, language, CONVERSATION, closing=True, typing=typing, at=datetime(2026, 3, 10, tzinfo=UTC))
    review = default_coach().review(draft)
    wire = protocol.review_message(1, review, draft)
    model = ReviewMessage.model_validate_json(orjson.dumps(wire), strict=True)
    dumped = model.model_dump(mode="json")
    for promise, sent in zip(dumped["sequence"]["promises"], wire["sequence"]["promises"], strict=True):
        assert (promise.pop("due") is None) == (sent.pop("due") is None)
    assert dumped == wire
    for fact in wire["sequence"]["facts"]:
        turn = CONVERSATION[fact["turn"]].text.encode("utf-16-le")
        assert turn[2 * fact["start"] : 2 * fact["end"]].decode("utf-16-le") == fact["value"]


def test_rules_on_the_wire_validate() -> None:
    for language in LANGUAGES:
        for rule in default_coach().rules(language):
            wire = protocol.rule_to_wire(rule)
            assert RuleModel.model_validate(orjson.loads(protocol.encode(wire))).id == rule.id
    assert set(RuleModel.model_fields) == set(RuleInfo.__slots__)


def test_times_without_offset_are_utc_and_absurd_ones_unknown() -> None:
    def at(text: str) -> datetime | None:
        return TurnModel.model_validate_json(json.dumps({"role": "agent", "text": "", "at": text})).at

    assert at("2026-03-02T09:15") == datetime(2026, 3, 2, 9, 15, tzinfo=UTC)
    offset = at("2026-03-02T09:15:00+03:00")
    assert offset == datetime(2026, 3, 2, 6, 15, tzinfo=UTC)
    assert offset is not None and offset.utcoffset() == timedelta(hours=3)
    assert at("0001-01-01T00:00:00+14:00") is None
    assert at("9999-12-31T23:59:59-14:00") is None


def test_to_draft_takes_everything() -> None:
    request = protocol.parse_lint(
        json.dumps(
            {
                "id": [1],
                "language": "pl",
                "draft": "x",
                "closing": True,
                "at": "2026-03-02T09:15:00Z",
                "conversation": [{"role": "agent", "text": "y", "at": "2026-03-01T09:15:00Z", "automatic": True, "internal": True}],
                "dismissed": [{"rule": "r", "scope": "here", "text": "t"}] * 2,
            }
        )
    )
    day = datetime(2026, 3, 2, 9, 15, tzinfo=UTC)
    assert protocol.to_draft(request) == Draft(
        "x", "pl", (Turn("agent", "y", day - timedelta(days=1), True, True),), True, day, dismissed=(Dismissal("r", "here", "t"),)
    )
    assert request.id == [1]
    assert protocol.to_draft(protocol.parse_lint(b'{"draft":""}')) == Draft("")


def too_long(limits: Limits) -> Iterator[tuple[str, dict[str, Any]]]:
    turn = {"role": "agent", "text": "x" * 10}
    yield "message", {"draft": "x" * (limits.message_bytes + 1)}
    yield "draft", {"draft": "x" * 11}
    yield "turn", {"draft": "", "conversation": [{"role": "agent", "text": "x" * 12}]}
    yield "conversation", {"draft": "", "conversation": [turn] * 4}
    yield "conversation", {"draft": "", "conversation": [turn] * 3}
    yield "dismissals", {"draft": "", "dismissed": [{"rule": str(n), "scope": "rule"} for n in range(3)]}


def test_limits() -> None:
    limits = Limits(message_bytes=1000, draft_chars=10, turn_chars=11, turns=3, conversation_chars=29, dismissals=2)
    for what, body in too_long(limits):
        with pytest.raises(ProtocolError, match=what) as caught:
            protocol.to_draft(protocol.parse_lint(json.dumps(body), limits), limits)
        assert caught.value.code == "too_long"
    fits = {"draft": "😀" * 10, "conversation": [{"role": "agent", "text": "x" * 9}] * 3}
    assert protocol.to_draft(protocol.parse_lint(json.dumps(fits), limits), limits).text == "😀" * 10


@pytest.mark.parametrize(
    "raw", ["[" * 100_000, '{"a":' * 50_000, '{"draft":"x","id":' + "[" * 100_000, "9" * 100_000, '"' + "\\u0041" * 20_000]
)
def test_deep_or_endless_input_is_no_crash(raw: str) -> None:
    for parse in (protocol.parse_client, protocol.parse_lint):
        with pytest.raises(ProtocolError):
            parse(raw, LIMITS)


def test_lone_surrogates_in_the_frame_itself() -> None:
    with pytest.raises(ProtocolError) as caught:
        protocol.parse_client('{"type":"draft","rev":1,"text":"\ud800"}', LIMITS)
    assert caught.value.code == "bad_text"
    with pytest.raises(ProtocolError):
        protocol.parse_lint(b'{"draft":"\xed\xa0\x80"}')


def test_surrogate_pairs_by_escapes_are_text() -> None:
    message = protocol.parse_client('{"type":"draft","rev":1,"text":"\\ud83d\\ude00"}', LIMITS)
    assert isinstance(message, DraftMessage) and message.text == "😀"


@given(st.text(alphabet=st.characters(codec="utf-8", exclude_characters="\x00")), st.integers(0, 30))
def test_carets_land_inside_the_text(text: str, unit: int) -> None:
    caret = protocol.to_caret(text, unit)
    assert caret is not None and 0 <= caret <= len(text)
    units = text.encode("utf-16-le")
    if 2 * unit <= len(units) and not 0xDC <= (units + b"\0\0")[2 * unit + 1] <= 0xDF:
        assert caret == code_points(text, unit)
    assert protocol.to_caret(text, None) is None


@given(st.text(alphabet=st.characters(codec="utf-8", exclude_characters="\x00")))
def test_text_survives_the_way_in_and_out(text: str) -> None:
    message = protocol.parse_client(protocol.encode({"type": "turn", "role": "agent", "text": text}), LIMITS)
    assert isinstance(message, TurnMessage) and message.text == text


@given(st.text(alphabet=st.sampled_from("aİ😀ş\n🇹"), max_size=12))
def test_spans_on_the_wire_cut_the_same_text(text: str) -> None:
    moves = tuple(Move("m", Span(start, end)) for start in range(len(text) + 1) for end in range(start, len(text) + 1))
    units = text.encode("utf-16-le")
    for move, sent in zip(moves, protocol.to_wire(a_review(moves), Draft(text))["moves"], strict=True):
        assert units[2 * sent["start"] : 2 * sent["end"]].decode("utf-16-le") == text[move.span.start : move.span.end]


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(), lambda x: st.lists(x) | st.dictionaries(st.text(), x), max_leaves=20
    )
)
def test_any_json_is_taken_or_refused(value: Any) -> None:
    for parse in (protocol.parse_client, protocol.parse_lint):
        try:
            parse(json.dumps(value), LIMITS)
        except ProtocolError as error:
            assert error.code in ("bad_json", "bad_text", "bad_message")


def test_errors_never_quote_the_message() -> None:
    secret = "xyzzysecret"
    for body in (
        {"type": secret},
        {"type": "draft", "rev": secret, "text": "x"},
        {"type": "draft", "rev": 1, "text": [secret]},
        {"type": "draft", "rev": 1, "text": f"{secret}\0"},
        {"type": "turn", "role": secret, "text": "x"},
        {"type": "turn", "role": "agent", "text": "x", "at": secret},
        {"type": "hello", "conversation": [{secret: secret}]},
        {"type": "feedback", "action": secret, "rule": "x"},
        {"type": "feedback", "action": "dismiss", "rule": secret * 30},
    ):
        for raw in (json.dumps(body), json.dumps(body)[:-1], json.dumps(body)[:-1] + secret):
            with pytest.raises(ProtocolError) as caught:
                protocol.parse_client(raw, LIMITS)
            assert secret not in caught.value.message


def test_the_schema_in_the_docs_is_fresh(tmp_path: Path) -> None:
    fresh = tmp_path / "docs" / "protocol.schema.json"
    protocol.main([str(fresh)])
    assert protocol.SCHEMA_FILE.read_text("utf-8") == fresh.read_text("utf-8"), "run python -m coach.protocol"


def test_the_schema_describes_the_golden_messages() -> None:
    validators = pytest.importorskip("jsonschema_rs")
    schema = protocol.schema()
    for name, kind in (("client", "ClientMessage"), ("server", "ServerMessage")):
        validator = validators.validator_for({**schema, "anyOf": [{"$ref": f"#/$defs/{kind}"}]})
        for row in golden(f"{name}_valid"):
            assert validator.is_valid(row["message"]), row["name"]
        for row in golden(f"{name}_invalid"):
            if "message" in row and row["name"] not in ("time is no time", "30 February"):
                assert not validator.is_valid(row["message"]), row["name"]


def test_messages_are_not_mixed_up() -> None:
    hello = protocol.parse_client('{"type":"hello","rev":1,"text":"x"}', LIMITS)
    assert isinstance(hello, HelloMessage) and hello.conversation == ()
    assert ReviewModel.model_fields.keys() < ReviewMessage.model_fields.keys()
