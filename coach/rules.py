"""Rule packs: the catalogue, the rule files and cues of a language, loaded and checked into one value, `Pack`."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import yaml
from pydantic import Field
from spacy.language import Language as Nlp

from coach.language_spec import AgentCues, Cue, CustomerCues, Facts, ProblemWords, SequenceTexts, Words
from coach.notation import Pattern, PhraseCompiler, PhraseError
from coach.packfile import RuleError, Strict, line_of, load
from coach.phrases import PhraseIndex
from coach.spec import CatalogueEntry, RuleFile
from coach.text import norm
from coach.tokens import tokenizer
from coach.types import Language, RuleInfo, Severity

DERIVED = frozenset(("dated-follow-up", "time", "names-problem", "question-mark"))
MARK = re.compile(r"\[\[(.*?)\]\]", re.DOTALL)


class Catalogue(Strict):
    """`catalog.yml`: every rule once, language aside; the ids that a language does not have yet, with the reason; and what the
    letters of the `source` entries stand for."""

    sources: dict[str, str] = Field(default_factory=dict)
    rules: list[CatalogueEntry]
    not_yet: dict[str, dict[str, str]]


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule of one language: its catalogue line and its file."""

    id: str
    family: str
    step: str
    severity: Severity
    language: Language
    source: str
    file: RuleFile
    number: int

    @property
    def info(self) -> RuleInfo:
        """What the rule tells to the outside."""
        examples = tuple(example.model_dump(exclude_defaults=True) for example in self.file.examples)
        return RuleInfo(
            self.id, self.family, self.step, self.severity, self.language, self.file.summary, self.file.why, self.source, examples
        )


@dataclass(frozen=True, slots=True)
class Target:
    """What a phrase stands for. `kind`: move, veto (of a move), match or unless (of a rule); customer cues use cue and no-cue."""

    kind: str
    name: str
    rule: int = -1
    part: int = -1


@dataclass(frozen=True, slots=True, eq=False)
class Pack:
    """Everything one language knows. Compared by identity; read-only once loaded."""

    language: Language
    nlp: Nlp
    rules: tuple[Rule, ...]
    words: Words
    agent: AgentCues
    customer: CustomerCues
    facts: Facts
    texts: SequenceTexts
    problem: ProblemWords | None
    agent_index: PhraseIndex
    agent_targets: tuple[Target, ...]
    customer_index: PhraseIndex
    customer_targets: tuple[Target, ...]
    abbreviations: frozenset[str]
    capitals: frozenset[str]
    greeting: re.Pattern[str] | None
    addressed: re.Pattern[str] | None
    joined: re.Pattern[str] | None
    contrasted: re.Pattern[str] | None
    hanging: re.Pattern[str] | None
    explains: Mapping[str, frozenset[str]]
    paths: Mapping[str, Path]
    cues: frozenset[str]


def rules_dir() -> Path:
    """Where the packs lie: `COACH_RULES` if set, beside the package in a checkout, inside it when installed from a wheel."""
    if os.environ.get("COACH_RULES"):
        return Path(os.environ["COACH_RULES"])
    beside = Path(__file__).resolve().parent.parent / "rules"
    return beside if beside.is_dir() else Path(__file__).resolve().parent / "_rules"


def catalogue(root: Path | None = None) -> Catalogue:
    """The catalogue under `root`. Raises `RuleError`."""
    path = (root or rules_dir()) / "catalog.yml"
    entries = load(path, Catalogue)
    ids = [entry.id for entry in entries.rules]
    twice = {i for i in ids if ids.count(i) > 1}
    if twice:
        raise RuleError(f"{path}:1: rules: {', '.join(sorted(twice))} stands twice")
    return entries


