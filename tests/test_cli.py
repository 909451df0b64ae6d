from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from rich.cells import cell_len
from typer.testing import CliRunner

from coach import text_report
from coach.cli import app
from coach.inputs import LOCAL, Source, defaults, read
from tests.reviews import finding, review

SIGNOFF = "Is there anything else I can help you with?"
ASKED_TOO_EARLY = {"draft": "What is your order number?", "conversation": [{"role": "customer", "text": "My parcel came broken!"}]}
Run = Callable[..., Any]
COMMAND = [sys.executable, "-m", "coach"]


@pytest.fixture
def coach() -> Run:
    runner = CliRunner()
    return lambda *arguments, stdin=None: runner.invoke(app, [str(a) for a in arguments], input=stdin, catch_exceptions=False)


def test_text_report_of_a_file(coach: Run, tmp_path: Path) -> None:
    file = tmp_path / "reply.md"
    file.write_text(f"Hi Ana,\n\n\tThanks 😀. {SIGNOFF}\n", "utf-8")
    result = coach("lint", file, "--language", "en")
    assert result.exit_code == 0 and "\x1b" not in result.stdout
    head, line, carets, why, *rest = result.stdout.splitlines()
    assert head.startswith(f"{file}:3:12: warning generic-signoff: ")
    assert line == f"    3 |     Thanks 😀. {SIGNOFF}"
    column = cell_len(line[: line.index("Is there")])
    assert carets.startswith("      | " + " " * (column - 8) + "^^^^") and why.startswith("      why: ")
    assert any(wording.startswith("      try: ") for wording in rest)
    assert rest[-1] == "1 draft: 1 warning"


def test_exit_codes(coach: Run, tmp_path: Path) -> None:
    file = tmp_path / "draft.json"
    file.write_text(json.dumps(ASKED_TOO_EARLY))
    assert coach("lint", file).exit_code == 1
    assert coach("lint", "-", stdin="I'm sorry about that.").exit_code == 0
    both = coach("lint", file, tmp_path / "nothing.txt")
    assert both.exit_code == 2 and "premature-question" in both.stdout and "nothing.txt: no such file" in both.stderr


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.json", b'{\n "draft": }', "a.json:2:11: not JSON"),
        ("a.json", b'[{"draft": "x"}, {"text": "y"}]', "a.json[1]: draft: field required"),
        ("a.json", b"[" * 100_000, "a.json: not usable: nested too deep"),
        ("a.json", b'{"draft": "\\ud800"}', "a.json: text must be Unicode"),
        ("a.jsonl", b'{"draft": "x"}\n{"draft": 1}\n', "a.jsonl:2: draft: "),
        ("a.txt", b"caf\xe9", "a.txt: not UTF-8 text (byte 3)"),
        ("a.txt", b"a\0b", "a.txt: draft: text must not hold NUL"),
        ("a.txt", b"x" * (LOCAL.draft_chars + 1), "a.txt: a draft has at most"),
    ],
)
def test_bad_files_are_told_with_their_place(coach: Run, tmp_path: Path, name: str, content: bytes, message: str) -> None:
    (tmp_path / name).write_bytes(content)
    result = coach("lint", tmp_path / name)
    assert result.exit_code == 2 and f"coach: {tmp_path}/{message}" in result.stderr


@pytest.mark.parametrize(
    "arguments",
    [[], ["--jsonl", "x.txt"], ["--jsonl", "--format", "json"], ["-", "--language", "de"], ["-", "--format", "xml"], ["-", "--nonsense"]],
)
def test_misuse(coach: Run, arguments: list[str]) -> None:
    result = coach("lint", *arguments, stdin="x")
    assert result.exit_code == 2 and result.stderr and result.stdout == ""


@pytest.mark.parametrize("content", ["{}", '[{"role": "boss", "text": "x"}]', "nonsense", None])
def test_a_bad_conversation_is_misuse(coach: Run, tmp_path: Path, content: str | None) -> None:
    file = tmp_path / "talk.json"
    if content is not None:
        file.write_text(content)
    result = coach("lint", "-", "--conversation", file, stdin="x")
    assert result.exit_code == 2 and f"coach: {file}" in result.stderr and result.stdout == ""


