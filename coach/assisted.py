"""The reading with the classifier's help, for full reviews: what it hears is added, what it denies is left out.

Where words are certain they count; where they are not, the classifier decides, within the bounds that were chosen for each label on
development text: below the lower one it denies, from the upper one on it says so by itself.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache

from coach.classify import WISHES, Classifier
from coach.reader import PlainReader
from coach.reading import SENTENCES_KEPT, TURNS_KEPT, Core, CustomerTurn, Reading, Sentence
from coach.types import FLAGS, MOVES, Draft

PROBLEM = (0.05, 0.6)
REPEAT = (0.5, 0.9)
WISH = 0.7
HEAT = 0.75
HOT = 0.97  # anger that no word shows: on the development part 58 to 75 of 100 are angry from 0.75 on, 82 to 93 from here on


class AssistedReader:
    """A reader that asks the classifier about every sentence and every customer's turn. Shares the caches of the plain one."""

    def __init__(self, plain: PlainReader, classifier: Classifier) -> None:
        self.pack = plain.pack
        self._plain, self._classifier = plain, classifier
        self._letters = classifier.letters.get(plain.pack.language)
        self.bounds: Mapping[str, Sequence[float]] = classifier.bounds[plain.pack.language]
        self.customer = lru_cache(maxsize=TURNS_KEPT)(self._customer)
        self._core = lru_cache(maxsize=SENTENCES_KEPT)(self._judged)
        self._after = lru_cache(maxsize=TURNS_KEPT)(self._agent_after)

    def read(self, draft: Draft) -> Reading:
        """Read a draft after the last thing that the customer said."""
        asked = next((turn.text for turn in reversed(draft.conversation) if turn.role == "customer" and not turn.internal), "")
        return self._assist(self._plain.read(draft), asked) if draft.typing else self._after(draft.text, asked)

    def asks(self, draft: Draft) -> tuple[list[str], list[str]]:
        """The texts that reading a draft in its conversation will ask the classifier about: its sentences, the customer's turns."""
        lost = self._lost(draft.text)
        sentences = [self._spelled(sentence.core.text, lost) for sentence in self._plain.agent(draft.text).sentences]
        return sentences, [self._spelled(turn.text) for turn in draft.conversation if turn.role == "customer" and turn.text]

    def agent(self, text: str, asked: str = "") -> Reading:
        """Read an earlier turn of the agent's side, sent after the customer said `asked`."""
        return self._after(text, asked)

    def unlettered(self, text: str) -> bool:
        """Whether a text was typed without the letters of a Turkish or Polish keyboard."""
        return self._plain.unlettered(text)

    def content(self, text: str) -> frozenset[str]:
        """The content words of a text."""
        return self._plain.content(text)

    def time(self, text: str) -> str | None:
        """The first point in time that `text` names."""
        return self._plain.time(text)

    def _agent_after(self, text: str, asked: str) -> Reading:
        return self._assist(self._plain.agent(text), asked)

    def _assist(self, reading: Reading, asked: str) -> Reading:
        sentences: list[Sentence] = []
        before, lost = "", self._lost(reading.text)
        asked = self._spelled(asked)
        for sentence in reading.sentences:
            text = sentence.core.text
            sentences.append(replace(sentence, core=self._core(text, asked, before, lost)))
            before = text
        return replace(reading, sentences=tuple(sentences))

    def _lost(self, text: str) -> bool:
        return self._letters is not None and self._letters.lost(text)

    def _spelled(self, text: str, lost: bool | None = None) -> str:
        """The text as the classifier should read it: with the letters that its writer's keyboard lacked."""
        lost = self._lost(text) if lost is None else lost
        return self._letters.restored(text) if lost and self._letters else text

    def _judged(self, text: str, asked: str, before: str, lost: bool) -> Core:
        core = self._plain.sentence(text)
        said = self._classifier.sentence(self._spelled(text, lost), asked, self._spelled(before, lost))
        moves = dict(core.moves)
        for name in MOVES:
            lower, upper = self.bounds[name]
            cue = self.pack.agent.moves[name]
            if name not in moves and said[name] >= upper and moves.keys().isdisjoint(cue.never):
                moves[name] = 0
            elif name in moves and said[name] < lower and moves.keys().isdisjoint(cue.certain):
                del moves[name]
        if "follow-up" not in moves:
            moves.pop("dated-follow-up", None)
        elif "time" in moves:
            moves.setdefault("dated-follow-up", moves["follow-up"])
        flags = {name: round(said[name], 3) for name in FLAGS}
        listed = tuple(move for move in MOVES if move in moves)
        return replace(core, moves=moves, listed=listed, flags=flags, heard=frozenset(moves.keys() - core.moves.keys()))

    def _customer(self, text: str) -> CustomerTurn:
        turn = self._plain.customer(text)
        said = self._classifier.turn(self._spelled(text))
        problem = turn.plainly or _decided(turn.problem, said["problem"], PROBLEM)
        wish = next((name for name in sorted(WISHES, key=lambda name: -said[f"wish-{name}"]) if said[f"wish-{name}"] >= WISH), None)
        return replace(
            turn,
            problem=problem,
            heat=sum(said[f"heat-{level}"] >= (HEAT if level == 1 or turn.heat else HOT) for level in (1, 2, 3)) if problem else turn.heat,
            repeat=_decided(turn.repeat, said["repeat"], REPEAT),
            wish=turn.wish or wish,
        )


def _decided(cue: bool, said: float, bounds: tuple[float, float]) -> bool:
    return said >= bounds[0] if cue else said >= bounds[1]
