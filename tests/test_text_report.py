from __future__ import annotations

import pytest
from rich.cells import cell_len

from coach import text_report
from tests.reviews import finding, review


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