def test_options_fill_what_a_request_leaves_out(tmp_path: Path) -> None:
    talk, file = tmp_path / "talk.json", tmp_path / "drafts.jsonl"
    talk.write_text(json.dumps([{"role": "customer", "text": "Broken!"}]))
    file.write_text('{"draft": "a"}\n\n{"draft": "b", "language": "pl", "closing": false, "conversation": [], "id": 7}\n')
    first, second = read(str(file), defaults("tr", True, str(talk)))
    assert isinstance(first, Source) and isinstance(second, Source)
    assert (first.draft.language, first.draft.closing, first.draft.conversation[0].text) == ("tr", True, "Broken!")
    assert (second.draft.language, second.draft.closing, second.draft.conversation) == ("pl", False, ())
    assert (first.name, second.name, second.line) == (f"{file}:1", f"{file}:3 (7)", 3)


def test_json(coach: Run) -> None:
    result = coach("lint", "-", "--format", "json", "--language", "en", stdin=f"😀 {SIGNOFF}")
    (told,) = json.loads(result.stdout)["drafts"]
    assert told["file"] == "-" and told["review"]["findings"][0]["span"]["start"] == 3, "UTF-16"


def test_sarif_command(coach: Run) -> None:
    run = json.loads(coach("lint", "-", "--format", "sarif", "--language", "en", stdin=SIGNOFF).stdout)["runs"][0]
    rules = run["tool"]["driver"]["rules"]
    assert all(rules[result["ruleIndex"]]["id"] == result["ruleId"] for result in run["results"])
    assert [result["ruleId"] for result in run["results"]] == ["generic-signoff"]


def test_jsonl_streams_and_a_closed_pipe_is_quiet() -> None:
    line = b'{"id": 1, "language": "en", "draft": "Hello."}\n'
    with subprocess.Popen([*COMMAND, "lint", "--jsonl"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdin and process.stdout and process.stderr
        process.stdin.write(line)
        process.stdin.flush()
        assert json.loads(process.stdout.readline())["id"] == 1, "answered before the input ends"
        process.stdout.close()
        try:
            process.stdin.write(line * 50)
            process.stdin.close()
        except BrokenPipeError:
            pass
        process.wait(timeout=60)
        assert process.stderr.read() == b""


def test_colour_is_for_terminals_only() -> None:
    done = subprocess.run([*COMMAND, "lint", "-", "--language", "en"], input=SIGNOFF, capture_output=True, encoding="utf-8", timeout=60)
    assert done.returncode == 0 and "\x1b" not in done.stdout
    blocks = text_report.blocks("a", "abc", review(finding(span=(0, 3))), everything=True, width=80, paint=text_report.coloured)
    assert "\x1b[33;1mwarning\x1b[0m" in next(iter(blocks))


def test_rules(coach: Run) -> None:
    assert "generic-signoff" in coach("rules", "--language", "en").stdout
    told = json.loads(coach("rules", "--format", "json").stdout)["rules"]
    assert {"id", "family", "step", "severity", "language", "summary", "why", "source", "examples"} == set(told[0])
    assert coach("rules", "--check").exit_code == 2


def test_eval(coach: Run, tmp_path: Path) -> None:
    file = tmp_path / "labelled.jsonl"
    flags = [{"flag": "generic-signoff", "quote": SIGNOFF}]
    file.write_text(json.dumps({"id": "a", "language": "en", "draft": SIGNOFF, "flags": flags, "complaint": False}) + "\n")
    values = json.loads(coach("eval", file, "--format", "json").stdout)
    assert values["families"]["generic-signoff"]["right"] == 1 and values["complaint"]["share"] == 1
    assert "micro" in coach("eval", file, "--errors", "3", "--visible").stdout
    file.write_text("{}\n")
    refused = coach("eval", file)
    assert refused.exit_code == 2 and f"{file}:1: draft: field required" in refused.stderr


def test_serve_refuses_bad_settings(coach: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COACH_PORT", "many")
    monkeypatch.setitem(os.environ, "COACH_CONFIG", "")
    assert "COACH_PORT" in coach("serve").stderr
    result = coach("serve", "--port", "1", "--config", tmp_path / "none.toml")
    assert result.exit_code == 2 and "none.toml" in result.stderr


def test_help_needs_no_engine() -> None:
    code = "import sys; from coach.cli import app; assert 'spacy' not in sys.modules and 'fastapi' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)
