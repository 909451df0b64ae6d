from __future__ import annotations

import csv
import gzip
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from coach.audit.read import Conversation, Reject, conversations
from coach.audit.replies import Reply, ending, replies
from coach.audit.report import FILES
from coach.audit.run import audit
from coach.cli import app
from coach.inputs import InputError
from coach.types import Draft, Review
from tests.reviews import finding, review

SIGNOFF = "Is there anything else I can help you with?"
TALK: dict[str, Any] = {
    "id": "c1",
    "lang": "en",
    "turns": [
        {"role": "customer", "text": "My parcel never came.", "ts": "2026-03-01T10:00:00Z"},
        {"role": "agent", "text": "We got your message.", "automatic": True},
        {"role": "agent", "text": "I'm sorry that your parcel never came.", "at": "2026-03-01T11:00:00Z"},
        {"role": "customer", "text": "And now?", "ts": None},
        {"role": "agent", "text": "Note: check the depot.", "internal": True},
        {"role": "agent", "text": "  "},
        {"role": "agent", "text": SIGNOFF},
        {"role": "agent", "text": "Closed.", "automatic": True},
    ],
}


def written(folder: Path, *lines: Any) -> Path:
    file = folder / "talks.jsonl"
    file.write_text("".join((line if isinstance(line, str) else json.dumps(line)) + "\n" for line in lines), "utf-8")
    return file


def rows(folder: Path, name: str = "findings.jsonl") -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / name).read_text("utf-8").splitlines()]


def one(file: Path) -> Conversation:
    (read,) = conversations(file)
    assert isinstance(read, Conversation)
    return read


def test_reading_takes_both_names_of_time_and_language(tmp_path: Path) -> None:
    talk = one(written(tmp_path, TALK))
    assert (talk.id, talk.language, talk.line) == ("c1", "en", 1)
    assert [turn.at is not None for turn in talk.turns] == [True, False, True, False, False, False, False, False]
    assert talk.turns[1].automatic and talk.turns[4].internal


@pytest.mark.parametrize(
    ("given", "language"), [({"language": "pl-PL"}, "pl"), ({"lang": "TR"}, "tr"), ({"lang": None}, "auto"), ({}, "auto")]
)
def test_language(tmp_path: Path, given: dict[str, Any], language: str) -> None:
    assert one(written(tmp_path, {"id": 7, "turns": [{"role": "agent", "text": "x"}], **given})).language == language


def test_gzip(tmp_path: Path) -> None:
    file = tmp_path / "talks.jsonl.gz"
    file.write_bytes(gzip.compress(json.dumps(TALK).encode()))
    assert one(file).id == "c1"
    file.write_bytes(gzip.compress(json.dumps(TALK).encode())[:-20])
    with pytest.raises(InputError, match=r"talks\.jsonl\.gz: "):
        list(conversations(file))


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("{", "not JSON"),
        ("[]", "not a JSON object"),
        ("[" * 100_000, "nested too deep"),
        ('{"turns": []}', "id: "),
        ('{"id": true, "turns": []}', "id: "),
        ('{"id": "x"}', "turns: "),
        ('{"id": "x", "turns": []}', "turns: "),
        ('{"id": "x", "turns": ["hi"]}', "turns.0: "),
        ('{"id": "x", "turns": [{"role": "boss", "text": "secret"}]}', "turns.0.role: "),
        ('{"id": "x", "turns": [{"role": "agent"}]}', "turns.0.text: "),
        ('{"id": "x", "turns": [{"role": "agent", "text": "secret \\ud800"}]}', "text must be Unicode"),
        ('{"id": "x", "turns": [{"role": "agent", "text": "secret", "ts": "yesterday"}]}', "turns.0.at: "),
        ('{"id": "x", "lang": "de", "turns": [{"role": "agent", "text": "secret"}]}', "language: "),
        ('{"id": "c1", "turns": [{"role": "agent", "text": "secret"}]}', "id: the same as on line 1"),
    ],
)
def test_bad_lines_are_rejected_without_their_text(tmp_path: Path, line: str, reason: str) -> None:
    first, second, third = conversations(written(tmp_path, TALK, line, {**TALK, "id": "c3"}))
    assert isinstance(second, Reject)
    assert second.line == 2 and reason in second.reason and "secret" not in second.reason
    assert isinstance(first, Conversation) and isinstance(third, Conversation)


