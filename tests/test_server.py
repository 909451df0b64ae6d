"""A real server, over real sockets."""

from __future__ import annotations

import json
import logging
import threading
import time
from collections.abc import Iterator

import httpx
import pytest
import uvicorn
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect
from websockets.typing import Origin

from coach.app import serve, server
from coach.settings import Settings
from tests.service import BAD, error


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
        with pytest.raises(ConnectionClosed):
            socket.send("x" * 6_000_000)
            socket.recv()
    assert httpx.get(f"http://{live}/healthz").status_code == 200


def test_live_endless_message_is_told_why(live: str) -> None:
    def fragments() -> Iterator[str]:
        yield "x" * 4 * 1024**2
        yield "x"
        socket.recv()

    # Nothing follows the fragment that goes over the limit: unread bytes would reset the connection unexplained.
    with connect(f"ws://{live}/v1/stream", compression=None) as socket, pytest.raises(ConnectionClosed) as closed:
        socket.send(fragments())
        socket.recv()
    assert closed.value.rcvd is not None and closed.value.rcvd.code == 1009


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
    serve(Settings(port=0, workers=0))
    assert not any("open_to_the_network" in record.message for record in caplog.records)
    [config] = ran
    assert (config.host, config.ws, config.access_log, config.ws_per_message_deflate) == ("127.0.0.1", "websockets-sansio", False, False)
