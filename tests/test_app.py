"""The service from outside: REST, websocket, pages, who may come in, what it does with hostile input."""

from __future__ import annotations

import asyncio
import json
import logging
import re
import sys
import threading
import time
from collections.abc import Iterator, MutableMapping
from typing import Any

import httpx
import pytest
import uvicorn
from fastapi.testclient import TestClient
from pydantic import SecretStr
from starlette.testclient import WebSocketDenialResponse, WebSocketTestSession
from starlette.websockets import WebSocketDisconnect
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect
from websockets.typing import Origin

from coach import logs
from coach.app import create_app, serve, server
from coach.messages import ErrorReply, ReviewModel, RulesReply
from coach.pipeline import Coach, default_coach
from coach.protocol import schema
from coach.settings import Settings
from coach.types import Draft, Review

KEY = "0123456789abcdef-key"
SECRET = "xyzzy-plugh-4711"
BAD = "Calm down. Please check the link. Is there anything else we can do for you?"


def make(coach: Coach | None = None, **settings: Any) -> TestClient:
    return TestClient(create_app(Settings(**settings), coach or default_coach()), base_url="http://127.0.0.1:8765")


@pytest.fixture(scope="module")
def client() -> TestClient:
    return make(pause_ms=60_000)


@pytest.fixture(scope="module")
def keyed() -> TestClient:
    return make(keys=(SecretStr(KEY),), origins=("https://help.example.com",), pause_ms=60_000)


def error(reply: httpx.Response, status: int, code: str) -> str:
    assert (reply.status_code, reply.headers["content-type"]) == (status, "application/json")
    told = ErrorReply.model_validate(reply.json()).error
    assert told.code == code and told.message
    return told.message


def ask(socket: WebSocketTestSession, **message: Any) -> Any:
    socket.send_json(message)
    return socket.receive_json()


# REST


def test_lint_reviews_a_draft(client: TestClient) -> None:
    reply = client.post("/v1/lint", json={"language": "en", "draft": BAD, "conversation": [{"role": "customer", "text": "It broke!"}]})
    assert reply.status_code == 200
    review = ReviewModel.model_validate_json(reply.content, strict=True)
    assert review.full and review.language == "en"
    assert any(finding.span for finding in review.findings)
    assert client.post("/v1/lint", json={"draft": ""}).json()["findings"] == []


def test_lint_takes_any_content_type(client: TestClient) -> None:
    for kind in ("application/json; charset=utf-8", "text/plain", "application/x-www-form-urlencoded", ""):
        assert client.post("/v1/lint", content=b'{"draft":"Hello."}', headers={"content-type": kind}).status_code == 200


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"", 400, "bad_json"),
        (b"{", 400, "bad_json"),
        (b"\xff\xfe\x00", 400, "bad_json"),
        (b"[" * 100_000, 400, "bad_json"),
        (b'{"draft":' * 25_000, 400, "bad_json"),
        (b'{"draft":"\\ud800"}', 400, "bad_text"),
        (b'{"draft":"\xed\xa0\x80"}', 400, "bad_text"),
        (b'{"draft":"a\\u0000"}', 400, "bad_text"),
        (b"[]", 422, "bad_message"),
        (b"null", 422, "bad_message"),
        (b"{}", 422, "bad_message"),
        (b'{"draft":1}', 422, "bad_message"),
        (b'{"draft":"x","language":"de"}', 422, "bad_message"),
        (b'{"draft":"x","conversation":[{"role":"bot","text":""}]}', 422, "bad_message"),
        (b'{"draft":"' + b"x" * 1_000_000 + b'"}', 413, "too_long"),
        (b'{"draft":"' + b"x" * 20_001 + b'"}', 413, "too_long"),
        (json.dumps({"draft": "", "conversation": [{"role": "agent", "text": ""}] * 201}).encode(), 413, "too_long"),
    ],
)
def test_bodies_that_cannot_be_taken(client: TestClient, body: bytes, status: int, code: str) -> None:
    error(client.post("/v1/lint", content=body), status, code)
    assert client.post("/v1/lint", json={"draft": "Hello."}).status_code == 200


