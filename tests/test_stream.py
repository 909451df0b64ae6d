"""The socket: talks, garbage, slow readers."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import MutableMapping
from typing import Any

import pytest
from fastapi.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

from coach.app import create_app
from coach.pipeline import Coach, default_coach
from coach.settings import Settings
from coach.types import Draft, Review
from tests.service import BAD, ask, make


@pytest.fixture(scope="module")
def client() -> TestClient:
    return make(pause_ms=60_000)


def test_a_talk() -> None:
    with make(pause_ms=1).websocket_connect("/v1/stream") as socket:
        assert ask(socket, type="hello", language="en", conversation=[{"role": "customer", "text": "It broke!"}])["type"] == "welcome"
        first = ask(socket, type="draft", rev=1, text=BAD)
        assert (first["type"], first["rev"], first["full"]) == ("review", 1, False)
        full = socket.receive_json()
        assert (full["type"], full["rev"], full["full"]) == ("review", 1, True)
        rule = next(finding["rule"] for finding in full["findings"] if finding["span"])
        again = ask(socket, type="feedback", action="dismiss", rule=rule, scope="rule")
        assert again["rev"] == 1 and again["full"] and rule not in [finding["rule"] for finding in again["findings"]]
        back = ask(socket, type="feedback", action="restore", rule=rule)
        assert rule in [finding["rule"] for finding in back["findings"]]
        socket.send_json({"type": "turn", "role": "agent", "text": "We are sorry."})
        assert ask(socket, type="draft", rev=2, text="", full=True)["full"] is True
        assert ask(socket, type="draft", rev=2, text="x") | {"message": ""} == {
            "type": "error",
            "code": "stale_rev",
            "message": "",
            "rev": 2,
        }


GARBAGE: list[tuple[str | bytes, str]] = [
    ("", "bad_json"),
    ("\0", "bad_json"),
    ("[" * 100_000, "bad_json"),
    ('{"type":' * 20_000, "bad_json"),
    ("\ud800", "bad_text"),
    ('{"type":"draft","rev":1,"text":"\\ud800"}', "bad_text"),
    ('{"type":"draft","rev":1,"text":"\\u0000"}', "bad_text"),
    ('{"type":"draft","rev":1,"text":"' + "x" * 1_000_000 + '"}', "too_long"),
    ('{"type":"draft","rev":99,"text":"' + "x" * 30_000 + '"}', "too_long"),
    ('{"type":"shout"}', "bad_message"),
    ('{"type":"draft","rev":"1","text":"x"}', "bad_message"),
    (b"\x00\xff", "bad_frame"),
    (b'{"type":"hello"}', "bad_frame"),
]


def test_garbage_gets_an_error_and_the_connection_goes_on(client: TestClient) -> None:
    with client.websocket_connect("/v1/stream") as socket:
        for rev, (frame, code) in enumerate(GARBAGE):
            if isinstance(frame, str):
                socket.send_text(frame)
            else:
                socket.send_bytes(frame)
            told = socket.receive_json()
            assert (told["type"], told["code"]) == ("error", code)
            assert ask(socket, type="draft", rev=rev, text="Hello.")["rev"] == rev


def test_who_sends_too_fast_is_closed() -> None:
    with make(messages_per_second=0.001, burst=3).websocket_connect("/v1/stream") as socket:
        told = [ask(socket, type="hello")["type"] for _ in range(3)]
        assert told == ["welcome"] * 3
        assert ask(socket, type="hello")["code"] == "rate"
        with pytest.raises(WebSocketDisconnect) as closed:
            socket.receive_json()
        assert closed.value.code == 1008


def test_who_says_nothing_is_closed() -> None:
    with make(idle_seconds=0.01).websocket_connect("/v1/stream") as socket:
        assert socket.receive_json()["code"] == "idle"
        with pytest.raises(WebSocketDisconnect) as closed:
            socket.receive_json()
        assert closed.value.code == 1000


# The ASGI application driven by hand

SCOPE: dict[str, Any] = {
    "type": "websocket",
    "path": "/v1/stream",
    "raw_path": b"/v1/stream",
    "query_string": b"",
    "headers": [],
    "subprotocols": [],
    "scheme": "ws",
    "extensions": {},
}


async def overload(frames: list[str], hold: asyncio.Event) -> tuple[list[Any], int]:
    """Send all frames while the client reads nothing, then let it read; gives what it got, and how many frames were taken before."""
    inbox: list[dict[str, Any]] = [{"type": "websocket.connect"}, *({"type": "websocket.receive", "text": frame} for frame in frames)]
    taken, got = 0, list[Any]()
    done = asyncio.Event()

    async def receive() -> MutableMapping[str, Any]:
        nonlocal taken
        await asyncio.sleep(0)
        if taken < len(inbox):
            taken += 1
            return inbox[taken - 1]
        await done.wait()
        return {"type": "websocket.disconnect", "code": 1000}

    async def send(message: MutableMapping[str, Any]) -> None:
        if message["type"] == "websocket.send":
            await hold.wait()
            got.append(json.loads(message["text"]))
            if got[-1].get("rev") == len(frames) - 1 and got[-1].get("full") in (None, True):
                done.set()

    app = create_app(Settings(messages_per_second=1e9, burst=10**9, pause_ms=1), default_coach())
    talk = asyncio.create_task(app(SCOPE.copy(), receive, send))
    for _ in range(20 * len(frames)):
        await asyncio.sleep(0)
    early = taken
    hold.set()
    await asyncio.wait_for(talk, 20)
    return got, early


def test_to_a_slow_reader_only_the_newest_draft_is_answered() -> None:
    frames = [json.dumps({"type": "draft", "rev": rev, "text": f"Hello {rev}"}) for rev in range(1000)]
    got, early = asyncio.run(overload(frames, asyncio.Event()))
    assert early == 1001, "reading went on"
    assert [message["rev"] for message in got][-1] == 999
    assert len(got) <= 4, "one on its way, the newest, and its full review"


def test_a_slow_reader_cannot_pile_up_answers() -> None:
    frames = ['{"type":"nonsense"}'] * 1000 + [json.dumps({"type": "draft", "rev": 1000, "text": "", "full": True})]
    got, early = asyncio.run(overload(frames, asyncio.Event()))
    assert early < 50, "reading stopped until the client read"
    assert [message["type"] for message in got] == ["error"] * 1000 + ["review"]


def test_a_long_unseen_conversation_does_not_hold_up_the_loop() -> None:
    threads: set[str] = set()

    class Noting(Coach):
        def review(self, draft: Draft, now: Any = None) -> Review:
            threads.add(f"{threading.current_thread().name}:{len(draft.conversation)}")
            return super().review(draft, now)

    client = make(Noting(), pause_ms=60_000)
    turns = [{"role": "customer", "text": "It broke. " * 100}] * 5
    client.post("/v1/lint", json={"draft": "", "conversation": turns})
    assert {thread.partition("_")[0] for thread in threads} == {"reading"}
    threads.clear()
    with client.websocket_connect("/v1/stream") as socket:
        ask(socket, type="hello", conversation=turns)
        assert ask(socket, type="draft", rev=1, text="Hello")["rev"] == 1
        assert {thread.partition("_")[0] for thread in threads} == {"reading"}
        threads.clear()
        assert ask(socket, type="draft", rev=2, text="Hello.")["rev"] == 2
        assert "reading" not in {thread.partition("_")[0] for thread in threads}


def test_a_full_review_holds_up_no_key_and_is_dropped_when_stale() -> None:
    release = threading.Event()

    class Thinking(Coach):
        def review(self, draft: Draft, now: object = None) -> Review:
            if not draft.typing and len(draft.text) == 3:
                assert release.wait(20)
            return super().review(draft)

    coach = Thinking(classifier=default_coach().classifier)
    with make(coach, pause_ms=1).websocket_connect("/v1/stream") as socket:
        assert ask(socket, type="hello", language="en")["type"] == "welcome"
        socket.send_json({"type": "draft", "rev": 1, "text": "One", "full": True})
        told = ask(socket, type="draft", rev=2, text="One.")
        assert (told["rev"], told["full"]) == (2, False)
        release.set()
        told = socket.receive_json()
        assert (told["rev"], told["full"]) == (2, True)
