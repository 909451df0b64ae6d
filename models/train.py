"""`make train`: from the packaged base to the weights that are shipped.

Two phases, each resumable after every epoch: the small encoder first learns to give every text of ours the vector that the whole
base gives it (`mimic`), then both heads and the encoder learn the labels (`learn`). Seeded; on the CPU or, if there is one, a GPU.
"""

from __future__ import annotations

import argparse
import json
import math
import random
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from tokenizers import Tokenizer
from torch import Tensor, nn
from wordfreq import top_n_list

from coach.classify import AGENT, CUSTOMER
from coach.text import unlinked
from models.base import TOKENIZER, WEIGHTS, encoder, fetch, positions, pruned
from models.corpus import Item, items, part
from models.network import Classifier

LAYERS = (1, 3, 5, 7, 9, 11)
WORDS = 40_000  # of each language, whose pieces are kept
LONGEST = 64  # tokens
TURN_LONGEST = 96
BATCH = 16  # items
MIMIC_BATCH = 48  # texts
GROUP = 12  # texts of like length encoded at once on a CPU
FURTHER = 0.5  # the learning rate of further training, as part of the usual one
DROPPED = 0.15  # how often the context is left out, so that the heads do without it


@dataclass
class Run:
    """Where a training writes, with what, and how long."""

    folder: Path
    device: torch.device
    seed: int
    mimic_epochs: int
    learn_epochs: int
    start: Path | None = None  # the network of an earlier run to go on from
    thrice: tuple[str, ...] = ()  # files whose drafts count three times


def prepare(folder: Path) -> tuple[Tokenizer, list[int], Path]:
    """The base's file, and a tokenizer cut to the words of our languages and to our texts."""
    words = [form for language in ("en", "tr", "pl") for word in top_n_list(language, WORDS) for form in (word, word.capitalize())]
    texts = [text for item in items() for text in (*(str(t["text"]) for t in item.turns), *(s.text for s in item.draft))]
    whole = fetch(TOKENIZER, folder / "base")
    if (folder / "tokenizer.json").exists():
        tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        kept = positions(whole, tokenizer)
    else:
        tokenizer, kept = pruned(whole, [*texts, *words])
        tokenizer.save(str(folder / "tokenizer.json"))
    return tokenizer, kept, fetch(WEIGHTS, folder / "base")


def batch(tokenizer: Tokenizer, texts: Sequence[str], longest: int, device: torch.device) -> tuple[Tensor, Tensor]:
    """Token ids and mask [texts, tokens], padded to the longest of them."""
    tokenizer.no_padding()
    tokenizer.enable_truncation(longest)
    tokenizer.enable_padding(pad_id=tokenizer.token_to_id("<pad>"), pad_token="<pad>")
    encoded = tokenizer.encode_batch([unlinked(text) for text in texts])
    ids = torch.tensor([e.ids for e in encoded], device=device)
    return ids, torch.tensor([e.attention_mask for e in encoded], device=device)


def vectors(model: Classifier, tokenizer: Tokenizer, texts: Sequence[str], longest: int, device: torch.device) -> Tensor:
    """The vectors of many texts [texts, width], without gradients."""
    order = sorted(range(len(texts)), key=lambda index: len(texts[index]))
    found: list[Tensor] = [torch.empty(0)] * len(texts)
    model.eval()
    with torch.inference_mode():
        for start in range(0, len(order), 64):
            chosen = order[start : start + 64]
            encoded = model.encode(*batch(tokenizer, [texts[index] for index in chosen], longest, device)).cpu()
            for index, vector in zip(chosen, encoded, strict=True):
                found[index] = vector
    return torch.stack(found).clone()


def schedule(optimizer: torch.optim.Optimizer, steps: int) -> torch.optim.lr_scheduler.LambdaLR:
    """Up over the first twentieth, then down along a cosine."""
    steps = max(1, steps)
    warm = max(1, steps // 20)
    return torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda step: min(1.0, (step + 1) / warm) * 0.5 * (1 + math.cos(math.pi * min(1.0, step / steps)))
    )


