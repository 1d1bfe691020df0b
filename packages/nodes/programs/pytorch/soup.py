"""The mean of the weights of the best epochs, gathered greedily (Wortsman et al. 2022, arXiv 2203.05482)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Callable, Optional, Sequence

import torch

Weights = dict[str, torch.Tensor]


@dataclass
class Ended:
    """What an epoch (from 1) ended with, and what was monitored of it; nothing without validation images."""

    epoch: int
    value: Optional[float]
    weights: Weights


def ranked(epochs: Sequence[Ended], higher: bool) -> list[Ended]:
    """The best first, of equal ones the earliest; where nothing was monitored, the last first."""

    def place(one: Ended) -> tuple[float, int]:
        if one.value is None:
            return 0.0, -one.epoch
        return -one.value if higher else one.value, one.epoch

    return sorted(epochs, key=place)


def joined(
    epochs: Sequence[Ended], higher: bool, measure: Callable[[Weights], Optional[float]]
) -> tuple[Weights, list[int]]:
    """From the best one down an epoch is taken in, unless the mean gets worse by it; its epochs, in order."""
    first, *others = ranked(epochs, higher)
    mean, taken = first.weights, [first.epoch]
    value = measure(mean)
    for one in others:
        share = 1 / (len(taken) + 1)
        wider = {name: torch.lerp(value, one.weights[name], share) for name, value in mean.items()}
        found = measure(wider)
        if found is not None and value is not None and (found < value if higher else found > value):
            continue
        mean, value = wider, found
        taken.append(one.epoch)
    return mean, sorted(taken)
