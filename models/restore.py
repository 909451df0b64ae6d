"""From shipped weights back to a network that training can go on from: `python -m models.restore --folder build/further`, then
`python -m models.train --folder build/further --start build/further/network.pt --learn 1`.

The embeddings are the base's, which training leaves alone; the other weights are the shipped 8-bit ones as floats.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import numpy as np
import torch
from sentencepiece import SentencePieceProcessor
from tokenizers import Tokenizer

from coach.classify import AGENT, CARD, CUSTOMER, check_weights
from coach.classify.pytorch import stored
from models.base import TOKENIZER, WEIGHTS, encoder, fetch, only, positions
from models.network import Classifier
from models.train import LAYERS


def network(weights: Path, folder: Path) -> tuple[Classifier, Tokenizer, list[int]]:
    """The network, its tokenizer and the positions of its pieces in the base's vocabulary. Raises ValueError where the files are of
    another network, `ClassifierError` where they are not those of their card."""
    if check_weights(weights) is None:
        raise ValueError(f"{weights}: no {CARD} there")
    pieces = SentencePieceProcessor(model_file=str(weights / "pieces.model"))
    whole = fetch(TOKENIZER, folder / "base")
    tokenizer = only(whole, [pieces.id_to_piece(number) for number in range(pieces.get_piece_size())])
    kept = positions(whole, tokenizer)
    model = Classifier(encoder(fetch(WEIGHTS, folder / "base"), kept, LAYERS), len(AGENT), len(CUSTOMER))
    state = {name: torch.tensor(array) for name, array in stored(weights / "encoder.onnx").items() if "_embeddings." not in name}
    with np.load(weights / "heads.npz") as heads:
        state |= {name: torch.tensor(heads[name]) for name in heads.files if not name.endswith("temperature")}
    for name in ("agent.0.weight", "customer.0.weight"):
        state[name] = state[name] / model.scale
    missing, unexpected = model.load_state_dict(state, strict=False)
    if unexpected or any("embeddings" not in name for name in missing):
        raise ValueError(f"{weights}: tensors missing {missing}, unexpected {unexpected}")
    return model, tokenizer, kept


def main() -> None:
    """Write `tokenizer.json` and `network.pt`."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--weights", type=Path, default=Path("models/weights"))
    parser.add_argument("--folder", type=Path, default=Path("build/further"))
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    model, tokenizer, kept = network(options.weights, options.folder)
    tokenizer.save(str(options.folder / "tokenizer.json"))
    torch.save({"model": model.state_dict(), "kept": kept, "agent": AGENT, "customer": CUSTOMER}, options.folder / "network.pt")
    print(json.dumps({"pieces": len(kept), "parameters": sum(p.numel() for p in model.parameters())}))


if __name__ == "__main__":
    main()