def mimic(model: Classifier, tokenizer: Tokenizer, kept: list[int], base: Path, run: Run) -> None:
    """The small encoder learns the whole base's vectors of all our texts, without labels."""
    if not run.mimic_epochs:
        return
    texts = sorted({text for item in items() for text in (*(str(t["text"]) for t in item.turns), *(s.text for s in item.draft))})
    wanted_path = run.folder / "vectors.pt"
    if wanted_path.exists():
        wanted = torch.load(wanted_path)
    else:
        teacher = Classifier(encoder(base, kept), len(AGENT), len(CUSTOMER)).to(run.device)
        wanted = vectors(teacher, tokenizer, texts, LONGEST, run.device)
        torch.save(wanted, wanted_path)
    mean = wanted.mean(0)
    wanted = nn.functional.normalize(wanted - mean, dim=-1)  # the base's vectors all point much the same way: compare without their mean
    trained = [p for name, p in model.encoder.named_parameters() if "embeddings" not in name]
    per_epoch = math.ceil(len(texts) / MIMIC_BATCH)
    optimizer = torch.optim.AdamW(trained, lr=3e-4, weight_decay=0.01)
    plan = schedule(optimizer, per_epoch * run.mimic_epochs)
    first = _resume(run, "mimic", model, optimizer, plan)
    for epoch in range(first, run.mimic_epochs):
        model.train()
        started, total = time.monotonic(), 0.0
        for chosen in _by_length(texts, MIMIC_BATCH, run.seed + epoch):
            got = model.encode(*batch(tokenizer, [texts[index] for index in chosen], LONGEST, run.device))
            got = nn.functional.normalize(got - mean.to(run.device), dim=-1)
            loss = (1 - (got * wanted[chosen].to(run.device)).sum(-1)).mean()
            optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(trained, 1.0)
            optimizer.step()
            plan.step()
            total += float(loss.detach())
        print(f"mimic {epoch + 1}/{run.mimic_epochs}: distance {total / per_epoch:.4f}, {time.monotonic() - started:.0f} s", flush=True)
        _save(run, "mimic", model, optimizer, plan, epoch + 1)


def _by_length(texts: Sequence[str], size: int, seed: int) -> Iterator[list[int]]:
    """Batches of texts of like length, in random order."""
    chance = random.Random(seed)
    order = sorted(range(len(texts)), key=lambda index: len(texts[index]) + 10 * chance.random())
    batches = [order[start : start + size] for start in range(0, len(order), size)]
    chance.shuffle(batches)
    yield from batches


def logits(
    model: Classifier, tokenizer: Tokenizer, chosen: Sequence[Item], device: torch.device, chance: random.Random | None
) -> tuple[Tensor, Tensor]:
    """Logits of all sentences [sentences, AGENT] and of all customer turns [items, CUSTOMER] of some items."""
    sentences = [said.text for item in chosen for said in item.draft]
    heard = list(dict.fromkeys(item.asked or "-" for item in chosen))
    told = _encoded(model, tokenizer, heard, TURN_LONGEST, device)[[heard.index(item.asked or "-") for item in chosen]]
    said = _encoded(model, tokenizer, sentences, LONGEST, device)
    asked, before, row = [], [], 0
    nothing = torch.zeros(said.shape[1], device=device)
    for number, item in enumerate(chosen):
        for place in range(len(item.draft)):
            alone = chance is not None and chance.random() < DROPPED
            asked.append(told[number] if item.asked and not alone else nothing)
            before.append(said[row - 1] if place and not alone else nothing)
            row += 1
    return model.judge(said, torch.stack(asked), torch.stack(before)), model.hear(told)


def _encoded(model: Classifier, tokenizer: Tokenizer, texts: Sequence[str], longest: int, device: torch.device) -> Tensor:
    """Vectors [texts, width] in the order of the texts, read in groups of like length: padding would be half of the work."""
    group = len(texts) if device.type == "cuda" else GROUP
    order = sorted(range(len(texts)), key=lambda index: len(texts[index]))
    found = [
        model.encode(*batch(tokenizer, [texts[index] for index in order[start : start + group]], longest, device))
        for start in range(0, len(order), group)
    ]
    place = torch.empty(len(order), dtype=torch.long, device=device)
    place[torch.tensor(order, device=device)] = torch.arange(len(order), device=device)
    return torch.cat(found)[place]


def targets(chosen: Sequence[Item], device: torch.device) -> tuple[Tensor, Tensor, Tensor]:
    """Labels of all sentences and customer turns, and which customer turns are labelled."""
    agent = [[float(name in said.moves or name in said.flags) for name in AGENT] for item in chosen for said in item.draft]
    customer = [[float(name in (item.customer or ())) for name in CUSTOMER] for item in chosen]
    known = [float(item.customer is not None) for item in chosen]
    return torch.tensor(agent, device=device), torch.tensor(customer, device=device), torch.tensor(known, device=device)


