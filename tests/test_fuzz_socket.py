"""The socket under generated garbage: each frame gets at most an error, every answer is as the schema says, the next draft is reviewed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter

from coach.answers import ErrorMessage, ReviewMessage, ServerMessage, WelcomeMessage
from coach.app import create_app
from coach.pipeline import default_coach
from coach.settings import Settings

SERVER: TypeAdapter[ServerMessage] = TypeAdapter(ServerMessage)
VALID: list[Any] = [row["message"] for row in json.loads((Path(__file__).parent / "protocol" / "client_valid.json").read_text("utf-8"))]
FIELDS = sorted({name for message in VALID for name in message} | {"role", "scope"})
REVS = st.integers(0, 2**52)

anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(FIELDS), inner, max_size=4),
    max_leaves=8,
)
raw_text = st.text(alphabet=st.characters(exclude_categories=()), max_size=60)
valid = st.sampled_from(VALID)
twisted = st.tuples(valid, st.dictionaries(st.sampled_from(FIELDS), anything, min_size=1, max_size=3)).map(
    lambda both: {**both[0], **both[1]}
)
shortened = st.tuples(valid, st.sampled_from(FIELDS)).map(lambda both: {name: value for name, value in both[0].items() if name != both[1]})
drafts = st.builds(lambda rev, text, caret: {"type": "draft", "rev": rev, "text": text, "caret": caret}, REVS, raw_text, st.integers(0, 99))
turns = st.builds(lambda role, text: {"type": "turn", "role": role, "text": text}, st.sampled_from(["agent", "customer"]), raw_text)
messages = st.one_of(valid, twisted, shortened, drafts, turns, anything).map(json.dumps)
cut = st.tuples(messages, st.integers(0, 80)).map(lambda both: both[0][: both[1]])
frames = st.lists(st.one_of(messages, cut, raw_text, st.binary(max_size=40)), max_size=12)


@pytest.fixture(scope="module")
def client() -> TestClient:
    return TestClient(create_app(Settings(pause_ms=0, burst=1000), default_coach()))


@given(frames)
@settings(max_examples=250, deadline=None)
def test_garbage_is_answered_and_forgotten(client: TestClient, garbage: list[str | bytes]) -> None:
    with client.websocket_connect("/v1/stream") as socket:
        for frame in garbage:
            if isinstance(frame, str):
                socket.send_text(frame)
            else:
                socket.send_bytes(frame)
        last = 2**53 - 1
        socket.send_json({"type": "hello"})
        socket.send_json({"type": "draft", "rev": last - 1, "text": "Hello.", "full": True})
        while True:
            answer = SERVER.validate_json(socket.receive_text(), strict=True)
            assert isinstance(answer, WelcomeMessage | ErrorMessage | ReviewMessage)
            if isinstance(answer, ErrorMessage):
                assert answer.code in ("bad_json", "bad_text", "bad_message", "bad_frame", "stale_rev")
            if getattr(answer, "rev", None) in (last - 1, last):
                break
    assert client.get("/healthz").status_code == 200