def test_an_endless_body_is_cut_off(client: TestClient) -> None:
    sent = 0

    def endless() -> Iterator[bytes]:
        nonlocal sent
        while sent < 100 * 1024**2:
            sent += 1024**2
            yield b"x" * 1024**2

    error(client.post("/v1/lint", content=endless()), 413, "too_long")


def test_rules(client: TestClient) -> None:
    everything = RulesReply.model_validate(client.get("/v1/rules").json()).rules
    english = RulesReply.model_validate(client.get("/v1/rules?language=en").json()).rules
    assert english == [rule for rule in everything if rule.language == "en"] and english
    assert "de" not in error(client.get("/v1/rules?language=de"), 422, "bad_message")


def test_health_and_schema(client: TestClient) -> None:
    assert client.get("/healthz").json()["status"] == "ok"
    assert client.get("/v1/schema").json() == schema()


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/nowhere", 404, "not_found"),
        ("GET", "/v1/stream", 404, "not_found"),
        ("GET", "/playground/nothing.js", 404, "not_found"),
        ("GET", "/playground/..%2fapp.py", 404, "not_found"),
        ("GET", "/playground/%00", 404, "not_found"),
        ("GET", "/docs", 404, "not_found"),
        ("GET", "/v1/lint", 405, "bad_method"),
        ("DELETE", "/v1/lint", 405, "bad_method"),
        ("OPTIONS", "/v1/lint", 405, "bad_method"),
        ("POST", "/healthz", 405, "bad_method"),
        ("POST", "/", 405, "bad_method"),
        ("POST", "/playground/app.js", 405, "bad_method"),
    ],
)
def test_wrong_turns(client: TestClient, method: str, path: str, status: int, code: str) -> None:
    reply = client.request(method, path)
    error(reply, status, code)
    assert status != 405 or "allow" in reply.headers


def test_openapi_describes_what_is_sent(client: TestClient) -> None:
    document = client.get("/openapi.json").json()
    assert document == client.get("/openapi.json").json()
    assert set(document["paths"]) == {"/v1/lint", "/v1/rules", "/v1/schema", "/healthz", "/metrics"}
    body = document["paths"]["/v1/lint"]["post"]["requestBody"]["content"]["application/json"]["schema"]
    assert body["$ref"].rpartition("/")[2] in document["components"]["schemas"]
    named = set(re.findall(r'"\$ref": ?"([^"]+)"', json.dumps(document)))
    assert named and all(ref.removeprefix("#/components/schemas/") in document["components"]["schemas"] for ref in named)


def test_metrics_count_without_text() -> None:
    client = make(pause_ms=0)
    client.post("/v1/lint", json={"language": "en", "draft": f"{BAD} {SECRET}"})
    client.post("/v1/lint", content=b"{")
    with client.websocket_connect("/v1/stream") as socket:
        assert "coach_connections 1.0" in client.get("/metrics").text
        ask(socket, type="hello", language="en")
        assert ask(socket, type="draft", rev=1, text="Hello.")["full"] is False
        assert socket.receive_json()["full"] is True
        socket.send_json({"type": "feedback", "action": "applied", "rule": SECRET})
        assert ask(socket, type="nonsense")["code"] == "bad_message"
    text = client.get("/metrics").text
    for line in (
        'coach_reviews_total{entrance="rest",language="en"} 1.0',
        'coach_reviews_total{entrance="stream",language="en"} 2.0',
        'coach_errors_total{code="bad_json",entrance="rest"} 1.0',
        'coach_errors_total{code="bad_message",entrance="stream"} 1.0',
        'coach_feedback_total{action="applied",rule="unknown"} 1.0',
        'coach_review_seconds_count{entrance="rest"} 1.0',
        "coach_connections 0.0",
        "coach_connections_opened_total 1.0",
    ):
        assert line in text.splitlines(), line
    assert "coach_findings_total{rule=" in text
    assert SECRET not in text
    assert 'reviews_total{entrance="rest"' not in make().get("/metrics").text, "each app counts for itself"
    error(make(metrics=False).get("/metrics"), 404, "not_found")


# Pages


