"""The encoder in PyTorch, out of the same shipped file, for a GPU: it reads many texts at once, which there is what saves time.

Needs the extra `torch`. Vectors differ a little from ONNX Runtime's, which rounds what goes through the network to 8 bits as well.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import onnx
import torch
from numpy.typing import NDArray
from onnx import numpy_helper
from torch import Tensor
from torch.nn import functional

PREFIX, QUANTISED, WIDE = "network.", "/MatMul_quant", "_quantized"
LAYER = "encoder.encoder.layer.{}."
EPSILON = 1e-12


def stored(path: Path) -> dict[str, NDArray[np.float32]]:
    """The weights in an exported file by their names in the network; 8-bit ones made floats. Linear ones are [out, in]."""
    graph = onnx.load(str(path)).graph
    arrays = {tensor.name: numpy_helper.to_array(tensor) for tensor in graph.initializer}

    def floats(name: str) -> NDArray[np.float32]:
        numbers = arrays[name + WIDE].astype(np.float32) - arrays[f"{name}_zero_point"].astype(np.float32)
        return np.asarray(numbers * arrays[f"{name}_scale"], dtype=np.float32)

    found: dict[str, NDArray[np.float32]] = {}
    for name, array in arrays.items():
        if name.startswith(PREFIX) and name.endswith(WIDE):
            found[name.removeprefix(PREFIX).removesuffix(WIDE)] = floats(name.removesuffix(WIDE))
        elif name.startswith(PREFIX) and array.dtype == np.float32 and not name.endswith("_scale"):
            found[name.removeprefix(PREFIX)] = array
    for node in graph.node:
        if node.op_type == "MatMulInteger" and node.name.endswith(QUANTISED):
            name = node.name.removesuffix(QUANTISED).strip("/").replace("/", ".")
            found[f"{name}.weight"] = floats(node.input[1].removesuffix(WIDE)).T
    return found


class TorchEncoder:
    """Encodes on the GPU if there is one, else on the processor. `batch`: how many texts it likes to get at once."""

    batch = 256

    def __init__(self, path: Path, heads: int) -> None:
        """`heads`: of the attention. Raises ValueError for a file of another network."""
        self.device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        self._heads = heads
        self._weights: Mapping[str, Tensor] = {name: torch.tensor(array, device=self.device) for name, array in stored(path).items()}
        self._layers = sum(name.endswith("intermediate.dense.weight") for name in self._weights)
        if not self._layers or "encoder.embeddings.word_embeddings.weight" not in self._weights:
            raise ValueError(f"{path}: not an encoder of ours")

    def __call__(self, texts: Sequence[Sequence[int]]) -> list[NDArray[np.float32]]:
        """The vector [width] of each text, given as its word pieces."""
        longest = max(map(len, texts))
        ids = torch.zeros(len(texts), longest, dtype=torch.long)
        mask = torch.zeros(len(texts), longest, dtype=torch.bool)
        for row, text in enumerate(texts):
            ids[row, : len(text)] = torch.tensor(text)
            mask[row, : len(text)] = True
        with torch.inference_mode():
            found = self._encoded(ids.to(self.device), mask.to(self.device)).cpu().numpy()
        return list(found)

    def _encoded(self, ids: Tensor, mask: Tensor) -> Tensor:
        w = self._weights
        words, places, kinds = (w[f"encoder.embeddings.{kind}_embeddings.weight"] for kind in ("word", "position", "token_type"))
        hidden = self._normed(words[ids] + places[: ids.shape[1]] + kinds[0], "encoder.embeddings.LayerNorm")
        for number in range(self._layers):
            hidden = self._layer(hidden, mask, LAYER.format(number))
        shown = mask.unsqueeze(-1).to(hidden.dtype)
        return functional.normalize((hidden * shown).sum(1) / shown.sum(1), dim=-1)

    def _layer(self, hidden: Tensor, mask: Tensor, name: str) -> Tensor:
        asked, keys, values = (self._split(self._linear(hidden, f"{name}attention.self.{part}")) for part in ("query", "key", "value"))
        seen = functional.scaled_dot_product_attention(asked, keys, values, attn_mask=mask[:, None, None, :])
        joined = seen.transpose(1, 2).reshape(hidden.shape)
        hidden = self._normed(self._linear(joined, f"{name}attention.output.dense") + hidden, f"{name}attention.output.LayerNorm")
        inner = functional.gelu(self._linear(hidden, f"{name}intermediate.dense"))
        return self._normed(self._linear(inner, f"{name}output.dense") + hidden, f"{name}output.LayerNorm")

    def _split(self, values: Tensor) -> Tensor:
        return values.view(*values.shape[:2], self._heads, -1).transpose(1, 2)

    def _linear(self, values: Tensor, name: str) -> Tensor:
        return functional.linear(values, self._weights[f"{name}.weight"], self._weights[f"{name}.bias"])

    def _normed(self, values: Tensor, name: str) -> Tensor:
        weight = self._weights[f"{name}.weight"]
        return functional.layer_norm(values, weight.shape, weight, self._weights[f"{name}.bias"], EPSILON)
