from __future__ import annotations

import json
import tracemalloc
from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest

from coach.inputs import LOCAL
from coach.jsonl import answer, converse
from coach.types import Draft, Review
from tests.reviews import review


def quiet(draft: Draft) -> Review:
    return review()


def replies(sent: bytes, answered: Callable[[Draft], Review] = quiet) -> list[dict[str, Any]]:
    sink = BytesIO()
    converse(BytesIO(sent), sink, answered)
    return [json.loads(line) for line in sink.getvalue().splitlines()]


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
