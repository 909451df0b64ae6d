"""From a trained network to the files that are shipped: an 8-bit encoder, the heads, and a card with checksums and thresholds.

`python -m models.export --folder build/train --out models/weights`
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import torch
from numpy.typing import NDArray
from onnxruntime.quantization import QuantType, quantize_dynamic
from onnxruntime.quantization.shape_inference import quant_pre_process
from sentencepiece import sentencepiece_model_pb2

from coach.classify import AGENT, CARD, CUSTOMER, LETTERS, open_classifier
from coach.types import FLAGS, MOVES
from models.base import WEIGHTS, encoder
from models.corpus import Item, items, part
from models.letters import write_letters
from models.network import Classifier, Encoder
from models.train import LAYERS, LONGEST, TURN_LONGEST

PRECISION = 0.9
FEWEST = 5  # positive development examples that a threshold of a language's own needs
LIKELY = 0.5  # a move is never added where it is likelier not there
FLAT = 0.005  # F1 that is noise on the development part
DENIED = 0.1  # what words show is denied below this at most: real text is wider than ours, and a denied apology raises alarms


def network(folder: Path) -> Classifier:
    """The trained network of a folder."""
    state = torch.load(folder / "network.pt")
    model = Classifier(encoder(folder / "base" / Path(WEIGHTS[1]).name, state["kept"], LAYERS), len(AGENT), len(CUSTOMER))
    model.load_state_dict(state["model"])
    return model.eval()


def write_encoder(model: Classifier, path: Path) -> None:
    """ONNX with weights of 8 bits, a scale for every channel; reduced range, as processors without VNNI need it."""
    whole, ready = path.with_suffix(".fp32.onnx"), path.with_suffix(".ready.onnx")
    example = torch.ones(1, 12, dtype=torch.int64)
    torch.onnx.export(
        Encoder(model),
        (example,),
        str(whole),
        input_names=["ids"],
        output_names=["vector"],
        dynamic_axes={"ids": {1: "tokens"}},
        opset_version=17,
        dynamo=False,
    )
    quant_pre_process(str(whole), str(ready), skip_symbolic_shape=True)
    quantize_dynamic(str(ready), str(path), per_channel=True, reduce_range=True, weight_type=QuantType.QInt8)
    whole.unlink()
    ready.unlink()
    onnx.checker.check_model(str(path))


def write_pieces(tokenizer: Path, path: Path) -> None:
    """The tokenizer as sentencepiece reads it, which needs no other package at serving time; ids stay as they are."""
    described = json.loads(tokenizer.read_text(encoding="utf-8"))
    ids = {piece: number for number, (piece, _) in enumerate(described["model"]["vocab"])}
    made = sentencepiece_model_pb2.ModelProto()
    kinds = {"<unk>": 2, "<s>": 3, "</s>": 3, "<pad>": 3}
    for piece, score in described["model"]["vocab"]:
        made.pieces.add(piece=piece, score=score, type=kinds.get(piece, 1))
    trained = made.trainer_spec
    trained.model_type, trained.vocab_size = 1, len(ids)
    trained.unk_id, trained.bos_id, trained.eos_id, trained.pad_id = (ids[name] for name in ("<unk>", "<s>", "</s>", "<pad>"))
    normal = made.normalizer_spec
    normal.name, normal.add_dummy_prefix, normal.remove_extra_whitespaces, normal.escape_whitespaces = "nmt_nfkc", True, True, True
    normal.precompiled_charsmap = base64.b64decode(described["normalizer"]["normalizers"][0]["precompiled_charsmap"])
    path.write_bytes(made.SerializeToString())


def heads(model: Classifier) -> dict[str, NDArray[np.float32]]:
    """The heads' arrays by name, with a temperature of one."""
    found = {f"agent.{name}": value.detach().numpy() for name, value in model.agent.named_parameters()}
    found |= {f"customer.{name}": value.detach().numpy() for name, value in model.customer.named_parameters()}
    for name in ("agent.0.weight", "customer.0.weight"):
        found[name] = found[name] * model.scale
    return found | {"agent.temperature": np.ones(1, np.float32), "customer.temperature": np.ones(1, np.float32)}


def temperature(probabilities: NDArray[np.float64], wanted: NDArray[np.float64]) -> float:
    """The temperature under which the labels are likeliest."""
    clipped = np.clip(probabilities, 1e-6, 1 - 1e-6)
    logits = np.log(clipped / (1 - clipped))

    def unlikely(t: float) -> float:
        scaled = np.clip(1 / (1 + np.exp(-logits / t)), 1e-6, 1 - 1e-6)
        return float(-(wanted * np.log(scaled) + (1 - wanted) * np.log(1 - scaled)).mean())

    return min((round(0.5 + 0.05 * step, 2) for step in range(51)), key=unlikely)


