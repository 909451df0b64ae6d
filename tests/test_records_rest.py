"""The case records over HTTP: nothing when off, the whole life of a record when on."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from pydantic import SecretStr
from sqlalchemy.exc import OperationalError

from coach.app import RecordsError, create_app
from coach.pipeline import Coach
from coach.records.case import FollowUp, Said
from coach.records.messages import DueReply, PreviewReply, RecordsReply, StoredModel
from coach.records.store import Store, utc_now
from coach.settings import Settings
from tests.records import BROKEN, SECRET, record, request
from tests.service import ask, error

ENDPOINTS = [
    ("POST", "/v1/records"),
    ("POST", "/v1/records/preview"),
    ("GET", "/v1/records"),
    ("DELETE", "/v1/records?customer=ana"),
    ("GET", "/v1/records/due"),
    ("GET", "/v1/records/due.ics"),
    ("GET", f"/v1/records/{'0' * 32}"),
    ("PATCH", f"/v1/records/{'0' * 32}"),
    ("DELETE", f"/v1/records/{'0' * 32}"),
]
KEY = "key-for-tests-0001"


@pytest.fixture(scope="module")
def coach() -> Coach:
    return Coach()


def make(coach: Coach, path: Path | None, **more: Any) -> TestClient:
    on: dict[str, Any] = {"records": f"sqlite:///{path}", "records_secret": SECRET} if path else {}
    return TestClient(create_app(Settings(**on, **more), coach), base_url="http://127.0.0.1:8765")


@pytest.fixture
def client(coach: Coach, tmp_path: Path) -> Iterator[TestClient]:
    yield make(coach, tmp_path / "records.db")


@pytest.mark.parametrize(("method", "path"), ENDPOINTS)
def test_nothing_is_there_when_off(coach: Coach, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, method: str, path: str) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    client = make(coach, None)
    assert "COACH_RECORDS" in error(client.request(method, path, json=request() if method == "POST" else None), 403, "records_off")
    assert list(tmp_path.rglob("*")) == []
    assert not any("records" in path for path in client.get("/openapi.json").json()["paths"])


def test_welcome_says_whether_records_are_on(coach: Coach, client: TestClient) -> None:
    for one, on in ((client, True), (make(coach, None), False)):
        with one.websocket_connect("/v1/stream") as socket:
            assert ask(socket, type="hello")["records"] is on


def test_a_preview_stores_nothing(client: TestClient, tmp_path: Path) -> None:
    reply = client.post("/v1/records/preview", json=request(customer="ana@example.com"))
    assert reply.status_code == 200
    told = PreviewReply.model_validate(reply.json())
    assert told.record.failure == "damaged" and told.record.has_customer and told.days == 365
    assert "DE63" not in reply.text and "Smith" not in reply.text and "ana@" not in reply.text and "48213" in reply.text
    assert client.get("/v1/records").json() == {"records": []}


def test_what_is_stored_is_what_the_preview_showed(client: TestClient) -> None:
    body = request(edits={"cause": "stock", "note": "Rang Ana Smith."})
    preview = client.post("/v1/records/preview", json=body).json()["record"]
    stored = client.post("/v1/records", json=body)
    assert stored.status_code == 201
    values = stored.json()
    StoredModel.model_validate(values)
    assert {name: values[name] for name in preview} == preview and preview["note"] == "Rang [name]." and preview["cause"]["kind"] == "stock"
    assert client.get(f"/v1/records/{values['id']}").json() == values
    again = client.post("/v1/records", json=request(edits={"confirmed": True}))
    assert again.status_code == 200 and again.json()["id"] == values["id"] and again.json()["revision"] == 2
    assert again.json()["note"] == "Rang [name]." and again.json()["confirmed"] and again.json()["edited"] == ["cause", "confirmed", "note"]
    assert client.post("/v1/records/preview", json=request()).json()["record"]["note"] == "Rang [name].", "earlier edits are shown"


def test_a_record_is_edited(client: TestClient) -> None:
    id = client.post("/v1/records", json=request()).json()["id"]
    edits = {"because": "Ana Smith, ana@example.com", "prevention": ["New boxes."], "kept": [0], "confirmed": True}
    edited = client.patch(f"/v1/records/{id}", json=edits)
    assert edited.status_code == 200
    values = edited.json()
    assert values["cause"]["said"] == {"words": "[name], [email]", "turn": None, "at": None}
    assert values["prevention"] == [{"words": "New boxes.", "turn": None, "at": None}]
    assert values["promises"][0]["state"] == "kept" and values["confirmed"]
    assert client.get("/v1/records/due?before=2999-01-01T00:00:00Z").json() == {"follow_ups": [], "next": None}


@pytest.mark.parametrize("orders", ["keep", "mask"])
def test_an_edit_is_masked_as_it_would_have_been_at_first(coach: Coach, tmp_path: Path, orders: str) -> None:
    client = make(coach, tmp_path / "records.db", records_orders=orders)
    body = request(names=["Kowalska", "Bo Ek"], customer="C-1042")
    body["conversation"][0]["text"] = body["conversation"][0]["text"].replace("48213", "44118-77")
    note = "Kowalska (c-1042) rang about order 44118-77, then Bo Ek, then EK; ask Ana. It was AB-90210 too."
    texts = {"note": note, "because": note, "done": [note], "problem": note}
    first = client.post("/v1/records", json={**body, "edits": texts}).json()
    order, other = ("[order]", "[order]") if orders == "mask" else ("44118-77", "AB-90210")
    wanted = f"[name] ([customer]) rang about order {order}, then [name], then [name]; ask [name]. It was {other} too."
    assert first["note"] == wanted
    client.delete(f"/v1/records/{first['id']}")
    id = client.post("/v1/records", json=body).json()["id"]
    edited = client.patch(f"/v1/records/{id}", json=texts).json()
    assert (edited["note"], edited["cause"]["said"]["words"], edited["done"][0]["words"], edited["problem"]["words"]) == (wanted,) * 4
    again = client.post("/v1/records", json=request()).json()
    assert again["id"] == id and client.patch(f"/v1/records/{id}", json={"note": note}).json()["note"] == wanted, (
        "names told once stay hidden"
    )
    stored = b"".join(file.read_bytes() for file in tmp_path.glob("records.db*")).lower()
    assert b"kowalska" not in stored and b"c-1042" not in stored and (orders == "keep" or b"44118-77" not in stored)


def test_what_was_masked_stays_masked_whatever_the_setting_is_later(coach: Coach, tmp_path: Path) -> None:
    id = make(coach, tmp_path / "records.db", records_orders="mask").post("/v1/records", json=request()).json()["id"]
    later = make(coach, tmp_path / "records.db")
    assert later.patch(f"/v1/records/{id}", json={"note": "Order 48213, and 99871."}).json()["note"] == "Order [order], and 99871."


def test_lists_and_filters(client: TestClient) -> None:
    ana = client.post("/v1/records", json=request("one", customer="ana")).json()
    bob = client.post("/v1/records", json=request("two", customer="bob")).json()
    every = RecordsReply.model_validate(client.get("/v1/records").json()).records
    assert {one.id for one in every} == {ana["id"], bob["id"]}
    assert [one["id"] for one in client.get("/v1/records", params={"customer": "ANA"}).json()["records"]] == [ana["id"]]
    assert client.get("/v1/records?due_before=2026-03-01T00:00:00Z").json() == {"records": []}
    assert len(client.get("/v1/records?due_before=2026-03-31T00:00:00Z").json()["records"]) == 2
    assert len(client.get("/v1/records?limit=1&offset=1").json()["records"]) == 1
    [seen] = bob["seen_before"]["records"]
    assert (seen["id"], seen["by"]) == (ana["id"], "order")


def test_follow_ups_as_a_list_and_as_a_calendar(client: TestClient) -> None:
    id = client.post("/v1/records", json=request()).json()["id"]
    [due] = DueReply.model_validate(client.get("/v1/records/due").json()).follow_ups
    assert due.record == id and due.words == "I'll write to you on Thursday, [name], to check that all is well."
    assert client.get("/v1/records/due?before=2026-03-03T00:00:00Z").json() == {"follow_ups": [], "next": None}
    reply = client.get("/v1/records/due.ics?since=2026-03-01T00:00:00Z&before=2026-04-01T00:00:00Z")
    assert reply.headers["content-type"].startswith("text/calendar") and f"UID:{id}-0@reply-coach" in reply.text


@pytest.fixture
def crowd(coach: Coach, tmp_path: Path) -> tuple[TestClient, str]:
    """A service with 1,001 overdue follow-ups and one that is due tomorrow; and the record of that one."""
    store = Store.open(f"sqlite:///{tmp_path / 'records.db'}", SECRET)
    now = utc_now()
    for ticket in range(77):
        late = tuple(FollowUp(Said("I'll write.", 1), now - timedelta(days=3, minutes=number), "open") for number in range(13))
        store.save(f"late {ticket}", record(promises=late), (), None)
    soon, _ = store.save("soon", record("soon", due=now + timedelta(days=1)), (), None)
    settings = Settings(records=f"sqlite:///{tmp_path / 'records.db'}", records_secret=SecretStr(SECRET))
    return TestClient(create_app(settings, coach, store=store), base_url="http://127.0.0.1:8765"), soon.id


def test_what_comes_is_told_however_much_is_overdue(crowd: tuple[TestClient, str]) -> None:
    client, soon = crowd
    first = client.get("/v1/records/due").json()
    DueReply.model_validate(first)
    rest = client.get("/v1/records/due", params={"after": first["next"]}).json()
    assert len(first["follow_ups"]) == 1000 and [one["record"] for one in rest["follow_ups"]][1:] == [soon] and rest["next"] is None
    page = client.get("/v1/records/due", params={"limit": 2, "since": utc_now().isoformat()}).json()
    assert [one["record"] for one in page["follow_ups"]] == [soon] and page["next"] is None
    exact = client.get("/v1/records/due", params={"limit": 1, "since": utc_now().isoformat()}).json()
    assert exact["next"] is None, "a full page that is the last"
    assert f"UID:{soon}-0@reply-coach" in client.get("/v1/records/due.ics").text
    for query in ("after=x", "after=2026-99-01T00:00:00Z_" + "0" * 32 + "_0", "limit=0", "limit=1001"):
        error(client.get(f"/v1/records/due?{query}"), 422, "bad_message")
    told = error(client.get("/v1/records/due.ics?since=2000-01-01T00:00:00Z"), 422, "bad_message")
    assert "400 days" in told


def test_deletion(client: TestClient) -> None:
    one = client.post("/v1/records", json=request("one", customer="ana")).json()["id"]
    client.post("/v1/records", json=request("two", customer="ana"))
    assert client.delete(f"/v1/records/{one}").json() == {"deleted": 1}
    error(client.delete(f"/v1/records/{one}"), 404, "not_found")
    error(client.get(f"/v1/records/{one}"), 404, "not_found")
    error(client.patch(f"/v1/records/{one}", json={}), 404, "not_found")
    assert client.delete("/v1/records", params={"customer": "Ana"}).json() == {"deleted": 1}
    assert client.get("/v1/records").json() == {"records": []}
    error(client.delete("/v1/records"), 422, "bad_message")
    error(client.delete("/v1/records?customer=%20"), 422, "bad_message")


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"", 400, "bad_json"),
        (b"{}", 422, "bad_message"),
        (b'{"id": "x"}', 422, "bad_message"),
        (json.dumps({**request(), "id": " "}).encode(), 422, "bad_message"),
        (json.dumps({**request(), "id": 7}).encode(), 422, "bad_message"),
        (json.dumps({**request(), "customer": "c" * 501}).encode(), 422, "bad_message"),
        (json.dumps({**request(), "edits": {"cause": "magic"}}).encode(), 422, "bad_message"),
        (json.dumps({**request(), "edits": {"note": "n" * 2001}}).encode(), 422, "bad_message"),
        (json.dumps({**request(), "conversation": [{"role": "customer", "text": "Hello, are you open?"}]}).encode(), 409, "no_failure"),
        (json.dumps({**request(), "conversation": [{"role": "agent", "text": ""}] * 201}).encode(), 413, "too_long"),
        (b'{"id": "' + b"x" * 300_000 + b'"}', 413, "too_long"),
    ],
)
def test_bodies_that_cannot_be_taken(client: TestClient, body: bytes, status: int, code: str) -> None:
    for path in ("/v1/records", "/v1/records/preview"):
        assert "xxx" not in error(client.post(path, content=body), status, code)


@pytest.mark.parametrize(("method", "path"), ENDPOINTS)
def test_a_key_is_needed_where_keys_are_set(coach: Coach, tmp_path: Path, method: str, path: str) -> None:
    client = make(coach, tmp_path / "records.db", keys=KEY)
    error(client.request(method, path), 401, "unauthorized")
    error(client.request(method, path, headers={"origin": "https://evil.example", "x-api-key": KEY}), 403, "bad_origin")
    assert client.get("/v1/records", headers={"x-api-key": KEY}).status_code == 200


def test_a_database_that_fails_is_told_and_logged_without_text(
    coach: Coach, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    store = Store.open(f"sqlite:///{tmp_path / 'records.db'}", SECRET)
    settings = Settings(records=f"sqlite:///{tmp_path / 'records.db'}", records_secret=SecretStr(SECRET))
    client = TestClient(create_app(settings, coach, store=store), base_url="http://127.0.0.1:8765")

    def fail(*_: Any) -> None:
        raise OperationalError(f"insert {BROKEN}", {}, Exception("disk full"))

    monkeypatch.setattr(store, "_write", fail)
    error(client.post("/v1/records", json=request()), 503, "records_unavailable")
    assert "cracked" not in caplog.text and "records_failed" in caplog.text
    monkeypatch.undo()
    assert client.get("/v1/records").json() == {"records": []}, "nothing half done is left"
    assert client.post("/v1/records", json=request()).status_code == 201


def test_a_store_that_cannot_be_opened_stops_the_start(coach: Coach, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a database, but long enough to look like a file " * 20)
    with pytest.raises(RecordsError, match="cannot be used"):
        make(coach, tmp_path / "file")


def test_openapi_describes_the_records(client: TestClient) -> None:
    document = client.get("/openapi.json").json()
    assert {path for _, path in ENDPOINTS if "?" not in path and "000" not in path} <= set(document["paths"])
    body = document["paths"]["/v1/records"]["post"]["requestBody"]["content"]["application/json"]["schema"]["$ref"]
    assert body.rpartition("/")[2] in document["components"]["schemas"]