def test_bytes_that_are_no_text_are_rejected(tmp_path: Path) -> None:
    file = tmp_path / "talks.jsonl"
    file.write_bytes(b'{"id": "\xff"}\n\n' + json.dumps(TALK).encode())
    first, second = conversations(file)
    assert isinstance(first, Reject) and first.line == 1 and "UTF-8" in first.reason
    assert isinstance(second, Conversation) and second.line == 3


def test_every_reply_has_its_own_context_time_and_closing(tmp_path: Path) -> None:
    talk = one(written(tmp_path, TALK))
    first, second = (item for item in replies(talk, "en") if isinstance(item, Reply))
    assert [item for item in replies(talk, "en") if not isinstance(item, Reply)] == ["automatic", "internal", "empty", "automatic"]
    assert (first.turn, first.draft.at, first.draft.closing) == (2, talk.turns[2].at, False)
    assert first.draft.conversation == talk.turns[:2]
    assert (second.turn, second.draft.at, second.draft.closing) == (6, talk.turns[2].at, True), "dated by the last dated turn"
    assert ending(talk, "en") == Draft("", "en", talk.turns, at=talk.turns[2].at)


def test_a_reply_is_not_closing_when_the_customer_speaks_last(tmp_path: Path) -> None:
    turns = [{"role": "agent", "text": "Hi."}, {"role": "customer", "text": "Hello?"}]
    (reply,) = replies(one(written(tmp_path, {"id": "x", "turns": turns})), "auto")
    assert isinstance(reply, Reply) and not reply.draft.closing


def fake(draft: Draft) -> Review:
    """Finds a sign-off, and something missing when the draft closes; every conversation failed and got to the apology."""
    findings = [finding(span=(0, 3), wording="x")] if draft.text == SIGNOFF else []
    if draft.closing:
        findings.append(finding("missing-follow-up", None, "hint", visible=False))
    return review(*findings, failure=True, reached=("acknowledge", "apologise", "solve"))


def test_tables_and_summary(tmp_path: Path) -> None:
    out = tmp_path / "out"
    summary = audit(written(tmp_path, TALK, "{", {**TALK, "id": "=c2"}), out, fake)
    assert sorted(path.name for path in out.iterdir()) == sorted(FILES)
    found = rows(out)
    assert [(row["conversation"], row["turn"], row["family"], row["start"], row["end"]) for row in found] == [
        ("c1", 6, "generic-signoff", 0, 3),
        ("c1", 6, "missing-follow-up", None, None),
        ("=c2", 6, "generic-signoff", 0, 3),
        ("=c2", 6, "missing-follow-up", None, None),
    ]
    with (out / "findings.csv").open(encoding="utf-8", newline="") as file:
        cells = list(csv.DictReader(file))
    assert [cell["conversation"] for cell in cells] == ["c1", "c1", "'=c2", "'=c2"], "no cell is a formula"
    assert (cells[1]["start"], cells[1]["visible"], cells[0]["visible"]) == ("", "false", "true")
    assert rows(out, "rejects.jsonl")[0]["line"] == 2
    values = json.loads((out / "summary.json").read_text("utf-8"))
    assert values == json.loads(json.dumps(summary.values()))
    assert (values["conversations"], values["replies"], values["rejected_lines"], values["turns"]) == (2, 4, 1, 16)
    assert values["families"]["generic-signoff"] == {"findings": 2, "replies": 2, "per_100_replies": 50.0}
    assert values["skipped_agent_turns"] == {"automatic": 4, "empty": 2, "internal": 2}
    assert values["with_failure"] == 2
    assert values["funnel"]["apologise"] == {"reached": 2, "with_all_before": 2}
    assert values["funnel"]["solve"] == {"reached": 2, "with_all_before": 0}
    text = "\n".join(summary.text())
    assert "2 conversations, 16 turns, 4 replies reviewed" in text and "50.0" in text