def surest(scores: NDArray[np.float64], wanted: NDArray[np.float64], precision: float) -> float:
    """The lowest threshold from which on the precision is reached, smoothed by one false alarm; 0.99 where none does."""
    order = np.argsort(-scores)
    right = np.cumsum(wanted[order])
    reached = right / (np.arange(1, len(order) + 1) + 1) >= precision
    if not reached.any():
        return 0.99
    last = int(np.flatnonzero(reached)[-1])
    below = scores[order[last + 1]] if last + 1 < len(order) else 0.0
    return float(min(0.99, max(0.3, (scores[order[last]] + below) / 2)))


def best(scores: NDArray[np.float64], wanted: NDArray[np.float64]) -> float:
    """The threshold with the best F1; of those within `FLAT` of it the one nearest to `LIKELY`, as the probabilities are calibrated."""
    steps = np.arange(0.2, 0.9, 0.02)
    f1 = [2 * float(((scores >= t) * wanted).sum()) / max(1.0, float((scores >= t).sum() + wanted.sum())) for t in steps]
    near = steps[np.array(f1) >= max(f1) - FLAT]
    return float(near[np.abs(near - LIKELY).argmin()])


def answers(classifier: Any, chosen: list[Item]) -> tuple[NDArray[np.float64], NDArray[np.float64], list[str]]:
    """Probabilities and labels of all sentences [sentences, AGENT], and their languages."""
    said, wanted, languages = [], [], []
    for item in chosen:
        before = ""
        for sentence in item.draft:
            found = classifier.sentence(sentence.text, item.asked, before)
            said.append([found[name] for name in AGENT])
            wanted.append([float(name in sentence.moves or name in sentence.flags) for name in AGENT])
            languages.append(item.language)
            before = sentence.text
    return np.array(said), np.array(wanted), languages


def bounds(said: NDArray[np.float64], wanted: NDArray[np.float64], languages: list[str]) -> dict[str, dict[str, list[float]]]:
    """Per language and label: below the first number the classifier denies it, from the second on it says so by itself."""
    found: dict[str, dict[str, list[float]]] = {}
    for language in sorted(set(languages)):
        own = np.array([one == language for one in languages])
        found[language] = {}
        for column, name in enumerate(AGENT):
            rows = own if wanted[own, column].sum() >= FEWEST else np.ones(len(said), bool)
            scores, labels = said[rows, column], wanted[rows, column]
            upper = max(LIKELY, best(scores, labels)) if name in MOVES else surest(scores, labels, PRECISION)
            positive = np.sort(scores[labels > 0])
            lower = min(upper, float(positive[int(0.02 * len(positive))]) if len(positive) else 0.0, DENIED)
            found[language][name] = [round(lower, 4), round(upper, 4)]
    return found


def main() -> None:
    """Export, calibrate on the development part, choose thresholds there, write the card."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, default=Path("build/train"))
    parser.add_argument("--out", type=Path, default=Path("models/weights"))
    options = parser.parse_args()
    out: Path = options.out
    out.mkdir(parents=True, exist_ok=True)
    model = network(options.folder)
    write_encoder(model, out / "encoder.onnx")
    write_pieces(options.folder / "tokenizer.json", out / "pieces.model")
    write_letters(out)
    stored = heads(model)
    card: dict[str, Any] = {
        "version": "1",
        "languages": ["en", "tr", "pl"],
        "width": int(model.encoder.config.hidden_size),
        "attention_heads": int(model.encoder.config.num_attention_heads),
        "longest": LONGEST,
        "turn_longest": TURN_LONGEST,
        "agent": AGENT,
        "customer": CUSTOMER,
        "bounds": {},
        "files": {},
    }
    write(out, stored, card)
    dev = [item for item in items() if part(item) == "dev"]
    said, wanted, _ = answers(open_classifier(out), dev)
    stored["agent.temperature"] = np.array([temperature(said, wanted)], np.float32)
    write(out, stored, card)
    said, wanted, languages = answers(open_classifier(out), dev)
    card["bounds"] = bounds(said, wanted, languages)
    write(out, stored, card)
    print(
        f"temperature {stored['agent.temperature'][0]:.2f}; "
        + ", ".join(f"{p.name} {p.stat().st_size / 1e6:.1f} MB" for p in sorted(out.iterdir()))
    )
    print(f"{len(said)} development sentences, {len(FLAGS)} faults, {len(MOVES)} moves")


def write(out: Path, stored: dict[str, NDArray[np.float32]], card: dict[str, Any]) -> None:
    """The heads and the card with the checksums of all files."""
    np.savez(out / "heads.npz", **stored)
    card["files"] = {
        name: hashlib.sha256((out / name).read_bytes()).hexdigest() for name in ("encoder.onnx", "heads.npz", LETTERS, "pieces.model")
    }
    (out / CARD).write_text(json.dumps(card, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