def load_pack(language: Language, root: Path | None = None) -> Pack:
    """Load one language's pack. Raises `RuleError` naming file, line and key for anything that is not right."""
    root = root or rules_dir()
    folder = root / language
    listed = catalogue(root)
    entries = {entry.id: entry for entry in listed.rules}
    not_yet = listed.not_yet.get(language, {})
    words = load(folder / "words.yml", Words)
    nlp = tokenizer(language, words.norms, words.abbreviations)
    rules: list[Rule] = []
    paths = {path.stem: path for path in sorted((folder / "rules").glob("*.yml"))}
    for name, path in paths.items():
        if name not in entries:
            raise RuleError(f"{path}:1: no rule {name!r} in catalog.yml")
        if name in not_yet:
            raise RuleError(f"{root / 'catalog.yml'}:1: not_yet.{language}: {name!r} has a rule file")
    for entry in listed.rules:
        if entry.id in paths:
            file = load(paths[entry.id], RuleFile)
            rules.append(Rule(entry.id, entry.family, entry.step, entry.severity, language, entry.source, file, len(rules)))
        elif entry.id not in not_yet:
            raise RuleError(f"{root / 'catalog.yml'}:1: {entry.id!r} has no file in {folder / 'rules'} and no reason in not_yet.{language}")
    agent = load(folder / "agent.yml", AgentCues)
    customer = load(folder / "customer.yml", CustomerCues)
    facts = load(folder / "facts.yml", Facts)
    compiler = PhraseCompiler(words.lists, language)
    agent_targets: list[Target] = []
    customer_targets: list[Target] = []

    def compiled(
        targets: list[Target], rows: Iterator[tuple[Target, list[str], Path, tuple[int | str, ...]]]
    ) -> Iterator[tuple[int, Pattern]]:
        for target, phrases, path, loc in rows:
            targets.append(target)
            for index, phrase in enumerate(phrases):
                try:
                    patterns = compiler.compile(str(phrase))
                except PhraseError as error:
                    raise RuleError(located(path, (*loc, index), str(error))) from None
                for pattern in patterns:
                    yield len(targets) - 1, pattern

    agent_index = PhraseIndex(nlp, compiled(agent_targets, _agent_rows(agent, facts, rules, paths, folder)))
    customer_index = PhraseIndex(nlp, compiled(customer_targets, _customer_rows(customer, folder)))
    cues = frozenset(agent.moves) | frozenset(agent.signals) | DERIVED
    pack = Pack(
        language=language,
        nlp=nlp,
        rules=tuple(rules),
        words=words,
        agent=agent,
        customer=customer,
        facts=facts,
        texts=load(folder / "sequence.yml", SequenceTexts),
        problem=load(folder / "problem.yml", ProblemWords) if (folder / "problem.yml").exists() else None,
        agent_index=agent_index,
        agent_targets=tuple(agent_targets),
        customer_index=customer_index,
        customer_targets=tuple(customer_targets),
        abbreviations=frozenset(word.rstrip(".").lower() for word in words.abbreviations),
        capitals=frozenset(norm(word, language) for word in words.capitals),
        greeting=re.compile(words.greeting, re.IGNORECASE) if words.greeting else None,
        addressed=re.compile(words.addressed) if words.addressed else None,
        joined=_any_of(r"[\s,;–—-]+(?:{})[\s,]+", words.joins),
        contrasted=_any_of(r"[\s,;–—-]+(?:{})[\s,]+", words.contrasts),
        hanging=_any_of(r"\W*(?:{})(?!\w)", words.hangs),
        cues=cues,
        explains={entry.id: frozenset(entry.explains) for entry in listed.rules if entry.explains},
        paths=paths,
    )
    return pack


def _any_of(frame: str, words: list[str]) -> re.Pattern[str] | None:
    """`frame` with one of `words` in it, whatever their case."""
    return re.compile(frame.replace("{}", "|".join(map(re.escape, words))), re.IGNORECASE) if words else None


def located(path: Path, loc: tuple[int | str, ...], message: str) -> str:
    """An error text for the key at `loc` in a file that was already read."""
    node = yaml.compose(path.read_text("utf-8"), Loader=yaml.CSafeLoader)
    return f"{path}:{line_of(node, loc)}: {'.'.join(map(str, loc))}: {message}"


Row = tuple[Target, list[str], Path, tuple[int | str, ...]]


def _cue_rows(cue: Cue, kinds: tuple[str, str], name: str, path: Path, loc: tuple[int | str, ...]) -> Iterator[Row]:
    yield Target(kinds[0], name), cue.phrases, path, (*loc, "phrases")
    yield Target(kinds[1], name), cue.unless, path, (*loc, "unless")


def _agent_rows(agent: AgentCues, facts: Facts, rules: list[Rule], paths: dict[str, Path], folder: Path) -> Iterator[Row]:
    path = folder / "agent.yml"
    for name, cue in agent.moves.items():
        yield from _cue_rows(cue, ("move", "veto"), name, path, ("moves", name))
    for name, cue in agent.signals.items():
        yield from _cue_rows(cue, ("move", "veto"), name, path, ("signals", name))
    for name, slot in facts.slots.items():
        yield Target("ask", name), slot.asks, folder / "facts.yml", ("slots", name, "asks")
        yield Target("no-ask", name), slot.unless, folder / "facts.yml", ("slots", name, "unless")
    for rule in rules:
        for part, match in enumerate(rule.file.match):
            if match.phrases is not None:
                yield Target("match", rule.id, rule.number, part), match.phrases, paths[rule.id], ("match", part, "phrases")
        for part, unless in enumerate(rule.file.unless):
            if unless.phrases is not None:
                yield Target("unless", rule.id, rule.number, part), unless.phrases, paths[rule.id], ("unless", part, "phrases")


def _customer_rows(customer: CustomerCues, folder: Path) -> Iterator[Row]:
    path = folder / "customer.yml"
    for name in ("problem", "plain_problem", "no_problem", "repeat", "satisfied", "asks_why", "broken_promise", "unanswered", "asks_close"):
        yield from _cue_rows(getattr(customer, name), ("cue", "no-cue"), name, path, (name,))
    for field_name in ("heat", "severity", "wish"):
        for key, cue in getattr(customer, field_name).items():
            yield from _cue_rows(cue, ("cue", "no-cue"), f"{field_name}:{key}", path, (field_name, key))
    for name, topic in customer.topics.items():
        cue = Cue(phrases=topic.phrases, unless=topic.unless)
        yield from _cue_rows(cue, ("cue", "no-cue"), f"topic:{name}", path, ("topics", name))
