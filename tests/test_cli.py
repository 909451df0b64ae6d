from __future__ import annotations

import json
import os
import subprocess
import sys
import tracemalloc
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from rich.cells import cell_len
from typer.testing import CliRunner

from coach import sarif, text_report
from coach.cli import app
from coach.inputs import LOCAL, Source, defaults, read
from coach.jsonl import answer, converse
from coach.types import Draft, Review
from tests.reviews import finding, review

SIGNOFF = "Is there anything else I can help you with?"
ASKED_TOO_EARLY = {"draft": "What is your order number?", "conversation": [{"role": "customer", "text": "My parcel came broken!"}]}
Run = Callable[..., Any]
COMMAND = [sys.executable, "-m", "coach"]


@pytest.fixture
def coach() -> Run:
    runner = CliRunner()
    return lambda *arguments, stdin=None: runner.invoke(app, [str(a) for a in arguments], input=stdin, catch_exceptions=False)


def quiet(draft: Draft) -> Review:
    return review()


def replies(sent: bytes, answered: Callable[[Draft], Review] = quiet) -> list[dict[str, Any]]:
    sink = BytesIO()
    converse(BytesIO(sent), sink, answered)
    return [json.loads(line) for line in sink.getvalue().splitlines()]


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


def test_quiet_findings_are_shown_on_demand() -> None:
    reviewed = review(finding(span=(0, 3), visible=False), step="solve")
    tell = [list(text_report.blocks("a.txt", "abc", reviewed, everything=every, width=80)) for every in (False, True)]
    assert tell[0] == ["a.txt: next: solve: Advice.", ""]
    assert tell[1][0] == "a.txt:1:1: warning (quiet) generic-signoff-rule: Message."
    tally = text_report.Tally()
    tally.add(reviewed, everything=False)
    assert tally.line() == "1 draft: nothing to say; 1 quiet finding (--all shows it)"


@pytest.mark.parametrize(
    ("line", "span", "shown", "carets"),
    [
        ("abc", (1, 2), "abc", " ^"),
        ("a\tb", (2, 3), "a   b", "    ^"),
        ("\t\tab", (1, 3), "        ab", "    ^^^^^"),
        ("漢字 x", (3, 4), "漢字 x", "     ^"),
        ("漢字 x", (0, 2), "漢字 x", "^^^^"),
        ("👩‍👩‍👧 x", (6, 7), "👩‍👩‍👧 x", "   ^"),
        ("e\u0301 x", (3, 4), "e\u0301 x", "  ^"),
        ("a\x1b[31mb", (6, 7), "a·[31mb", "      ^"),
        ("ab", (2, 2), "ab", "  ^"),
    ],
)
def test_underlines_count_cells(line: str, span: tuple[int, int], shown: str, carets: str) -> None:
    assert text_report.underlined(line, *span, width=80) == (shown, carets)


@pytest.mark.parametrize("span", [(0, 5), (200, 210), (395, 400), (100, 300), (0, 400)])
def test_long_lines_are_cut_around_the_span(span: tuple[int, int]) -> None:
    line = "".join(f"{number:04d}" for number in range(100))
    shown, carets = text_report.underlined(line, *span, width=60)
    assert cell_len(shown) <= 60 and cell_len(carets) <= cell_len(shown)
    marked = shown[carets.index("^") :][: carets.count("^")]
    assert line[span[0] : span[1]].startswith(marked.rstrip("…")) and marked.strip("…")


def test_a_span_over_lines_is_underlined_on_each() -> None:
    lines = list(text_report.blocks("a", "one\r\n\r\ntwo three", review(finding(span=(1, 10))), everything=True, width=80))
    assert lines[1:5] == ["    1 | one", "      |  ^^", "    3 | two three", "      | ^^^"]


def test_json(coach: Run) -> None:
    result = coach("lint", "-", "--format", "json", "--language", "en", stdin=f"😀 {SIGNOFF}")
    (told,) = json.loads(result.stdout)["drafts"]
    assert told["file"] == "-" and told["review"]["findings"][0]["span"]["start"] == 3, "UTF-16"


def test_sarif_of_a_text_file() -> None:
    text = "😀 one\n😀 two"
    source = Source("dir/a b.txt", "dir/a b.txt", Draft(text), whole_file=True)
    found = finding("excuse", (8, 11), "error", wording="2")
    log = sarif.log([(source, review(found, finding(span=None, severity="hint", visible=False)))], [], "1", everything=True)
    run = log["runs"][0]
    assert (log["version"], run["columnKind"]) == ("2.1.0", "utf16CodeUnits")
    assert run["artifacts"][0]["location"]["uri"] == "dir/a%20b.txt"
    first, second = run["results"]
    region = {"startLine": 2, "startColumn": 4, "endLine": 2, "endColumn": 7, "charOffset": 10, "charLength": 3}
    assert first["locations"][0]["physicalLocation"]["region"] == region
    assert first["fixes"][0]["artifactChanges"][0]["replacements"] == [{"deletedRegion": region, "insertedContent": {"text": "2"}}]
    assert (first["level"], second["level"]) == ("error", "note")
    assert "region" not in second["locations"][0]["physicalLocation"]
    assert len(sarif.log([(source, review(finding(visible=False)))], [], "1", everything=False)["runs"][0]["results"]) == 0


