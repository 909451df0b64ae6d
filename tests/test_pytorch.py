"""The PyTorch backend says what ONNX Runtime says, as near as 8 bits allow: `make test-torch`, which brings PyTorch."""

from __future__ import annotations

from typing import Any

import pytest

from coach.classify import AGENT, Classifier, open_classifier
from models.corpus import items, part

pytestmark = pytest.mark.slow
MEAN, FAR, MOST_FAR = 0.01, 0.2, 0.01


@pytest.fixture(scope="module")
def backends() -> tuple[Classifier, Classifier]:
    onnx, torch = open_classifier(), open_classifier(backend="torch")
    assert onnx is not None and torch is not None and torch.batches and not onnx.batches
    return onnx, torch


def test_both_backends_say_the_same(backends: tuple[Classifier, Classifier]) -> None:
    torch = backends[1]
    chosen = [item for item in items() if part(item) == "test"][::40]
    torch.read_ahead({said.text for item in chosen for said in item.draft}, {item.asked for item in chosen})
    apart: list[float] = []
    for item in chosen:
        before = ""
        for said in item.draft:
            one, other = (each.sentence(said.text, item.asked, before) for each in backends)
            apart += [abs(one[name] - other[name]) for name in AGENT]
            before = said.text
    assert len(apart) > 2_000
    assert sum(apart) / len(apart) < MEAN
    assert sum(each > FAR for each in apart) < MOST_FAR * len(apart)


def test_a_batch_says_what_each_text_alone_says(backends: tuple[Classifier, Classifier]) -> None:
    encoder: Any = backends[1]._encoder
    texts = [[0, 17, 230, 9, 2], [0, 2], [0, *range(40, 100), 2]]
    for together, alone in zip(encoder(texts), [encoder([text])[0] for text in texts], strict=True):
        assert float((together * alone).sum()) > 0.9999


def test_another_file_is_refused(tmp_path: Any) -> None:
    import onnx

    from coach.classify.pytorch import TorchEncoder

    other = onnx.helper.make_model(onnx.helper.make_graph([], "empty", [], []))
    onnx.save(other, str(tmp_path / "encoder.onnx"))
    with pytest.raises(ValueError, match="not an encoder of ours"):
        TorchEncoder(tmp_path / "encoder.onnx", 12)
