"""A head by class means: every image belongs to the class whose mean is nearest.

Logits are sharpness / size * (x . mean - |mean|^2 / 2), linear in the features x; size is the mean square of a row.
Cross-validation chooses the sharpness, and how much each stage counts.
"""

from __future__ import annotations

import torch

import task
from heads import LinearHead, Problem

# From answers that are nearly even to nearly sure ones.
SHARPNESSES = tuple(10 ** (at / 4) for at in range(12))


def find_head(problem: Problem) -> LinearHead:
    targets, everything = problem.targets(), list(range(len(problem.labels)))
    compared = len(set(problem.folds)) > 1
    # Where nothing can be compared: the first gains, and a sharpness from the middle.
    best, gains, sharpness = float("inf"), problem.gains[0], SHARPNESSES[len(SHARPNESSES) >> 1]
    for those in problem.gains if compared else []:
        losses = _validate(problem, problem.features * problem.spread(those), targets)
        for loss, one in zip(losses, SHARPNESSES):
            if loss < best:
                best, gains, sharpness = loss, those, one
    spread = problem.spread(gains)
    rows = problem.features * spread
    weight, bias = _means(rows, targets, everything)
    steepness = sharpness / _size(rows)
    chosen = {"sharpness": sharpness, "validated": best if compared else None, "gains": list(gains)}
    return LinearHead(weight * steepness * spread, bias * steepness, chosen)


def _size(rows: torch.Tensor) -> float:
    return float(rows.square().sum() / len(rows)) or 1.0


def _means(rows: torch.Tensor, targets: torch.Tensor, some: list[int]) -> tuple[torch.Tensor, torch.Tensor]:
    """By the means of these rows; a class without any has that of all rows, which is 0."""
    features, wanted = rows[some], targets[some]
    counts = wanted.sum(0).unsqueeze(1)
    sums = wanted.T @ features
    mean = sums / counts.clamp_min(1)
    # Where an image may be of several classes, each is told from its absence.
    rest = torch.zeros_like(mean)
    if task.SEVERAL_CLASSES:
        rest = (features.sum(0) - sums) / (len(some) - counts).clamp_min(1)
    return mean - rest, (rest.square() - mean.square()).sum(1) / 2


def _validate(problem: Problem, rows: torch.Tensor, targets: torch.Tensor) -> list[float]:
    """The loss of every sharpness on the rows of each fold, by the means of the others."""
    losses = [0.0] * len(SHARPNESSES)
    for inside, outside in problem.parts():
        weight, bias = _means(rows, targets, outside)
        plain = (rows[inside] @ weight.T + bias) / _size(rows)
        measured = problem.loss(inside)
        for at, sharpness in enumerate(SHARPNESSES):
            losses[at] += float(measured(plain * sharpness)) * len(inside) / len(problem.labels)
    return losses