def test_sarif_of_a_request_points_to_its_line() -> None:
    source = Source("a.jsonl:3 (x)", "a.jsonl", Draft("one"), "x", 3)
    (result,) = sarif.log([(source, review(finding(span=(0, 3), wording="1")))], [], "1", everything=True)["runs"][0]["results"]
    place = result["locations"][0]
    assert place["physicalLocation"]["region"] == {"startLine": 3} and "fixes" not in result
    assert place["logicalLocations"][0]["fullyQualifiedName"] == "a.jsonl:3 (x)"
    assert place["properties"]["draftRegion"]["charLength"] == 3


def test_sarif_command(coach: Run) -> None:
    run = json.loads(coach("lint", "-", "--format", "sarif", "--language", "en", stdin=SIGNOFF).stdout)["runs"][0]
    rules = run["tool"]["driver"]["rules"]
    assert all(rules[result["ruleIndex"]]["id"] == result["ruleId"] for result in run["results"])
    assert [result["ruleId"] for result in run["results"]] == ["generic-signoff"]


def test_jsonl_answers_each_line_in_order() -> None:
    sent = b'\xef\xbb\xbf{"id": 1, "draft": "a"}\n\n  \n{"id": [2], "draft": ""}\r\n{"draft": "c"}'
    assert [(reply["id"], reply["review"]["language"]) for reply in replies(sent)] == [(1, "en"), ([2], "en"), (None, "en")]


@pytest.mark.parametrize(
    ("line", "id", "code"),
    [
        (b"nonsense", None, "bad_json"),
        (b"[]", None, "bad_message"),
        (b'{"id": "x"}', "x", "bad_message"),
        (b'{"id": "x", "draft": "a", "language": "de"}', "x", "bad_message"),
        (b'{"id": "x", "draft": "a\xff"}', None, None),
        (b'{"id": "x", "draft": "\\ud800"}', "x", "bad_text"),
        (b'{"id": "x", "draft": "a\\u0000"}', "x", "bad_text"),
        (b'{"id": 123456789012345678901234567890, "draft": "a"}', None, "bad_message"),
        (b'{"id": "\\ud800", "draft": 1}', None, None),
        (b'{"id": 1, "draft": ' + b"[" * 100_000, None, None),
        (b'{"id": 1, "draft": "' + b"a" * (LOCAL.draft_chars + 1) + b'"}', 1, "too_long"),
        (b'{"id": 1, "draft": "' + b"a" * (3 * LOCAL.message_bytes) + b'"}', None, "too_long"),
    ],
)
def test_a_bad_line_is_told_and_the_rest_goes_on(line: bytes, id: Any, code: str | None) -> None:
    before, bad, after = replies(b'{"id": "a", "draft": ""}\n' + line + b'\n{"id": "b", "draft": ""}\n')
    assert (before["id"], after["id"]) == ("a", "b") and "review" in before and "review" in after
    assert set(bad) == {"id", "error"} and bad["id"] == id
    assert bad["error"]["message"].startswith("line 2: ") and code in (None, bad["error"]["code"])


def test_a_failing_review_is_told() -> None:
    def fails(draft: Draft) -> Review:
        raise ZeroDivisionError("secret")

    assert json.loads(answer(b'{"id": 5, "draft": "secret"}', 9, fails)) == {
        "id": 5,
        "error": {"code": "internal", "message": "line 9: ZeroDivisionError"},
    }


def test_jsonl_needs_constant_memory() -> None:
    class Lines:
        """Thousands of requests that nobody holds at once."""

        left = 5_000

        def readline(self, limit: int) -> bytes:
            self.left -= 1
            return b'{"id": 1, "draft": "%s"}\n' % (b"word " * 20) if self.left >= 0 else b""

    class Sink:
        """Counts what it is given."""

        written = flushed = 0

        def write(self, data: bytes) -> None:
            self.written += data.count(b"\n")

        def flush(self) -> None:
            self.flushed += 1

    sink = Sink()
    tracemalloc.start()
    converse(Lines(), sink, quiet)  # type: ignore[arg-type]
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert (sink.written, sink.flushed) == (5_000, 5_000) and peak < 200_000


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