def test_text_is_stored_only_on_demand(tmp_path: Path) -> None:
    file = written(tmp_path, TALK)
    audit(file, tmp_path / "without", fake)
    stored = "".join(path.read_text("utf-8") for path in (tmp_path / "without").iterdir())
    assert all(turn["text"].strip() not in stored for turn in TALK["turns"] if turn["text"].strip())
    assert "text" not in rows(tmp_path / "without")[0]
    audit(file, tmp_path / "with", fake, with_text=True)
    assert [row["text"] for row in rows(tmp_path / "with")] == ["Is ", None]


def test_a_failing_review_costs_one_conversation(tmp_path: Path) -> None:
    def fails(draft: Draft) -> Review:
        if any(turn.text == "boom" for turn in draft.conversation):
            raise ZeroDivisionError("secret")
        return fake(draft)

    bad = {"id": "bad", "turns": [*TALK["turns"], {"role": "customer", "text": "boom"}]}
    out = tmp_path / "out"
    summary = audit(written(tmp_path, bad, TALK), out, fails)
    assert (summary.conversations, summary.replies, summary.rejected) == (1, 2, 1)
    assert rows(out, "rejects.jsonl") == [{"line": 1, "reason": "the review failed: ZeroDivisionError"}]


def test_nothing_is_left_of_an_interrupted_audit(tmp_path: Path) -> None:
    def stops(draft: Draft) -> Review:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        audit(written(tmp_path, TALK), tmp_path / "out", stops)
    assert list((tmp_path / "out").iterdir()) == []


def test_offsets_are_utf16(tmp_path: Path) -> None:
    talk = {"id": "x", "turns": [{"role": "agent", "text": "😀 hello"}]}
    audit(written(tmp_path, talk), tmp_path / "out", lambda draft: review(*([finding(span=(2, 7))] if draft.text else [])), with_text=True)
    assert [(row["start"], row["end"], row["text"]) for row in rows(tmp_path / "out")] == [(3, 8, "hello")]


def test_progress_ends_at_the_size_of_the_file(tmp_path: Path) -> None:
    file, told = written(tmp_path, TALK, {**TALK, "id": "c2"}), list[tuple[int, int]]()
    audit(file, tmp_path / "out", fake, progress=lambda read, replies: told.append((read, replies)))
    assert told[-1] == (file.stat().st_size, 4)


@pytest.fixture
def coach() -> Callable[..., Any]:
    runner = CliRunner()
    return lambda *arguments: runner.invoke(app, ["audit", *map(str, arguments)], catch_exceptions=False)


def test_command(tmp_path: Path, coach: Callable[..., Any]) -> None:
    out = tmp_path / "out"
    result = coach(written(tmp_path, TALK), "--out", out)
    assert result.exit_code == 0, result.output
    assert "1 conversations, 8 turns, 2 replies reviewed" in result.stdout and result.stderr == ""
    assert [row["family"] for row in rows(out)].count("generic-signoff") == 1


def test_a_folder_with_something_in_it_needs_force(tmp_path: Path, coach: Callable[..., Any]) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / "mine.txt").write_text("keep")
    file = written(tmp_path, TALK)
    refused = coach(file, "--out", out)
    assert refused.exit_code == 2 and "is not empty" in refused.stderr and "--force" in refused.stderr
    assert coach(file, "--out", out, "--force").exit_code == 0
    assert (out / "mine.txt").read_text() == "keep"


@pytest.mark.parametrize(("name", "message"), [("nothing.jsonl", "no such file"), (".", "is a directory")])
def test_misuse(tmp_path: Path, coach: Callable[..., Any], name: str, message: str) -> None:
    result = coach(tmp_path / name, "--out", tmp_path / "out")
    assert result.exit_code == 2 and message in result.stderr
    assert not (tmp_path / "out").exists()


def test_out_may_not_be_a_file(tmp_path: Path, coach: Callable[..., Any]) -> None:
    file = written(tmp_path, TALK)
    result = coach(file, "--out", file)
    assert result.exit_code == 2 and "is not a directory" in result.stderr
