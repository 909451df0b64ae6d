"""One draft, one review: whichever way it comes in."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from typer.testing import CliRunner

from coach.app import create_app
from coach.cli import app
from coach.settings import Settings

BROKEN = [{"role": "customer", "text": "My order 48213 came with a cracked lid. This is the second time!!"}]
HAND_MADE: list[dict[str, Any]] = [
    {"draft": "Is there anything else I can help you with?", "conversation": [], "language": "en"},
    {"draft": "😀 Sorry! Is there anything else I can do for you today? 🎉", "conversation": BROKEN, "language": "en"},
    {"draft": "Could you send me your order number?", "conversation": BROKEN, "language": "auto"},
    {"draft": "Are you sure you packed it right? That was caused by our warehouse.", "conversation": BROKEN, "language": "en"},
    {"draft": "Done. Is there anything else I can help you with?", "conversation": BROKEN, "language": "en", "closing": True},
    {
        "draft": "We’ll replace it.\n\n> Is there anything else\n\nKind regards,\nAna",
        "conversation": BROKEN,
        "language": "en",
        "closing": True,
    },
    {
        "draft": "İyi günler, yardımcı olabileceğim başka bir konu var mı?",
        "conversation": [{"role": "customer", "text": "Siparişim kırık geldi 😡"}],
        "language": "tr",
    },
    {
        "draft": "Czy mogę jeszcze w czymś pomóc?",
        "conversation": [{"role": "customer", "text": "Paczka nie dotarła!"}],
        "language": "pl",
    },
    {
        "draft": "I'll look into it.",
        "conversation": [
            *BROKEN,
            {"role": "agent", "text": "Sorry about that.", "internal": True},
            {"role": "agent", "text": "Hi!", "automatic": True},
        ],
        "language": "en",
    },
]
LABELLED = Path(__file__).parent / "data" / "dev_en.jsonl"
KEYS = ("draft", "conversation", "language", "closing")


def drafts() -> list[dict[str, Any]]:
    lines = LABELLED.read_text("utf-8").splitlines()
    labelled = [{key: value for key, value in json.loads(line).items() if key in KEYS} for line in lines]
    return [{"closing": False, **draft} for draft in (*HAND_MADE, *labelled)]


DRAFTS = drafts()
Findings = list[list[dict[str, Any]]]


@pytest.fixture(scope="module")
def client() -> TestClient:
    return TestClient(create_app(Settings(burst=100_000, messages_per_second=100_000)))


@pytest.fixture(scope="module")
def rest(client: TestClient) -> Findings:
    answers = [client.post("/v1/lint", json=draft) for draft in DRAFTS]
    assert all(answer.status_code == 200 for answer in answers)
    return [answer.json()["findings"] for answer in answers]


def test_there_is_something_to_compare(rest: Findings) -> None:
    assert sum(map(bool, rest)) >= 6
    assert all(rest[index] for index in (0, 1, 2, 4))


def test_websocket(client: TestClient, rest: Findings) -> None:
    found = []
    with client.websocket_connect("/v1/stream") as socket:
        for rev, draft in enumerate(DRAFTS):
            socket.send_json({"type": "hello", "language": draft["language"], "conversation": draft["conversation"]})
            assert socket.receive_json()["type"] == "welcome"
            socket.send_json({"type": "draft", "rev": rev, "text": draft["draft"], "closing": draft["closing"], "full": True})
            while not (review := socket.receive_json()).get("full"):
                assert review["type"] == "review"
            assert review["rev"] == rev
            found.append(review["findings"])
    assert found == rest


def test_lint_jsonl(rest: Findings) -> None:
    sent = "".join(json.dumps({"id": number, **draft}) + "\n" for number, draft in enumerate(DRAFTS))
    done = subprocess.run(
        [sys.executable, "-m", "coach", "lint", "--jsonl"], input=sent, capture_output=True, encoding="utf-8", check=True, timeout=120
    )
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert [answer["id"] for answer in answers] == list(range(len(DRAFTS)))
    assert [answer["review"]["findings"] for answer in answers] == rest


def test_lint_file(rest: Findings, tmp_path: Path) -> None:
    file = tmp_path / "drafts.json"
    file.write_text(json.dumps(DRAFTS), "utf-8")
    result = CliRunner().invoke(app, ["lint", str(file), "--format", "json"], catch_exceptions=False)
    assert [draft["review"]["findings"] for draft in json.loads(result.stdout)["drafts"]] == rest


def test_audit(rest: Findings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    file, out = tmp_path / "talks.jsonl", tmp_path / "out"
    with file.open("w", encoding="utf-8") as lines:
        for number, draft in enumerate(DRAFTS):
            after = [] if draft["closing"] else [{"role": "customer", "text": "ok"}]
            turns = [*draft["conversation"], {"role": "agent", "text": draft["draft"]}, *after]
            lines.write(json.dumps({"id": number, "language": draft["language"], "turns": turns}) + "\n")
    result = CliRunner().invoke(
        app, ["audit", str(file), "--out", str(out), "--format", "jsonl", "--processes", "1"], catch_exceptions=False
    )
    assert result.exit_code == 0 and (out / "rejects.jsonl").read_text() == ""
    found: Findings = [[] for _ in DRAFTS]
    for line in (out / "findings.jsonl").read_text("utf-8").splitlines():
        row = json.loads(line)
        number = int(row["conversation"])
        if row["turn"] == len(DRAFTS[number]["conversation"]):
            found[number].append(row)
    told = ("rule", "family", "step", "severity", "visible", "confidence")
    expected = [
        [{**{key: f[key] for key in told}, "start": (f["span"] or {}).get("start"), "end": (f["span"] or {}).get("end")} for f in findings]
        for findings in rest
    ]
    assert [[{key: row[key] for key in (*told, "start", "end")} for row in rows] for rows in found] == expected
