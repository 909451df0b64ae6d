"""The service from outside: REST, figures, pages."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

from coach.answers import ReviewModel, RulesReply
from coach.protocol import schema
from tests.service import BAD, SECRET, ask, error, make


@pytest.fixture(scope="module")
def client() -> TestClient:
    return make(pause_ms=60_000)


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


def test_the_playground_is_served_under_strict_headers(client: TestClient) -> None:
    page = client.get("/")
    assert page.status_code == 200 and page.headers["content-type"].startswith("text/html")
    assert client.head("/").status_code == 200
    for path in re.findall(r'(?:src|href)="(playground/[^"]+)"', page.text):
        assert client.get(f"/{path}").status_code == 200, path
    rule = client.get("/rules/blame-customer")
    assert rule.status_code == client.get("/rules/").status_code == 200 and client.get("/rules/none").status_code == 404
    for path in re.findall(r'(?:src|href)="../(playground/[^"]+)"', rule.text):
        assert client.get(f"/{path}").status_code == 200, path
    for reply in (page, rule, client.get("/nowhere"), client.get("/healthz"), client.post("/v1/lint", content=b"{")):
        policy = reply.headers["content-security-policy"]
        assert "default-src 'none'" in policy and "frame-ancestors 'none'" in policy and "unsafe" not in policy
        assert reply.headers["x-content-type-options"] == "nosniff"
        assert reply.headers["referrer-policy"] == "no-referrer"
    assert client.get("/v1/rules").headers["cache-control"] == "no-store"