def test_the_playground_is_served_under_strict_headers(client: TestClient) -> None:
    page = client.get("/")
    assert page.status_code == 200 and page.headers["content-type"].startswith("text/html")
    assert client.head("/").status_code == 200
    for path in re.findall(r'(?:src|href)="(playground/[^"]+)"', page.text):
        assert client.get(f"/{path}").status_code == 200, path
    for reply in (page, client.get("/nowhere"), client.get("/healthz"), client.post("/v1/lint", content=b"{")):
        policy = reply.headers["content-security-policy"]
        assert "default-src 'none'" in policy and "frame-ancestors 'none'" in policy and "unsafe" not in policy
        assert reply.headers["x-content-type-options"] == "nosniff"
        assert reply.headers["referrer-policy"] == "no-referrer"
    assert client.get("/v1/rules").headers["cache-control"] == "no-store"


# Who may come in

OWN = ["http://127.0.0.1:8765", "HTTP://127.0.0.1:8765", "https://127.0.0.1:8765"]
FOREIGN = ["http://evil.example", "http://127.0.0.1", "http://127.0.0.1:8766", "http://127.0.0.1:8765.evil.example", "null", "", "file://"]


@pytest.mark.parametrize("origin", [*OWN, "https://help.example.com", "HTTPS://HELP.example.com"])
def test_own_and_configured_origins_pass(keyed: TestClient, origin: str) -> None:
    headers = {"origin": origin, "x-api-key": KEY}
    assert keyed.post("/v1/lint", json={"draft": ""}, headers=headers).status_code == 200
    with keyed.websocket_connect("ws://127.0.0.1:8765/v1/stream", headers=headers) as socket:
        assert ask(socket, type="hello")["type"] == "welcome"


@pytest.mark.parametrize("origin", [*FOREIGN, "http://help.example.com", "https://help.example.com.evil.example"])
def test_foreign_origins_are_refused(keyed: TestClient, origin: str) -> None:
    headers = {"origin": origin, "x-api-key": KEY}
    error(keyed.post("/v1/lint", json={"draft": ""}, headers=headers), 403, "bad_origin")
    with pytest.raises(WebSocketDenialResponse) as caught, keyed.websocket_connect("ws://127.0.0.1:8765/v1/stream", headers=headers):
        pass
    error(caught.value, 403, "bad_origin")


def test_default_ports_do_not_matter() -> None:
    client = TestClient(create_app(Settings(), default_coach()), base_url="https://coach.example.com")
    for origin in ("https://coach.example.com", "https://coach.example.com:443"):
        assert client.post("/v1/lint", json={"draft": ""}, headers={"origin": origin}).status_code == 200


def test_any_origin_can_be_allowed() -> None:
    reply = make(origins=("*",)).post("/v1/lint", json={"draft": ""}, headers={"origin": "https://any.example"})
    assert (reply.status_code, reply.headers["access-control-allow-origin"]) == (200, "https://any.example")


def test_pages_of_configured_origins_can_read_answers_others_not(keyed: TestClient) -> None:
    ask_first = {"origin": "https://help.example.com", "access-control-request-method": "POST"}
    reply = keyed.options("/v1/lint", headers=ask_first)
    assert reply.status_code == 204
    assert reply.headers["access-control-allow-origin"] == "https://help.example.com"
    assert "x-api-key" in reply.headers["access-control-allow-headers"]
    for origin in ("https://evil.example", "http://127.0.0.1:8765"):
        assert "access-control-allow-origin" not in keyed.options("/v1/lint", headers=ask_first | {"origin": origin}).headers
        assert "access-control-allow-origin" not in keyed.get("/healthz", headers={"origin": origin}).headers


def test_rest_asks_for_the_key(keyed: TestClient) -> None:
    for headers in ({}, {"x-api-key": "wrong"}, {"x-api-key": KEY[:-1]}, {"authorization": KEY}, {"authorization": "Bearer"}):
        error(keyed.post("/v1/lint", json={"draft": ""}, headers=headers), 401, "unauthorized")
        error(keyed.get("/v1/rules", headers=headers), 401, "unauthorized")
        error(keyed.get("/metrics", headers=headers), 401, "unauthorized")
    for headers in ({"x-api-key": KEY}, {"authorization": f"Bearer {KEY}"}, {"authorization": f"bearer {KEY}"}):
        assert keyed.post("/v1/lint", json={"draft": ""}, headers=headers).status_code == 200
        assert keyed.get("/metrics", headers=headers).status_code == 200
    for path in ("/", "/healthz", f"/?key={KEY}", "/v1/schema"):
        assert keyed.get(path).status_code == 200


