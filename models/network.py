"""The network: one encoder, a head for the agent's sentence in its context, a head for the customer's turn."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from transformers import BertModel

INNER = 256


class Classifier(nn.Module):
    """`encode` gives a text's vector; `agent` and `customer` give logits. A sentence's context comes in as the vectors of the
    customer's last turn and of the sentence before it, so that a new sentence costs one pass of the encoder."""

    def __init__(self, encoder: BertModel, agent: int, customer: int, dropout: float = 0.1) -> None:
        super().__init__()
        self.encoder = encoder
        width = encoder.config.hidden_size
        self.scale = width**0.5  # vectors of length one are too small to learn from
        self.agent = _head(3 * width, agent, dropout)
        self.customer = _head(width, customer, dropout)

    def encode(self, ids: Tensor, mask: Tensor) -> Tensor:
        """Mean of the last layer over the tokens: ids and mask [texts, tokens] to [texts, width], of length one."""
        hidden = self.encoder(ids, attention_mask=mask).last_hidden_state
        weights = mask.unsqueeze(-1).to(hidden.dtype)
        return nn.functional.normalize((hidden * weights).sum(1) / weights.sum(1), dim=-1)

    def judge(self, said: Tensor, asked: Tensor, before: Tensor) -> Tensor:
        """Logits [sentences, labels] of sentences by three vectors each [sentences, width]."""
        return self.agent(torch.cat((said, asked, before), 1) * self.scale)

    def hear(self, told: Tensor) -> Tensor:
        """Logits [turns, labels] of customers' turns by their vectors [turns, width]."""
        return self.customer(told * self.scale)


def _head(width: int, labels: int, dropout: float) -> nn.Sequential:
    return nn.Sequential(nn.Linear(width, INNER), nn.ReLU(), nn.Dropout(dropout), nn.Linear(INNER, labels))


class Encoder(nn.Module):
    """What is exported for serving: ids [1, tokens] to a vector [width]."""

    def __init__(self, network: Classifier) -> None:
        super().__init__()
        self.network = network

    def forward(self, ids: Tensor) -> Tensor:
        """Encode one text without padding."""
        return self.network.encode(ids, torch.ones_like(ids))[0]
