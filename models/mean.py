"""The mean of trained networks of one kind: `python -m models.mean --out build/mean build/b build/c`. What epochs of further training
learn differently cancels out; `models.export --folder build/mean` goes on from there."""

from __future__ import annotations

import argparse
import shutil
from collections.abc import Sequence
from pathlib import Path

import torch


def mean(folders: Sequence[Path], out: Path) -> None:
    """Write the mean network of the folders, and the first one's tokenizer and base. Raises ValueError for networks that differ in kind."""
    states = [torch.load(folder / "network.pt") for folder in folders]
    first = states[0]
    for folder, state in zip(folders, states, strict=True):
        if state["kept"] != first["kept"] or state["model"].keys() != first["model"].keys():
            raise ValueError(f"{folder}: another kind of network than {folders[0]}")
    model = {
        name: torch.stack([state["model"][name] for state in states]).mean(0) if value.is_floating_point() else value
        for name, value in first["model"].items()
    }
    out.mkdir(parents=True, exist_ok=True)
    torch.save({**first, "model": model}, out / "network.pt")
    shutil.copy(folders[0] / "tokenizer.json", out)
    shutil.copytree(folders[0] / "base", out / "base", dirs_exist_ok=True)


def main() -> None:
    """Average the named folders' networks."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folders", type=Path, nargs="+")
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    mean(options.folders, options.out)


if __name__ == "__main__":
    main()