def test_the_socket_asks_for_the_key(keyed: TestClient) -> None:
    for first in ({"type": "hello"}, {"type": "hello", "key": "wrong"}, {"type": "draft", "rev": 1, "text": "x"}):
        with keyed.websocket_connect("/v1/stream") as socket:
            assert ask(socket, **first)["code"] == "unauthorized"
            with pytest.raises(WebSocketDisconnect) as closed:
                socket.receive_json()
            assert closed.value.code == 1008
    with keyed.websocket_connect("/v1/stream") as socket:
        assert ask(socket, type="hello", key=KEY)["type"] == "welcome"
    with keyed.websocket_connect("/v1/stream", headers={"authorization": f"Bearer {KEY}"}) as socket:
        assert ask(socket, type="draft", rev=1, text="")["type"] == "review"
    with pytest.raises(WebSocketDenialResponse) as caught, keyed.websocket_connect("/v1/stream", headers={"x-api-key": "wrong"}):
        pass
    error(caught.value, 401, "unauthorized")


def test_connections_are_limited_and_given_back() -> None:
    client = make(connections=1)
    for _ in range(2):
        with client.websocket_connect("/v1/stream") as socket:
            assert ask(socket, type="hello")["type"] == "welcome"
            with pytest.raises(WebSocketDenialResponse) as caught, client.websocket_connect("/v1/stream"):
                pass
            error(caught.value, 503, "full")


# The socket


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


class Failing(Coach):
    """A coach that stumbles over some drafts."""

    def review(self, draft: Draft, now: Any = None) -> Review:
        if "stumble" in draft.text:
            raise RuntimeError(f"cannot: {draft.text}")
        return super().review(draft, now)