def learn(model: Classifier, tokenizer: Tokenizer, run: Run) -> None:
    """Encoder and heads learn the labels of the training part; the development part is only looked at."""
    train = [item for item in items() if part(item) == "train"]
    train += 2 * [item for item in train if item.id.rpartition("-")[0] in run.thrice]
    dev = [item for item in items() if part(item) == "dev"]
    per_epoch = math.ceil(len(train) / BATCH)
    heads = [*model.agent.parameters(), *model.customer.parameters()]
    inside = [p for name, p in model.encoder.named_parameters() if "embeddings" not in name]
    pace = 1.0 if run.start is None else FURTHER
    optimizer = torch.optim.AdamW([{"params": inside, "lr": 1.5e-4 * pace}, {"params": heads, "lr": 1e-3 * pace}], weight_decay=0.01)
    plan = schedule(optimizer, per_epoch * run.learn_epochs)
    loss_of = nn.BCEWithLogitsLoss(reduction="none")
    first = _resume(run, "learn", model, optimizer, plan)
    for epoch in range(first, run.learn_epochs):
        chance = random.Random(run.seed + epoch)
        mixed = _pairs_together(train, chance)
        model.train()
        started, total = time.monotonic(), 0.0
        for start in range(0, len(mixed), BATCH):
            chosen = mixed[start : start + BATCH]
            agent, customer = logits(model, tokenizer, chosen, run.device, chance)
            agent_wanted, customer_wanted, known = targets(chosen, run.device)
            loss = loss_of(agent, agent_wanted).sum(1).mean()
            loss = loss + 0.5 * (loss_of(customer, customer_wanted).sum(1) * known).sum() / known.sum().clamp(min=1)
            optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_([*inside, *heads], 1.0)
            optimizer.step()
            plan.step()
            total += float(loss.detach())
        print(
            f"learn {epoch + 1}/{run.learn_epochs}: loss {total / per_epoch:.4f}, development {_looked(model, tokenizer, dev, run)}, "
            f"{time.monotonic() - started:.0f} s",
            flush=True,
        )
        _save(run, "learn", model, optimizer, plan, epoch + 1)


def _pairs_together(train: Sequence[Item], chance: random.Random) -> list[Item]:
    """The items in random order, those that answer the same customer side by side: a minimal pair is learnt from at once, and its
    customer's turn is encoded once."""
    groups: dict[str, list[Item]] = {}
    for item in train:
        groups.setdefault(item.asked or item.id, []).append(item)
    shuffled = list(groups.values())
    chance.shuffle(shuffled)
    return [item for group in shuffled for item in group]


def _looked(model: Classifier, tokenizer: Tokenizer, dev: list[Item], run: Run) -> str:
    model.eval()
    right = torch.zeros(3, len(AGENT))
    with torch.inference_mode():
        for start in range(0, len(dev), BATCH):
            chosen = dev[start : start + BATCH]
            said = (logits(model, tokenizer, chosen, run.device, None)[0] > 0).float().cpu()
            wanted = targets(chosen, torch.device("cpu"))[0]
            right += torch.stack(((said * wanted).sum(0), said.sum(0), wanted.sum(0)))
    moves, flags = right[:, :12].sum(1), right[:, 12:].sum(1)
    return ", ".join(f"{name} F1 {2 * float(r[0]) / max(1.0, float(r[1] + r[2])):.3f}" for name, r in (("moves", moves), ("flags", flags)))


def _save(
    run: Run, phase: str, model: Classifier, optimizer: torch.optim.Optimizer, plan: torch.optim.lr_scheduler.LambdaLR, epoch: int
) -> None:
    state = {"epoch": epoch, "model": model.state_dict(), "optimizer": optimizer.state_dict(), "plan": plan.state_dict()}
    torch.save(state, run.folder / f"{phase}.part")
    (run.folder / f"{phase}.part").replace(run.folder / f"{phase}.pt")


def _resume(run: Run, phase: str, model: Classifier, optimizer: torch.optim.Optimizer, plan: torch.optim.lr_scheduler.LambdaLR) -> int:
    path = run.folder / f"{phase}.pt"
    if not path.exists():
        return 0
    state = torch.load(path, map_location=run.device)
    model.load_state_dict(state["model"])
    optimizer.load_state_dict(state["optimizer"])
    plan.load_state_dict(state["plan"])
    return int(state["epoch"])


def main() -> None:
    """Train; with `--folder` the work of an interrupted run goes on."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, default=Path("build/train"), help="where checkpoints go")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--mimic", type=int, default=2, help="epochs of the first phase")
    parser.add_argument("--learn", type=int, default=4, help="epochs of the second")
    parser.add_argument("--start", type=Path, help="network.pt of an earlier run with the same tokenizer.json: learn goes on from it")
    parser.add_argument("--thrice", nargs="+", default=(), metavar="FILE", help="files of the text (en-r) whose drafts count three times")
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(options.seed)
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    run = Run(
        options.folder, device, options.seed, 0 if options.start else options.mimic, options.learn, options.start, tuple(options.thrice)
    )
    tokenizer, kept, base = prepare(run.folder)
    model = Classifier(encoder(base, kept, LAYERS), len(AGENT), len(CUSTOMER)).to(run.device)
    if run.start:
        model.load_state_dict(torch.load(run.start, map_location=run.device)["model"])
    model.encoder.embeddings.requires_grad_(False)
    mimic(model, tokenizer, kept, base, run)
    learn(model, tokenizer, run)
    torch.save({"model": model.state_dict(), "kept": kept, "agent": AGENT, "customer": CUSTOMER}, run.folder / "network.pt")
    (run.folder / "run.json").write_text(
        json.dumps(
            {
                "seed": run.seed,
                "mimic": run.mimic_epochs,
                "learn": run.learn_epochs,
                "start": str(run.start) if run.start else None,
                "thrice": run.thrice,
            }
        )
    )


if __name__ == "__main__":
    main()
