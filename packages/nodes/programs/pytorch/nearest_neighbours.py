"""A head of the nearest training images, whose votes count by their nearness (Wu et al. 2018, arXiv 1805.01978).

Each training image's share is softmax of its cosine with what is asked, times a sharpness; a class has the shares of
its images. The layers of the head carry the training images: `layer` gives the cosines, `shares` adds up the votes.
Sharpness and the weights of stages are those with the least loss when every image is asked of all others.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Sequence

import torch
from torch import nn

import task
from heads import Problem, batch_norm, fill, set_statistics

# From shares that are nearly even to the nearest image alone.
SHARPNESSES = tuple(2 ** (1 + at * 0.75) for at in range(9))
# Taken where nothing can be compared.
USUAL = 14.0
# Pairs of rows that choices are compared by, at most.
MOST_PAIRS = 2e6
# The least share of a class, so that its logarithm is a number.
LEAST_SHARE = 1e-6


@dataclass
class NeighboursHead:
    """What the layers of the head are filled with."""

    keys: torch.Tensor  # [rows, columns], of length 1
    votes: torch.Tensor  # [rows, classes]
    sharpness: float
    spread: torch.Tensor
    chosen: dict[str, Any]

    def put(self, network: nn.Module, problem: Problem) -> None:
        assert problem.head.standardise is not None and problem.head.shares is not None
        standard, before = problem.standard, batch_norm(network, problem.head.standardise)
        variance = standard.deviations.square().float()
        with torch.no_grad():
            # A feature that never differs says nothing.
            before.weight.copy_(standard.divided(self.spread * torch.sqrt(variance.double() + before.eps)))
            before.bias.zero_()
        set_statistics(before, standard.means, variance)
        fill(network, problem.head.layer, self.keys * self.sharpness, torch.zeros(len(self.keys)))
        fill(network, problem.head.shares, self.votes.T, torch.zeros(problem.classes))


def find_head(problem: Problem) -> NeighboursHead:
    gains, sharpness, best = problem.gains[0], USUAL, float("inf")
    asked, votes = _spread_rows(len(problem.labels)), problem.targets()
    measured, same = problem.loss(asked), _same_image(problem.images, asked)
    compared = len(set(problem.images)) > 1
    for those in problem.gains if compared else []:
        keys = _unit(problem.features * problem.spread(those))
        cosines = keys[asked] @ keys.T
        for one in SHARPNESSES:
            nearness = (one * (cosines - 1)).exp().masked_fill(same, 0)
            loss = float(measured(_logits(_over(nearness @ votes, nearness.sum(1, keepdim=True)))))
            if loss < best:
                best, gains, sharpness = loss, those, one
    spread = problem.spread(gains)
    chosen = {"sharpness": sharpness, "validated": best if compared else None, "gains": list(gains)}
    return NeighboursHead(_unit(problem.features * spread), votes, sharpness, spread, chosen)


def _spread_rows(rows: int) -> list[int]:
    """As many rows as choices are compared by, evenly from all."""
    count = max(1, min(rows, int(MOST_PAIRS / rows)))
    return [index * rows // count for index in range(count)]


def _same_image(images: Sequence[int], asked: Sequence[int]) -> torch.Tensor:
    """`[asked, rows]`: views of one image, which are not asked about each other."""
    keys = torch.tensor(images)
    return keys[list(asked)].unsqueeze(1) == keys


def _unit(rows: torch.Tensor) -> torch.Tensor:
    return _over(rows, rows.square().sum(1, keepdim=True).sqrt())


def _over(values: torch.Tensor, sizes: torch.Tensor) -> torch.Tensor:
    """Divided, but by nothing where that is 0."""
    return values / sizes.masked_fill(sizes == 0, 1)


def _logits(shares: torch.Tensor) -> torch.Tensor:
    """Logarithms of the shares; where an image may be of several classes, those of the odds."""
    if not task.SEVERAL_CLASSES:
        return shares.clamp_min(LEAST_SHARE).log()
    limited = shares.clamp(LEAST_SHARE, 1 - LEAST_SHARE)
    return (limited / (1 - limited)).log()
