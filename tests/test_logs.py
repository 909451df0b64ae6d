"""Message text stays out of logs and errors."""

from __future__ import annotations

import json
import logging
import re
import sys
from typing import Any

import pytest

from coach import logs
from coach.pipeline import Coach
from coach.types import Draft, Review
from tests.service import SECRET, ask, error, make


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
    assert sum("error=RuntimeError" in line and "test_logs.py:" in line for line in lines) == 2
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
        r'plain=3 odd="a b=\\"\\n" none=null empty="" error=ValueError at=test_logs\.py:\d+',
        line,
    ), line
    assert logs.config("debug")["loggers"]["coach"]["level"] == "DEBUG"
    assert logs.config("debug")["loggers"]["uvicorn"]["level"] == "WARNING", "its lines hold query strings"
