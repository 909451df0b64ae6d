"""Who may come in: origins, keys, numbers of connections."""

from __future__ import annotations

import pytest
from fastapi.testclient import TestClient
from pydantic import SecretStr
from starlette.testclient import WebSocketDenialResponse
from starlette.websockets import WebSocketDisconnect

from coach.app import create_app
from coach.pipeline import default_coach
from coach.settings import Settings
from tests.service import ask, error, make

KEY = "0123456789abcdef-key"


@pytest.fixture(scope="module")
def keyed() -> TestClient:
    return make(keys=(SecretStr(KEY),), origins=("https://help.example.com",), pause_ms=60_000)


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
