"""Every image is of exactly one class: softmax and cross-entropy."""

from __future__ import annotations

from typing import Any, Optional, Sequence

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray

from data import Label, Mixture

# What is measured after every epoch; higher is better but for "loss".
CURVES = ("loss", "accuracy", "macroF1")
# Whether an image may be of several classes, or of none.
SEVERAL_CLASSES = False
Thresholds = Optional[Sequence[float]]


def targets_of(labels: Sequence[Label], classes: int) -> torch.Tensor:
    """What a batch is to learn."""
    return torch.tensor([label[0] for label in labels])


def loss_sum(
    logits: torch.Tensor,
    targets: torch.Tensor,
    smoothing: float,
    weights: Optional[torch.Tensor],
    mixture: Optional[tuple[Mixture, torch.Tensor]] = None,
    focal_gamma: float = 0.0,
) -> torch.Tensor:
    """The summed loss of these rows; divided by `loss_weight` of the batch it is CrossEntropyLoss's mean."""
    logits = logits if logits.dtype == torch.float64 else logits.float()

    def total(of: torch.Tensor) -> torch.Tensor:
        if focal_gamma > 0:
            return _focal(logits, of, smoothing, weights, focal_gamma)
        return F.cross_entropy(logits, of, weight=weights, label_smoothing=smoothing, reduction="sum")

    if mixture is None:
        return total(targets)
    mixed, others = mixture
    return mixed.share * total(targets) + (1 - mixed.share) * total(others)


def _focal(
    logits: torch.Tensor, targets: torch.Tensor, smoothing: float, weights: Optional[torch.Tensor], gamma: float
) -> torch.Tensor:
    """Images that are answered well count less (Lin et al. 2017)."""
    classes = logits.shape[1]
    soft = F.one_hot(targets, classes) * (1 - smoothing) + smoothing / classes
    soft = soft if weights is None else soft * weights
    log = torch.log_softmax(logits, 1)
    return -(soft * (1 - log.exp()).clamp_min(1e-7).pow(gamma) * log).sum()


def loss_weight(targets: torch.Tensor, weights: Optional[torch.Tensor], classes: int) -> float:
    """What the summed loss of a whole batch is divided by."""
    return float(len(targets)) if weights is None else float(weights[targets].sum())


def row_weight(targets: torch.Tensor, weights: Optional[torch.Tensor]) -> float:
    """What the summed loss is divided by where a head is solved for: the rows."""
    return loss_weight(targets, weights, 0)


def hits(logits: NDArray[Any], labels: Sequence[Label]) -> int:
    """How many rows are answered right."""
    return int((logits.argmax(axis=1) == np.array([label[0] for label in labels])).sum())


def probabilities(logits: NDArray[Any]) -> NDArray[Any]:
    values = np.exp(logits.astype(np.float64) - logits.max(axis=1, keepdims=True))
    return np.asarray(values / values.sum(axis=1, keepdims=True))


def decode(logits: NDArray[Any], thresholds: Thresholds) -> list[list[int]]:
    """The classes that each row is given."""
    return [[int(one)] for one in logits.argmax(axis=1)]


def choose_thresholds(logits: NDArray[Any], labels: Sequence[Label]) -> Thresholds:
    """Nothing is chosen on validation images for this task."""
    return None


def scores(logits: NDArray[Any], labels: Sequence[Label], thresholds: Thresholds) -> dict[str, float]:
    """Metrics of a network on labelled images; the loss is plain, without weights or smoothing."""
    classes = logits.shape[1]
    truth = np.array([label[0] for label in labels])
    confusion = np.zeros((classes, classes))
    np.add.at(confusion, (truth, logits.argmax(axis=1)), 1)
    right, support, predicted = np.diag(confusion), confusion.sum(axis=1), confusion.sum(axis=0)
    f1 = 2 * right / np.maximum(support + predicted, 1)
    rows = logits.astype(np.float64)
    largest = rows.max(axis=1, keepdims=True)
    losses = np.log(np.exp(rows - largest).sum(axis=1)) + largest[:, 0] - rows[np.arange(len(rows)), truth]
    return {
        "accuracy": float(right.sum() / len(truth)),
        "balancedAccuracy": float((right[support > 0] / support[support > 0]).mean()),
        "macroF1": float(f1[support + predicted > 0].mean()),
        "loss": float(losses.mean()),
    }