def test_a_review_that_fails_is_told_and_nothing_else_breaks(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    client = make(Failing(), pause_ms=60_000)
    text = error(client.post("/v1/lint", json={"draft": f"stumble {SECRET}"}), 500, "internal")
    with client.websocket_connect("/v1/stream") as socket:
        told = ask(socket, type="draft", rev=1, text=f"stumble {SECRET}")
        assert (told["type"], told["code"], told["rev"]) == ("error", "internal", 1)
        assert ask(socket, type="draft", rev=2, text="Hello.")["rev"] == 2
    lines = [logs.LineFormatter().format(record) for record in caplog.records]
    assert sum("error=RuntimeError" in line and "test_app.py:" in line for line in lines) == 2
    assert SECRET not in "\n".join(lines) + text + told["message"]


def test_message_text_never_reaches_logs_or_errors(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    client = make(pause_ms=0, draft_chars=100, turn_chars=100)
    bodies: list[Any] = [
        {"draft": SECRET, "conversation": [{"role": "customer", "text": SECRET}]},
        {"draft": [SECRET]},
        {"draft": SECRET, "language": SECRET},
        {"draft": SECRET * 50},
        {"draft": "", "conversation": [{"role": SECRET, "text": SECRET, "at": SECRET}]},
        {"draft": f"{SECRET}\0"},
        SECRET,
    ]
    replies = [client.post("/v1/lint", json=body).text for body in bodies if client.post("/v1/lint", json=body).status_code != 200]
    replies += [
        client.post("/v1/lint", content=SECRET).text,
        client.get(f"/{SECRET}").text,
        client.get(f"/v1/rules?language={SECRET}").text,
    ]
    with client.websocket_connect(f"/v1/stream?key={SECRET}") as socket:
        ask(socket, type="draft", rev=1, text=SECRET)
        socket.receive_json()
        for message in (
            {"type": SECRET},
            {"type": "draft", "rev": SECRET, "text": SECRET},
            {"type": "draft", "rev": 2, "text": SECRET * 50},
        ):
            replies.append(json.dumps(ask(socket, **message)))
        socket.send_text(SECRET)
        replies.append(socket.receive_text())
        socket.send_bytes(SECRET.encode())
        replies.append(socket.receive_text())
    assert len(replies) >= 14 and all("error" in reply for reply in replies)
    assert SECRET not in "\n".join(replies)
    kept = [json.dumps(record.__dict__, default=repr) for record in caplog.records if record.name not in ("httpx", "asyncio")]
    assert SECRET not in "\n".join(kept)


def test_a_log_line_is_one_line_and_never_quotes_an_exception() -> None:
    try:
        raise ValueError(SECRET)
    except ValueError:
        record = logging.getLogger("x").makeRecord("x", logging.ERROR, "f", 1, "two\nlines", (), sys.exc_info())
    record.fields = {"plain": 3, "odd": 'a b="\n', "none": None, "empty": ""}
    line = logs.LineFormatter().format(record)
    assert re.fullmatch(
        r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z error two lines "
        r'plain=3 odd="a b=\\"\\n" none=null empty="" error=ValueError at=test_app\.py:\d+',
        line,
    ), line
    assert logs.config("debug")["loggers"]["coach"]["level"] == "DEBUG"
    assert logs.config("debug")["loggers"]["uvicorn"]["level"] == "WARNING", "its lines hold query strings"


# Overload: the ASGI application driven by hand

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


# A real server


@pytest.fixture(scope="module")
def live() -> Iterator[str]:
    running = server(Settings(port=0, pause_ms=1, log_level="error"))
    thread = threading.Thread(target=running.run)
    thread.start()
    while not running.started:
        assert thread.is_alive()
        time.sleep(0.01)
    yield f"127.0.0.1:{running.servers[0].sockets[0].getsockname()[1]}"
    running.should_exit = True
    thread.join(20)
    assert not thread.is_alive()


def test_live_talk(live: str) -> None:
    with connect(f"ws://{live}/v1/stream", origin=Origin(f"http://{live}"), compression=None) as socket:
        socket.send('{"type":"hello","language":"en"}')
        assert json.loads(socket.recv())["type"] == "welcome"
        socket.send(json.dumps({"type": "draft", "rev": 1, "text": f"😀 {BAD}"}))
        assert [json.loads(socket.recv())["full"] for _ in range(2)] == [False, True]


def test_live_large_messages(live: str) -> None:
    reply = httpx.post(f"http://{live}/v1/lint", json={"draft": "x" * 1_000_000})
    error(reply, 413, "too_long")
    with connect(f"ws://{live}/v1/stream", compression=None) as socket:
        socket.send(json.dumps({"type": "draft", "rev": 1, "text": "x" * 1_000_000}))
        assert json.loads(socket.recv())["code"] == "too_long"
        socket.send(json.dumps({"type": "draft", "rev": 1, "text": "x", "full": True}))
        assert json.loads(socket.recv())["type"] == "review"
        socket.send(b"\x00" * 10)
        assert json.loads(socket.recv())["code"] == "bad_frame"
        with pytest.raises(ConnectionClosed) as closed:
            socket.send("x" * 6_000_000)
            socket.recv()
        assert closed.value.rcvd is not None and closed.value.rcvd.code == 1009
    assert httpx.get(f"http://{live}/healthz").status_code == 200


def test_live_headers_are_bounded(live: str) -> None:
    with pytest.raises((httpx.HTTPStatusError, httpx.TransportError)):
        httpx.get(f"http://{live}/healthz", headers={f"x-{n}": "x" * 1000 for n in range(1000)}).raise_for_status()
    assert httpx.get(f"http://{live}/healthz", headers={"x-long": "x" * 10_000}).status_code == 200


def test_live_refusals(live: str) -> None:
    reply = httpx.get(
        f"http://{live}/v1/stream",
        headers={
            "connection": "upgrade",
            "upgrade": "websocket",
            "sec-websocket-version": "13",
            "sec-websocket-key": "MDEyMzQ1Njc4OWFiY2RlZg==",
            "origin": "http://evil.example",
        },
    )
    error(reply, 403, "bad_origin")
    assert "server" not in reply.headers


def test_serve_runs_the_server(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    ran: list[uvicorn.Config] = []
    monkeypatch.setattr("coach.app.logs.configure", lambda level: None)
    monkeypatch.setattr(uvicorn.Server, "run", lambda self: ran.append(self.config))
    monkeypatch.setattr(logging.getLogger("coach"), "propagate", True)
    serve(Settings(port=0))
    assert not any("open_to_the_network" in record.message for record in caplog.records)
    [config] = ran
    assert (config.host, config.ws, config.access_log, config.ws_per_message_deflate) == ("127.0.0.1", "websockets-sansio", False, False)
