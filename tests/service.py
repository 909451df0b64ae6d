"""What the tests of the service share: apps to talk to, and what to ask them."""

from __future__ import annotations

from typing import Any

import httpx
from fastapi.testclient import TestClient
from starlette.testclient import WebSocketTestSession

from coach.answers import ErrorReply
from coach.app import create_app
from coach.pipeline import Coach, default_coach
from coach.settings import Settings
from coach.worker import Worker

SECRET = "xyzzy-plugh-4711"
BAD = "Calm down. Please check the link. Is there anything else we can do for you?"


def make(coach: Coach | None = None, worker: Worker | None = None, **settings: Any) -> TestClient:
    """A client of a service of its own."""
    return TestClient(create_app(Settings(**settings), coach or default_coach(), worker), base_url="http://127.0.0.1:8765")


def error(reply: httpx.Response, status: int, code: str) -> str:
    """The message of the error that `reply` must be."""
    assert (reply.status_code, reply.headers["content-type"]) == (status, "application/json")
    told = ErrorReply.model_validate(reply.json()).error
    assert told.code == code and told.message
    return told.message


def ask(socket: WebSocketTestSession, **message: Any) -> Any:
    """Send a message and give the next answer."""
    socket.send_json(message)
    return socket.receive_json()
