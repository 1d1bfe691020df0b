"""A head by least squares: the mean of ridge regressions of the classes, each by how well it explains the images.

Every weighting of the stages and every penalty gives a regression. None is chosen: each counts by its evidence, the
likelihood of the classes under a Gaussian process with a linear kernel (MacKay 1992; Hoeting et al. 1999). A mean of
linear heads is one linear head. Cross-validation settles only how steeply logits rise with its answers.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Sequence

import torch

import task
from heads import LinearHead, Problem, Space, space_of

# From answers that are nearly even to nearly sure ones.
SHARPNESSES = tuple(2 ** (at / 2) for at in range(14))
# Taken where nothing can be compared.
USUAL = 8.0
# A weighting that counts less than this is not worth its regressions in every fold.
NEGLIGIBLE = 1e-3
# The answer that means "as likely as not", where every class is told from its absence.
MIDDLE = 0.5 if task.SEVERAL_CLASSES else 0.0


@dataclass
class Model:
    """One weighting of the stages, and the penalties that it is tried with."""

    space: Space
    spread: torch.Tensor
    penalties: torch.Tensor


@dataclass
class Regressions:
    """Regressions of the same rows under several penalties, from one decomposition."""

    evidence: torch.Tensor  # of each penalty: the logarithm of how well it explains the targets
    directions: torch.Tensor
    products: torch.Tensor
    shrinking: torch.Tensor  # [directions, penalties]
    centre: torch.Tensor
    level: torch.Tensor

    def mean(self, shares: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Weights `[columns, classes]` and biases, by a share for each penalty."""
        weight = self.directions @ ((shares / self.shrinking).sum(1, keepdim=True) * self.products)
        return weight, shares.sum() * self.level - self.centre @ weight


def find_head(problem: Problem) -> LinearHead:
    targets, everything = problem.targets(), list(range(len(problem.labels)))
    models = [_model(problem, gains) for gains in problem.gains]
    fits, shares = _average(models, targets, everything, problem.views)
    counts = [float(one.sum()) for one in shares]
    worth_it = [model for model, count in zip(models, counts) if count > NEGLIGIBLE]
    losses = _compare(problem, worth_it, targets)
    finite = [at for at, loss in enumerate(losses) if math.isfinite(loss)]
    best = min(finite, key=lambda at: losses[at], default=None)
    sharpness = USUAL if best is None else SHARPNESSES[best]
    weight = torch.zeros(problem.classes, problem.features.shape[1], dtype=torch.float64)
    bias = torch.zeros(problem.classes, dtype=torch.float64)
    for model, fit, share in zip(models, fits, shares):
        one, level = fit.mean(share)
        weight += (model.space.back @ one).T * model.spread
        bias += level
    gains = [sum(gain * count for gain, count in zip(column, counts)) for column in zip(*problem.gains)]
    validated = None if best is None else losses[best]
    chosen = {"sharpness": sharpness, "validated": validated, "gains": gains}
    return LinearHead(weight * sharpness, (bias - MIDDLE) * sharpness, chosen)


def _model(problem: Problem, gains: Sequence[float]) -> Model:
    spread, rows = problem.spread(gains), len(problem.labels)
    space = space_of(problem.features * spread)
    if problem.head.penalty > 0:
        # Penalties are meant for the mean loss; a regression's count against the sum.
        return Model(space, spread, torch.tensor([problem.head.penalty * rows], dtype=torch.float64))
    # From one that leaves little but the mean to one that hardly counts, by the mean square of a row.
    square = float(space.rows.square().sum() / rows) or 1.0
    return Model(space, spread, square * 10 ** (1 - torch.arange(13, dtype=torch.float64) / 2))


def _regress(model: Model, targets: torch.Tensor, rows: list[int], views: int) -> Regressions:
    """Squared weights are penalised and biases free. Classes count once together, as the views of an image do."""
    features, wanted = model.space.rows[rows], targets[rows]
    centre, level = features.mean(0), wanted.mean(0)
    features, wanted = features - centre, wanted - level
    squares, directions = torch.linalg.eigh(features.T @ features)
    products = directions.T @ (features.T @ wanted)
    shrinking = squares.clamp_min(0).unsqueeze(1) + model.penalties
    spread = float(wanted.square().sum())
    explained = (products.square().sum(1, keepdim=True) / shrinking).sum(0)
    # What is left must not fall to nothing: by rounding, or where all rows are of one class.
    left = (spread - explained).clamp_min(max(spread * 1e-9, 1e-300))
    evidence = -((len(rows) / views - 1) * left.log() + (shrinking / model.penalties).log().sum(0)) / 2
    return Regressions(evidence, directions, products, shrinking, centre, level)


def _average(
    models: Sequence[Model], targets: torch.Tensor, rows: list[int], views: int
) -> tuple[list[Regressions], list[torch.Tensor]]:
    """The regressions of every model, and how much each of its penalties counts; 1 together."""
    fits = [_regress(model, targets, rows, views) for model in models]
    shares = torch.cat([fit.evidence for fit in fits]).softmax(0)
    return fits, list(torch.split(shares, [len(fit.evidence) for fit in fits]))


def _compare(problem: Problem, models: Sequence[Model], targets: torch.Tensor) -> list[float]:
    """The loss of every sharpness on the rows of each fold, by what the others teach."""
    losses = [0.0] * len(SHARPNESSES)
    compared = False
    for inside, outside in problem.parts():
        compared = True
        answers = torch.zeros(len(inside), problem.classes, dtype=torch.float64)
        for model, fit, share in zip(models, *_average(models, targets, outside, problem.views)):
            weight, bias = fit.mean(share)
            answers += model.space.rows[inside] @ weight + bias
        measured = problem.loss(inside)
        for at, sharpness in enumerate(SHARPNESSES):
            losses[at] += float(measured((answers - MIDDLE) * sharpness)) * len(inside) / len(problem.labels)
    return losses if compared else []
