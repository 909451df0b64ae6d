"""The packs as the product uses them: loaded, and every name in them checked against the kinds, checks and conditions there are."""

from __future__ import annotations

import gc
import os
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from coach.context import CHECKS
from coach.lazily import Lazily
from coach.packfile import RuleError
from coach.rules import MARK, Pack, load_pack, located, rules_dir
from coach.situation import beside, predicate
from coach.types import FLAGS, LANGUAGES, Language


def open_pack(language: Language, root: Path | None = None) -> Pack:
    """Load and check one language's pack. Raises `RuleError` naming file, line and key."""
    collects = gc.isenabled()
    gc.disable()  # of all that a pack is made of nothing is garbage: looking for it takes a quarter of the time
    try:
        pack = load_pack(language, root)
    finally:
        if collects:
            gc.enable()
    check_names(pack)
    return pack


@cache
def default_packs() -> Mapping[Language, Pack]:
    """The shipped packs, each loaded when it is first needed; those of `COACH_RULES`, all loaded and checked at once."""
    return {language: open_pack(language) for language in LANGUAGES} if os.environ.get("COACH_RULES") else Lazily(LANGUAGES, open_pack)


def open_packs(root: Path | None = None) -> Mapping[Language, Pack]:
    """The packs of all languages in a folder, loaded and checked at once (default: `default_packs`). Raises `RuleError`."""
    return default_packs() if root is None else {language: open_pack(language, root) for language in LANGUAGES}


def check_names(pack: Pack) -> None:
    """Every move, signal, check and condition that the rules name exists, and examples are marked. Raises `RuleError`."""
    paths = pack.paths

    def move(path: Path, loc: tuple[int | str, ...], name: str) -> None:
        if name not in pack.cues:
            raise RuleError(located(path, loc, f"no move or signal {name!r}"))

    for topic in pack.problem.unnamed if pack.problem else ():
        if topic not in pack.customer.topics:
            raise RuleError(f"{rules_dir() / pack.language / 'problem.yml'}:1: unnamed: no topic {topic!r} in customer.yml")
    for rule in pack.rules:
        path, file = paths[rule.id], rule.file
        for at, match in enumerate(file.match):
            if match.order:
                for name in (match.order.first, *match.order.before):
                    move(path, ("match", at, "order"), name)
            for name in match.missing or ():
                move(path, ("match", at, "missing"), name)
            for name in match.moves or ():
                move(path, ("match", at, "moves"), name)
            if match.count:
                move(path, ("match", at, "count"), match.count.move)
            if match.check is not None and match.check not in CHECKS:
                raise RuleError(located(path, ("match", at, "check"), f"no check {match.check!r}; there are {', '.join(sorted(CHECKS))}"))
            if match.model is not None and match.model not in FLAGS:
                raise RuleError(located(path, ("match", at, "model"), f"no fault {match.model!r}; there are {', '.join(FLAGS)}"))
            if match.pattern is not None:
                try:
                    re.compile(match.pattern)
                except re.error as error:
                    raise RuleError(located(path, ("match", at, "pattern"), str(error))) from None
        for at, unless in enumerate(file.unless):
            for name in unless.moves or ():
                move(path, ("unless", at, "moves"), name)
        conditions = [(("when", i), text) for i, text in enumerate(file.when)]
        conditions += [(("severity", i), text) for i, change in enumerate(file.severity) for text in change.when]
        conditions += [(("suggest", i), text) for i, suggest in enumerate(file.suggest) for text in suggest.when]
        for loc, text in conditions:
            try:
                if loc[0] != "suggest" or beside(text, pack.cues) is None:
                    predicate(text, pack.cues)
            except ValueError as error:
                raise RuleError(located(path, loc, str(error))) from None
        marked = any(m.phrases or m.pattern or m.order or m.count or (m.check and CHECKS[m.check].placed) for m in file.match)
        for at, example in enumerate(file.examples):
            if example.bad is not None:
                marks = len(MARK.findall(example.bad))
                absent = any(m.missing or (m.check and not CHECKS[m.check].placed) for m in file.match)
                if marks > 1 or (marks == 0 and not absent):
                    raise RuleError(located(path, ("examples", at, "bad"), "mark the expected span once with [[ ]]"))
                if marks and not marked:
                    raise RuleError(located(path, ("examples", at, "bad"), "this rule has no span to mark"))
