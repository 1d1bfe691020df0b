"""An image may be of several classes at once, or of none: one sigmoid and one binary cross-entropy for each class."""

from __future__ import annotations

from typing import Any, Optional, Sequence

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray

from data import Label, Mixture

# What is measured after every epoch; higher is better but for "loss".
CURVES = ("loss", "meanAveragePrecision", "macroF1", "subsetAccuracy")
# Whether an image may be of several classes, or of none.
SEVERAL_CLASSES = True
USUAL_THRESHOLD = 0.5
Thresholds = Optional[Sequence[float]]


def targets_of(labels: Sequence[Label], classes: int) -> torch.Tensor:
    """What a batch is to learn: a row of zeros and ones for each image."""
    targets = torch.zeros(len(labels), classes)
    for row, label in enumerate(labels):
        targets[row, list(label)] = 1
    return targets


def loss_sum(
    logits: torch.Tensor,
    targets: torch.Tensor,
    smoothing: float,
    weights: Optional[torch.Tensor],
    mixture: Optional[tuple[Mixture, torch.Tensor]] = None,
    focal_gamma: float = 0.0,
) -> torch.Tensor:
    """The summed loss of these rows; divided by `loss_weight` of the batch it is BCEWithLogitsLoss's mean."""
    if mixture is not None:
        mixed, others = mixture
        targets = mixed.share * targets + (1 - mixed.share) * others
    soft = targets * (1 - smoothing) + smoothing / 2
    logits = logits if logits.dtype == torch.float64 else logits.float()
    if focal_gamma > 0:
        there, absent = F.logsigmoid(logits), F.logsigmoid(-logits)
        terms = soft * (1 if weights is None else weights) * (absent * focal_gamma).exp() * there
        return -(terms + (1 - soft) * (there * focal_gamma).exp() * absent).sum()
    return F.binary_cross_entropy_with_logits(logits, soft, pos_weight=weights, reduction="sum")


def loss_weight(targets: torch.Tensor, weights: Optional[torch.Tensor], classes: int) -> float:
    """What the summed loss of a whole batch is divided by."""
    return float(len(targets) * classes)


def row_weight(targets: torch.Tensor, weights: Optional[torch.Tensor]) -> float:
    """What the summed loss is divided by where a head is solved for: the rows, so that each class is on its own."""
    return float(len(targets))


def _truth(labels: Sequence[Label], classes: int) -> NDArray[Any]:
    return targets_of(labels, classes).numpy() > 0


def hits(logits: NDArray[Any], labels: Sequence[Label]) -> int:
    """How many rows are answered entirely right, at a probability of one half."""
    return int(((logits >= 0) == _truth(labels, logits.shape[1])).all(axis=1).sum())


def probabilities(logits: NDArray[Any]) -> NDArray[Any]:
    rows = logits.astype(np.float64)
    small = np.exp(-np.abs(rows))
    return np.where(rows >= 0, 1, small) / (1 + small)


def decode(logits: NDArray[Any], thresholds: Thresholds) -> list[list[int]]:
    """The classes that each row is given, likeliest first."""
    least = np.full(logits.shape[1], USUAL_THRESHOLD) if thresholds is None else np.array(thresholds)
    return [
        sorted((int(one) for one in np.flatnonzero(row >= least)), key=lambda one: (-row[one], one))
        for row in probabilities(logits)
    ]


def choose_thresholds(logits: NDArray[Any], labels: Sequence[Label]) -> Thresholds:
    """The threshold of each class with the highest F1 on these images; of several, the one nearest to one half."""
    truth = _truth(labels, logits.shape[1])
    return [_best_cut(column, there) for column, there in zip(probabilities(logits).T, truth.T)]


def _best_cut(values: NDArray[Any], there: NDArray[Any]) -> float:
    positives = int(there.sum())
    if positives in (0, len(there)):
        return USUAL_THRESHOLD
    order = np.argsort(-values, kind="stable")
    ranked, found = values[order], np.cumsum(there[order])
    best, threshold = -1.0, USUAL_THRESHOLD
    for index, probability in enumerate(ranked):
        below = float(ranked[index + 1]) if index + 1 < len(ranked) else 0.0
        if below == probability:
            continue
        f1 = 2 * float(found[index]) / (index + 1 + positives)
        cut = USUAL_THRESHOLD if below < USUAL_THRESHOLD <= probability else (below + float(probability)) / 2
        if f1 > best or (f1 == best and abs(cut - USUAL_THRESHOLD) < abs(threshold - USUAL_THRESHOLD)):
            best, threshold = f1, cut
    return threshold


def _average_precision(values: NDArray[Any], there: NDArray[Any]) -> float:
    """As scikit-learn's average_precision_score; samples with the same score count at once."""
    total = there.sum()
    if total == 0:
        return float("nan")
    order = np.argsort(-values, kind="stable")
    ranked, found = values[order], np.cumsum(there[order])
    last = np.append(ranked[1:] != ranked[:-1], True)
    found, seen = found[last], (np.arange(len(ranked)) + 1)[last]
    return float((np.diff(found, prepend=0) / total * found / seen).sum())


def scores(logits: NDArray[Any], labels: Sequence[Label], thresholds: Thresholds) -> dict[str, float]:
    """Metrics of a network on labelled images; the loss is plain, without weights or smoothing."""
    classes = logits.shape[1]
    truth = _truth(labels, classes)
    answered = np.zeros_like(truth)
    for row, given in enumerate(decode(logits, thresholds)):
        answered[row, given] = True
    both, support, predicted = (truth & answered).sum(axis=0), truth.sum(axis=0), answered.sum(axis=0)
    counted = support + predicted > 0
    f1 = 2 * both[counted] / (support + predicted)[counted]
    precisions = [_average_precision(logits[:, one], truth[:, one]) for one in range(classes)]
    rows = np.where(truth, -logits, logits).astype(np.float64)
    return {
        "meanAveragePrecision": float(np.nanmean(precisions)),
        "macroF1": float(f1.mean()) if len(f1) > 0 else 0.0,
        "microF1": float(2 * both.sum() / max(1, support.sum() + predicted.sum())),
        "subsetAccuracy": float((truth == answered).all(axis=1).mean()),
        "loss": float((np.maximum(rows, 0) + np.log1p(np.exp(-np.abs(rows)))).mean()),
    }
