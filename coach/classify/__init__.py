"""The classifier: moves and faults of a sentence in its context, and what a customer's turn says. Nothing else knows a model runtime.

One encoder gives every text a vector; a head reads an agent's sentence from three of them (the sentence, the customer's last turn,
the sentence before), another reads a customer's turn. Vectors are kept, so that a keystroke costs the sentence it changes.
ONNX Runtime encodes, one text at a time: on a processor batches save nothing. PyTorch (`pytorch.py`) does where a GPU is to be used.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Mapping, Sequence
from copy import copy
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from coach.letters import Letters
from coach.text import unlinked
from coach.types import FLAGS, MOVES

WISHES = ("refund", "replacement", "cancel", "explanation")
AGENT = (*MOVES, *FLAGS)
CUSTOMER = ("problem", "heat-1", "heat-2", "heat-3", "repeat", *(f"wish-{wish}" for wish in WISHES))
CARD = "classifier.json"
LETTERS = "letters.json"
OFF = "off"
VECTORS_KEPT = 6_000
ANSWERS_KEPT = 20_000

Vector = NDArray[np.float32]
Backend = Literal["onnx", "torch"]


class ClassifierError(ValueError):
    """Weights that cannot be used; the text names the file."""


class Encoder(Protocol):
    """Gives texts their vectors. `batch`: how many texts it likes to get at once; 1: it gains nothing from more."""

    batch: int

    def __call__(self, texts: Sequence[Sequence[int]]) -> list[Vector]:
        """The vector [width] of each text, given as its word pieces."""


class OnnxEncoder:
    """Encodes with ONNX Runtime on one thread."""

    batch = 1

    def __init__(self, path: Path) -> None:
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.enable_cpu_mem_arena = False
        self._session: Any = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])

    def __call__(self, texts: Sequence[Sequence[int]]) -> list[Vector]:
        """The vector [width] of each text, given as its word pieces."""
        return [np.asarray(self._session.run(None, {"ids": np.array([text], dtype=np.int64)})[0], dtype=np.float32) for text in texts]


class Heads:
    """Both heads: two layers each, with the temperature that calibrates them."""

    def __init__(self, stored: Mapping[str, NDArray[np.float32]]) -> None:
        self._stored = {name: np.ascontiguousarray(value, dtype=np.float32) for name, value in stored.items()}

    def __call__(self, head: str, vector: Vector) -> Vector:
        """Probabilities [labels] of a head (`agent` or `customer`) for its input."""
        w = self._stored
        inner = np.maximum(w[f"{head}.0.weight"] @ vector + w[f"{head}.0.bias"], 0)
        logits = (w[f"{head}.3.weight"] @ inner + w[f"{head}.3.bias"]) / w[f"{head}.temperature"]
        return np.asarray(1 / (1 + np.exp(-logits)), dtype=np.float32)


class Classifier:
    """Loaded weights. Safe to share between threads: all state is caches of pure results."""

    def __init__(self, encoder: Encoder, pieces: Any, heads: Heads, card: Mapping[str, Any], letters: Mapping[str, Letters]) -> None:
        self._encoder, self._pieces, self._heads = encoder, pieces, heads
        self._longest: int = card["longest"]
        self._turn_longest: int = card["turn_longest"]
        self.version: str = card["version"]
        self.letters = letters
        self.bounds: Mapping[str, Mapping[str, Sequence[float]]] = card["bounds"]
        self._nothing: Vector = np.zeros(card["width"], dtype=np.float32)
        self._ahead: dict[tuple[str, int], Vector] = {}
        self._vector = lru_cache(maxsize=VECTORS_KEPT)(self._encode)
        self.sentence = lru_cache(maxsize=ANSWERS_KEPT)(self._sentence)
        self.turn = lru_cache(maxsize=VECTORS_KEPT)(self._turn)

    def with_bounds(self, bounds: Mapping[str, Mapping[str, Sequence[float]]]) -> Classifier:
        """The same classifier, caches included, with other bounds."""
        other = copy(self)
        other.bounds = bounds
        return other

    def pieces(self, text: str) -> int:
        """How many word pieces a text has, the two at its ends included."""
        return len(self._pieces.encode(unlinked(text))) + 2

    @property
    def batches(self) -> bool:
        """Whether it saves time to have many texts read at once."""
        return self._encoder.batch > 1

    def read_ahead(self, sentences: Iterable[str], turns: Iterable[str]) -> None:
        """Encode texts that will be asked about, many at once. Those of the call before are dropped."""
        wanted = {(text, self._longest) for text in sentences} | {(text, self._turn_longest) for text in turns}
        texts = sorted(wanted, key=lambda each: (len(each[0]), each))
        self._ahead = {}
        for start in range(0, len(texts), self._encoder.batch):
            chosen = texts[start : start + self._encoder.batch]
            self._ahead.update(zip(chosen, self._encoder([self._ids(*each) for each in chosen]), strict=True))

    def _encode(self, text: str, longest: int) -> Vector:
        known = self._ahead.get((text, longest))
        return self._encoder([self._ids(text, longest)])[0] if known is None else known

    def _ids(self, text: str, longest: int) -> list[int]:
        pieces = self._pieces.encode(unlinked(text))[: longest - 2]
        return [self._pieces.bos_id(), *pieces, self._pieces.eos_id()]

    def _sentence(self, text: str, asked: str, before: str) -> dict[str, float]:
        """Probability of each move and fault of a sentence, after `asked` (the customer's last turn) and `before` (the sentence before)."""
        parts = (
            self._vector(text, self._longest),
            self._vector(asked, self._turn_longest) if asked else self._nothing,
            self._vector(before, self._longest) if before else self._nothing,
        )
        return dict(zip(AGENT, self._heads("agent", np.concatenate(parts)).tolist(), strict=True))

    def _turn(self, text: str) -> dict[str, float]:
        """Probability of each label of a customer's turn."""
        return dict(zip(CUSTOMER, self._heads("customer", self._vector(text, self._turn_longest)).tolist(), strict=True))


def weights_dir() -> Path:
    """Where the weights lie: `COACH_CLASSIFIER` if set, beside the package in a checkout, inside it when installed from a wheel."""
    if os.environ.get("COACH_CLASSIFIER"):
        return Path(os.environ["COACH_CLASSIFIER"])
    package = Path(__file__).resolve().parents[1]
    beside = package.parent / "models" / "weights"
    return beside if beside.is_dir() else package / "_weights"


def check_weights(folder: Path | None = None) -> Path | None:
    """The folder of the weights (default: the shipped ones) if they can be used; None where there are none, or where it is `off`.
    Raises `ClassifierError` where a file is missing or not the one that the card names."""
    folder = folder or weights_dir()
    if not (folder / CARD).exists():
        if folder.name != OFF and os.environ.get("COACH_CLASSIFIER"):
            raise ClassifierError(f"{folder}: no {CARD} there (`{OFF}` does without the classifier)")
        return None
    card = json.loads((folder / CARD).read_text(encoding="utf-8"))
    for name, expected in card["files"].items():
        path = folder / name
        if not path.exists():
            raise ClassifierError(f"{path}: missing; {CARD} names it")
        if hashlib.sha256(path.read_bytes()).hexdigest() != expected:
            raise ClassifierError(f"{path}: not the file that {CARD} names (its sha256 differs)")
    if tuple(card["agent"]) != AGENT or tuple(card["customer"]) != CUSTOMER:
        raise ClassifierError(f"{folder / CARD}: made for other labels than this version's")
    return folder


def open_classifier(folder: Path | None = None, backend: Backend = "onnx") -> Classifier | None:
    """Load checked weights; None where there are none. Raises `ClassifierError`, also where `backend` is not installed."""
    checked = check_weights(folder)
    if checked is None:
        return None
    from sentencepiece import SentencePieceProcessor

    card = json.loads((checked / CARD).read_text(encoding="utf-8"))
    with np.load(checked / "heads.npz") as stored:
        heads = Heads(dict(stored))
    spelled = json.loads((checked / LETTERS).read_text(encoding="utf-8"))
    letters = {language: Letters(words, language) for language, words in spelled.items()}
    encoder = _encoder(checked / "encoder.onnx", card, backend)
    return Classifier(encoder, SentencePieceProcessor(model_file=str(checked / "pieces.model")), heads, card, letters)


def _encoder(path: Path, card: Mapping[str, Any], backend: Backend) -> Encoder:
    if backend == "onnx":
        return OnnxEncoder(path)
    try:
        from coach.classify.pytorch import TorchEncoder
    except ModuleNotFoundError as error:
        raise ClassifierError(f"backend torch: {error.name} is not installed (pip install 'reply-coach[torch]')") from None
    return TorchEncoder(path, card["attention_heads"])
