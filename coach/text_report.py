"""Findings for people: where, what, why and better wordings, with the words underlined."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from rich.cells import cell_len

from coach.types import Finding, Review, Span, Suggestion

TAB = 4
_COLOURS = {"error": "31;1", "warning": "33;1", "hint": "36;1", "name": "1", "quiet": "2"}

Paint = Callable[[str, str], str]


def plain(text: str, style: str) -> str:
    """`text` without colour."""
    return text


def coloured(text: str, style: str) -> str:
    """`text` in the colour of `style`: a severity, `name` or `quiet`."""
    return f"\x1b[{_COLOURS[style]}m{text}\x1b[0m"


class Lines:
    """Line and column (both from 1) of code-point offsets in one text; lines end in `\\n` or `\\r\\n`."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._starts = [0, *(index + 1 for index, char in enumerate(text) if char == "\n")]

    def place(self, offset: int) -> tuple[int, int]:
        """Line and column of `offset`, in code points."""
        line = bisect_right(self._starts, offset)
        return line, offset - self._starts[line - 1] + 1

    def start(self, line: int) -> int:
        """The offset at which `line` begins."""
        return self._starts[line - 1]

    def line(self, number: int) -> str:
        """The text of a line without its end."""
        start = self._starts[number - 1]
        end = self._starts[number] - 1 if number < len(self._starts) else len(self.text)
        return self.text[start:end].removesuffix("\r")


def shown(text: str, column: int = 0) -> str:
    """`text` as a terminal can show it: tabs as blanks from cell `column` on, control characters as `·`, so none acts."""
    parts: list[str] = []
    for char in text:
        if char == "\t":
            parts.append(" " * (TAB - (column + cell_len("".join(parts))) % TAB))
        elif char.isprintable() or char in "\u200d\ufe0f":
            parts.append(char)
        else:
            parts.append("·")
    return "".join(parts)


def underlined(line: str, start: int, end: int, width: int) -> tuple[str, str]:
    """A line and the carets under `[start, end)` of it, in terminal cells; a line wider than `width` is cut around the span."""
    left = shown(line[:start])
    middle = shown(line[start:end], cell_len(left))
    right = shown(line[end:], cell_len(left) + cell_len(middle))
    if cell_len(left) + cell_len(middle) + cell_len(right) > width:
        left = _clip_left(left, max(8, min(width // 3, width - cell_len(middle) - 8)))
        middle = _clip_right(middle, width - cell_len(left))
        right = _clip_right(right, width - cell_len(left) - cell_len(middle))
    return left + middle + right, " " * cell_len(left) + "^" * max(1, cell_len(middle))


def _clip_right(text: str, cells: int) -> str:
    if cell_len(text) <= cells or cells < 1:
        return text if cells > 0 else ""
    while text and cell_len(text) > cells - 1:
        text = text[:-1]
    return text + "…"


def _clip_left(text: str, cells: int) -> str:
    if cell_len(text) <= cells:
        return text
    while text and cell_len(text) > cells - 1:
        text = text[1:]
    return "…" + text


@dataclass(slots=True)
class Tally:
    """What a run of `coach lint` saw, for its last line."""

    drafts: int = 0
    severities: dict[str, int] = field(default_factory=lambda: {"error": 0, "warning": 0, "hint": 0})
    quiet: int = 0

    def add(self, review: Review, everything: bool) -> None:
        """Count one review; quiet findings only count as such while they are not shown."""
        self.drafts += 1
        for finding in review.findings:
            if finding.visible or everything:
                self.severities[finding.severity] += 1
            else:
                self.quiet += 1

    def line(self) -> str:
        """The closing line."""
        counts = [_count(number, name) for name, number in self.severities.items() if number]
        quiet = f"; {_count(self.quiet, 'quiet finding')} (--all shows {'it' if self.quiet == 1 else 'them'})" if self.quiet else ""
        return f"{_count(self.drafts, 'draft')}: {', '.join(counts) or 'nothing to say'}{quiet}"


def _count(number: int, name: str) -> str:
    return f"{number:,} {name}{'' if number == 1 else 's'}"


def blocks(name: str, text: str, review: Review, *, everything: bool, width: int, paint: Paint = plain) -> Iterator[str]:
    """The lines about one draft, `name` at the head of each finding; quiet findings only if `everything`."""
    lines = Lines(text)
    for finding in review.findings:
        if finding.visible or everything:
            yield from _block(name, lines, finding, width, paint)
    if review.sequence.next is not None:
        yield paint(f"{shown(name)}: next: {review.sequence.next.step}: {review.sequence.next.advice}", "quiet")
        yield ""


def _block(name: str, lines: Lines, finding: Finding, width: int, paint: Paint) -> Iterator[str]:
    where = shown(name)
    if finding.span is not None:
        line, column = lines.place(finding.span.start)
        where = f"{where}:{line}:{column}"
    quiet = "" if finding.visible else paint(" (quiet)", "quiet")
    yield f"{paint(where, 'name')}: {paint(finding.severity, finding.severity)}{quiet} {finding.rule}: {shown(finding.message)}"
    if finding.span is not None:
        for number, text, carets in _marked(lines, finding.span, width):
            yield f"{number:>5} | {text}"
            yield f"      | {paint(carets, finding.severity)}"
    yield f"      why: {finding.why}"
    for suggestion in finding.suggestions:
        adds = all(edit.start == edit.end for edit in suggestion.edits)
        yield f"      {'add' if adds else 'try'}: {wording(suggestion, lines.text)}"
    yield ""


def _marked(lines: Lines, span: Span, width: int) -> Iterable[tuple[int, str, str]]:
    first, _ = lines.place(span.start)
    last, _ = lines.place(max(span.start, span.end - 1))
    for number in range(first, last + 1):
        line, start = lines.line(number), lines.start(number)
        left, right = max(0, span.start - start), min(len(line), span.end - start)
        if line[left:right].strip() or first == last:
            yield (number, *underlined(line, left, max(left, right), width))


def wording(suggestion: Suggestion, text: str) -> str:
    """A suggestion in one line: its label, and what it writes where the label does not already say so."""
    written = " … ".join(edit.text.strip() for edit in suggestion.edits if edit.text.strip())
    if not written:
        written = "“" + " … ".join(text[edit.start : edit.end].strip() for edit in suggestion.edits) + "”"
    same = suggestion.label.strip() == written
    return shown(written if same else f"{suggestion.label}: {written}")
