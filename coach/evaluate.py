"""How well reviews agree with labelled drafts: precision, recall and F1 by family and by move, clean drafts, minimal pairs."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from pydantic import BaseModel, ValidationError

from coach.inputs import LOCAL, InputError, lines
from coach.protocol import ProtocolError, parse_lint, to_draft
from coach.text import unaccented
from coach.types import FLAGS, MOVES, Draft, Finding, Review

FAMILIES = FLAGS
CONFIDENCES = (0.0, 0.5, 0.7, 0.8, 0.9, 0.95)


@dataclass(frozen=True, slots=True)
class Labelled:
    """A draft as a careful reader labelled it. `flags` are (family, quote); `complaint` and `moves` are None where not labelled."""

    id: str
    draft: Draft
    flags: tuple[tuple[str, str], ...] = ()
    complaint: bool | None = None
    moves: frozenset[str] | None = None
    pair: str | None = None

    @property
    def families(self) -> frozenset[str]:
        """The families that a coach should raise on this draft."""
        return frozenset(flag for flag, _ in self.flags if flag in FAMILIES)


@dataclass(slots=True)
class Score:
    """Right, false and missed predictions of one name; a ratio without anything to divide by is None."""

    right: int = 0
    false: int = 0
    missed: int = 0

    @property
    def support(self) -> int:
        """How often the label is there."""
        return self.right + self.missed

    @property
    def precision(self) -> float | None:
        """The share of predictions that are right."""
        return _ratio(self.right, self.right + self.false)

    @property
    def recall(self) -> float | None:
        """The share of labels that are predicted."""
        return _ratio(self.right, self.support)

    @property
    def f1(self) -> float | None:
        """The harmonic mean of precision and recall."""
        return _ratio(2 * self.right, 2 * self.right + self.false + self.missed)

    def add(self, labelled: bool, predicted: bool) -> None:
        """Count one label against one prediction."""
        self.right += labelled and predicted
        self.false += predicted and not labelled
        self.missed += labelled and not predicted


@dataclass(frozen=True, slots=True)
class Alarm:
    """A family that was raised and is not labelled."""

    id: str
    family: str
    finding: Finding
    words: str


@dataclass(frozen=True, slots=True)
class Miss:
    """A labelled family that was not raised; `silent` when nothing at all was raised on the draft."""

    id: str
    family: str
    quote: str
    silent: bool


@dataclass(slots=True)
class Evaluation:
    """Everything `coach eval` prints. Pairs are (right, total), so are clean drafts (left quiet, all). `raised`: the
    confidence of every family raised, and whether it was right."""

    drafts: int = 0
    families: dict[str, Score] = field(default_factory=lambda: {name: Score() for name in FAMILIES})
    moves: dict[str, Score] = field(default_factory=lambda: {name: Score() for name in MOVES})
    clean: tuple[int, int] = (0, 0)
    complaint: tuple[int, int] = (0, 0)
    pairs: tuple[int, int] = (0, 0)
    raised: list[tuple[float, bool]] = field(default_factory=list)
    alarms: list[Alarm] = field(default_factory=list)
    misses: list[Miss] = field(default_factory=list)


def without_diacritics(item: Labelled) -> Labelled:
    """`item` as it would have been typed without Turkish and Polish letters, by the customer and the agent."""
    draft, turns = item.draft, tuple(replace(turn, text=unaccented(turn.text)) for turn in item.draft.conversation)
    flags = tuple((flag, unaccented(quote)) for flag, quote in item.flags)
    return replace(item, draft=replace(draft, text=unaccented(draft.text), conversation=turns), flags=flags)


def evaluate(items: Iterable[Labelled], review: Callable[[Draft], Review], visible_only: bool = False) -> Evaluation:
    """Review every item and compare. With `visible_only` a finding counts only if the agent sees it."""
    result = Evaluation()
    groups: dict[str, list[tuple[frozenset[str], frozenset[str]]]] = defaultdict(list)
    for item in items:
        reviewed = review(item.draft)
        raised: dict[str, Finding] = {}
        for finding in reviewed.findings:
            if finding.family in FAMILIES and (finding.visible or not visible_only):
                raised.setdefault(finding.family, finding)
        result.drafts += 1
        _count_flags(result, item, raised)
        if item.moves is not None:
            done = {move.move for move in reviewed.moves}
            for name, score in result.moves.items():
                score.add(name in item.moves, name in done)
        if item.complaint is not None:
            result.complaint = _plus(result.complaint, reviewed.sequence.failure == item.complaint)
        if item.pair is not None:
            groups[item.pair].append((item.families, frozenset(raised)))
    for group in groups.values():
        told = told_apart(group)
        if told is not None:
            result.pairs = _plus(result.pairs, told)
    _worst_first(result)
    return result


def told_apart(group: Sequence[tuple[frozenset[str], frozenset[str]]]) -> bool | None:
    """Whether all drafts of a pair, each (labelled, raised), are right on every family whose label differs; None if none differs."""
    labels = [labelled for labelled, _ in group]
    differing = frozenset().union(*labels) - frozenset.intersection(*labels)
    if not differing:
        return None
    return all((family in labelled) == (family in raised) for family in differing for labelled, raised in group)


def total(scores: Iterable[Score]) -> Score:
    """The micro total."""
    summed = Score()
    for score in scores:
        summed.right += score.right
        summed.false += score.false
        summed.missed += score.missed
    return summed


def _count_flags(result: Evaluation, item: Labelled, raised: dict[str, Finding]) -> None:
    for family, score in result.families.items():
        score.add(family in item.families, family in raised)
    if not item.families:
        result.clean = _plus(result.clean, not raised)
    for family, finding in raised.items():
        result.raised.append((finding.confidence, family in item.families))
        if family not in item.families:
            words = item.draft.text[finding.span.start : finding.span.end] if finding.span else ""
            result.alarms.append(Alarm(item.id, family, finding, words))
    for family in sorted(item.families - raised.keys()):
        quote = next(quote for flag, quote in item.flags if flag == family)
        result.misses.append(Miss(item.id, family, quote, not raised))


def calibration(raised: Sequence[tuple[float, bool]]) -> list[tuple[float, int, float, float]]:
    """By steps of confidence: (from, how many, mean confidence, share that is right); steps without any are left out."""
    rows = []
    for low, high in zip(CONFIDENCES, (*CONFIDENCES[1:], 2.0), strict=True):
        here = [(said, right) for said, right in raised if low <= said < high]
        if here:
            rows.append((low, len(here), sum(said for said, _ in here) / len(here), sum(right for _, right in here) / len(here)))
    return rows


def _worst_first(result: Evaluation) -> None:
    """Alarms the agent sees and we were surest of first; misses of drafts left silent first, then by the family missed most."""
    result.alarms.sort(key=lambda alarm: (not alarm.finding.visible, -alarm.finding.confidence, alarm.finding.severity))
    often = Counter(miss.family for miss in result.misses)
    result.misses.sort(key=lambda miss: (not miss.silent, -often[miss.family], miss.family))


def _plus(pair: tuple[int, int], right: bool) -> tuple[int, int]:
    return pair[0] + right, pair[1] + 1


def _ratio(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def read_labelled(path: str) -> Iterator[Labelled]:
    """The labelled drafts of a JSON Lines file. Raises `InputError` with file and line."""
    for number, line in lines(path):
        where = f"{path}:{number}"
        try:
            draft = to_draft(parse_lint(line, LOCAL), LOCAL)
        except ProtocolError as error:
            raise InputError(where, error.message) from None
        try:
            labels = _Labels.model_validate_json(line)
        except ValidationError as error:
            first = error.errors(include_input=False)[0]
            raise InputError(where, f"{'.'.join(map(str, first['loc']))}: {first['msg'].lower()}") from None
        yield Labelled(
            id=str(labels.id if labels.id is not None else number),
            draft=draft,
            flags=tuple((flag.flag, flag.quote) for flag in labels.flags),
            complaint=labels.complaint,
            moves=None if labels.moves is None else frozenset(labels.moves),
            pair=None if labels.pair is None else str(labels.pair),
        )


class _Flag(BaseModel):
    flag: str
    quote: str = ""


class _Labels(BaseModel):
    id: str | int | None = None
    flags: list[_Flag]
    complaint: bool | None = None
    moves: list[str] | None = None
    pair: str | int | None = None
