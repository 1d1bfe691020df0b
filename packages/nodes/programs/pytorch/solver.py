"""The best weights of the last linear layer at once: penalised logistic regression, in double precision.

The features before the layer are brought to one size and kept; the mean loss plus penalty / 2 times the squared weights
is minimised (in scikit-learn: LogisticRegression(C=1 / (penalty * rows))). Cross-validation chooses the penalty.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Callable, Optional, Sequence

import numpy as np
import torch
from torch import nn

import processes
import task
from configuration import Phase, Solver
from data import Images, Label, Sample
from inputs import Inputs
from rng import Stream, derive_seed
from training import Hardware

FOLDS = 5
# Of the penalties that are tried, from one that leaves nearly nothing to one that hardly counts.
GRID = 8
# Powers of the weights of stages that are tried, where a head reads several stages.
POWERS = (math.inf, 2, 1, 0.5, 0)

Loss = Callable[[torch.Tensor], torch.Tensor]


def solve(
    network: nn.Module,
    phase: Phase,
    train: Sequence[Sample],
    validation: Optional[Sequence[Sample]],
    settings: Any,
    hardware: Hardware,
    tell: Callable[..., None],
) -> Optional[Sequence[float]]:
    """Gives the layer its best weights; the thresholds that the task chose on validation images."""
    assert phase.solver is not None
    classes = len(settings.CLASSES)
    views = phase.views or 1
    images = Images(train, settings.PREPROCESSING, phase.augmentation if phase.views > 0 else (), phase.seed)
    rows = features_of(network, phase.solver, images, views, phase.batch_size, hardware)
    labels = [one.label for one in train] * views
    folds = stratified_folds([one.key for one in train] * views, labels, phase.seed)
    chosen, weight, bias = _best_head(network, phase, rows, labels, folds, classes, tell)
    _put(network, phase.solver, chosen, weight, bias)
    if validation is None:
        return None
    held = Images(validation, settings.PREPROCESSING)
    outputs = features_of(network, phase.solver, held, 1, phase.batch_size, hardware) @ weight.T + bias
    truth = [one.label for one in validation]
    thresholds = task.choose_thresholds(outputs.numpy(), truth)
    tell("epoch", phase=phase.name, epoch=1, validation=task.scores(outputs.numpy(), truth, thresholds))
    return thresholds


def features_of(
    network: nn.Module, solver: Solver, images: Images, views: int, batch_size: int, hardware: Hardware
) -> torch.Tensor:
    """What arrives at the layer, or at what standardises before it, of every view of every image."""
    network.eval()
    kept: list[torch.Tensor] = []

    def keep(_: nn.Module, arrived: tuple[torch.Tensor, ...]) -> None:
        kept.append(arrived[0].detach().double().cpu())

    hook = network.get_submodule(solver.standardise or solver.layer).register_forward_pre_hook(keep)
    own = processes.share_of(range(len(images)))
    parts = [own[start : start + batch_size] for start in range(0, max(1, len(own)), batch_size)]
    inputs = Inputs(
        images, None, hardware.device, hardware.context, hardware.workers, 1, 0, hardware.channels_last, hardware.number
    )
    rows = []
    for view in range(views):
        kept.clear()
        for batch in inputs.batches(parts, view, batch_size):
            with torch.no_grad(), hardware.context():
                network(batch)
        rows.append(processes.joined(torch.cat(kept).to(hardware.device), len(images)).cpu())
    hook.remove()
    return torch.cat(rows)


def stratified_folds(keys: Sequence[int], labels: Sequence[Label], seed: int) -> list[int]:
    """The fold of every row: views of an image together, classes spread evenly, rarest first."""
    random = Stream(derive_seed(seed, "folds"))
    groups: dict[int, list[int]] = {}
    for row, key in enumerate(keys):
        groups.setdefault(key, []).append(row)
    sizes: dict[int, int] = {}
    for label in labels:
        for name in label:
            sizes[name] = sizes.get(name, 0) + 1
    most = max((len({keys[row] for row, label in enumerate(labels) if name in label}) for name in sizes), default=0)
    if most < 2:
        return [0] * len(labels)
    ordered = []
    for members in groups.values():
        names = list(dict.fromkeys(name for row in members for name in labels[row]))
        rarest = min(names, key=lambda name: sizes[name]) if names else -1
        ordered.append((sizes.get(rarest, 0), rarest, random(), members, names))
    ordered.sort(key=lambda group: group[:3])
    totals, per_class = [0] * FOLDS, [dict[int, int]() for _ in range(FOLDS)]
    folds = [0] * len(labels)
    for _, rarest, _, members, names in ordered:
        fold = min(range(FOLDS), key=lambda one: (per_class[one].get(rarest, 0), totals[one], one))
        totals[fold] += len(members)
        for row in members:
            folds[row] = fold
        for name in names:
            per_class[fold][name] = per_class[fold].get(name, 0) + len(members)
    return folds


@dataclass
class Chosen:
    """How the features were brought to one size, and what was chosen."""

    means: torch.Tensor
    deviations: torch.Tensor
    gains: torch.Tensor
    penalty: float = 0.0


@dataclass
class Space:
    """Rows in coordinates of their own in which their directions are at right angles, and how to come back."""

    rows: torch.Tensor
    back: torch.Tensor
    variances: torch.Tensor


def _best_head(
    network: nn.Module,
    phase: Phase,
    features: torch.Tensor,
    labels: Sequence[Label],
    folds: Sequence[int],
    classes: int,
    tell: Callable[..., None],
) -> tuple[Chosen, torch.Tensor, torch.Tensor]:
    solver = phase.solver
    assert solver is not None
    columns = features.shape[1]
    groups = solver.groups or ((0, columns),)
    means, deviations = _standard(features, groups)
    standard = torch.where(deviations == 0, torch.zeros(()).double(), (features - means) / deviations.clamp_min(1e-300))
    best: tuple[float, float, Sequence[float]] = (math.inf, solver.penalty, ())
    candidates = _gains(network, solver, groups)
    for gains in candidates:
        space = _space(standard * _spread(gains, groups, columns))
        square = float(space.rows.square().sum() / len(features))
        grid = (
            [solver.penalty]
            if solver.penalty > 0
            else [square * 10 ** (-1 - 5 * at / (GRID - 1)) for at in range(GRID)]
        )
        if len(candidates) == 1 and len(grid) == 1:
            best = (0, grid[0], gains)
        elif len(set(folds)) < 2:
            best = min(best, (0, grid[len(grid) >> 1], gains), key=lambda one: one[0])
        else:
            losses = _validate(space, phase, labels, folds, classes, grid)
            best = min(best, *((loss, one, gains) for loss, one in zip(losses, grid)), key=lambda one: one[0])
    loss, penalty, chosen = best
    spread = _spread(chosen, groups, columns)
    space = _space(standard * spread)
    fit = _fit(
        space, _loss(phase, labels, list(range(len(labels))), classes, True), penalty, classes, space.rows, None, True
    )
    tell("solved", phase=phase.name, penalty=penalty, validated=loss, gains=list(chosen))
    weight = (fit[:-1].T @ space.back.T) * spread
    weight = torch.where(deviations == 0, torch.zeros(()).double(), weight / deviations.clamp_min(1e-300))
    return Chosen(means, deviations, spread, penalty), weight, fit[-1] - weight @ means


def _standard(features: torch.Tensor, groups: Sequence[tuple[int, int]]) -> tuple[torch.Tensor, torch.Tensor]:
    """Means, and what features are divided by: features that hardly ever differ stay small."""
    means = features.mean(0)
    deviations = (features - means).square().mean(0).sqrt()
    deviations = torch.where(deviations > 1e-7 * means.abs(), deviations, torch.zeros(()).double())
    for start, end in groups:
        part = deviations[start:end]
        deviations[start:end] = torch.where(part == 0, part, torch.hypot(part, part.mean()))
    return means, deviations


def _gains(network: nn.Module, solver: Solver, groups: Sequence[tuple[int, int]]) -> list[list[float]]:
    """How much each stage counts: as the network says, or a choice of powers of that."""
    own = [1.0] * len(groups)
    if solver.standardise is not None:
        scale = network.get_submodule(solver.standardise).weight
        assert isinstance(scale, torch.Tensor)
        own = [float(scale[start]) for start, _ in groups]
    largest = max(own)
    if solver.penalty > 0 or all(gain == largest for gain in own):
        return [own]
    return [[gain if gain == largest else largest * (gain / largest) ** power for gain in own] for power in POWERS]


def _spread(gains: Sequence[float], groups: Sequence[tuple[int, int]], columns: int) -> torch.Tensor:
    spread = torch.ones(columns, dtype=torch.float64)
    for gain, (start, end) in zip(gains, groups):
        spread[start:end] = gain
    return spread


def _space(rows: torch.Tensor) -> Space:
    """With X = U S V^T, the rows of U S have the same lengths and angles as those of X."""
    _, sizes, directions = torch.linalg.svd(rows, full_matrices=False)
    kept = sizes > 1e-10 * sizes.max()
    back = directions[kept].T
    return Space(rows @ back, back, sizes[kept].square() / len(rows))


def _loss(phase: Phase, labels: Sequence[Label], rows: Sequence[int], classes: int, learned: bool) -> Loss:
    """The mean loss over these rows: with class weights and smoothing where it is to be learned from."""
    targets = task.targets_of([labels[row] for row in rows], classes)
    weights = None
    if learned and phase.class_weights is not None:
        weights = torch.tensor(phase.class_weights, dtype=torch.float64)
    smoothing = phase.label_smoothing if learned else 0.0
    targets = targets.double() if targets.is_floating_point() else targets
    return lambda logits: task.loss_sum(logits, targets, smoothing, weights) / task.row_weight(targets, weights)


def _fit(
    space: Space,
    loss: Loss,
    penalty: float,
    classes: int,
    rows: torch.Tensor,
    start: Optional[torch.Tensor],
    exact: bool,
) -> torch.Tensor:
    """Weights `[directions, classes]` and a row of biases at the minimum of loss + penalty / 2 |weights|^2."""
    # In steps of about the same curvature in every direction L-BFGS takes few of them.
    scale = torch.rsqrt(0.25 * space.variances + penalty).unsqueeze(1)
    scaled = torch.zeros(len(scale) + 1, classes, dtype=torch.float64)
    if start is not None:
        scaled = torch.cat([start[:-1] / scale, start[-1:]])
    scaled.requires_grad_()
    optimizer = torch.optim.LBFGS(
        [scaled],
        max_iter=2000 if exact else 200,
        max_eval=4000,
        tolerance_grad=1e-9 if exact else 1e-6,
        tolerance_change=1e-14 if exact else 1e-9,
        history_size=20,
        line_search_fn="strong_wolfe",
    )

    def objective() -> torch.Tensor:
        optimizer.zero_grad()
        weight = scaled[:-1] * scale
        value = loss(rows @ weight + scaled[-1]) + penalty / 2 * weight.square().sum()
        value.backward()  # type: ignore[no-untyped-call]
        return value

    optimizer.step(objective)  # type: ignore[arg-type, no-untyped-call]
    result = scaled.detach()
    return torch.cat([result[:-1] * scale, result[-1:]])


def _validate(
    space: Space, phase: Phase, labels: Sequence[Label], folds: Sequence[int], classes: int, grid: Sequence[float]
) -> list[float]:
    """The loss of every penalty on rows that its head has not seen."""
    losses = np.zeros(len(grid))
    for fold in sorted(set(folds)):
        inside = [row for row, other in enumerate(folds) if other == fold]
        outside = [row for row, other in enumerate(folds) if other != fold]
        learned, measured = _loss(phase, labels, outside, classes, True), _loss(phase, labels, inside, classes, False)
        start: Optional[torch.Tensor] = None
        for at, penalty in enumerate(grid):
            start = _fit(space, learned, penalty, classes, space.rows[outside], start, False)
            loss = measured(space.rows[inside] @ start[:-1] + start[-1])
            losses[at] += float(loss) * len(inside) / len(labels)
    return [float(loss) for loss in losses]


def _put(network: nn.Module, solver: Solver, chosen: Chosen, weight: torch.Tensor, bias: torch.Tensor) -> None:
    """Weights for features as they come, or as what standardises before the layer leaves them."""
    layer = network.get_submodule(solver.layer)
    assert isinstance(layer, nn.Linear)
    if solver.standardise is not None:
        before = network.get_submodule(solver.standardise)
        assert isinstance(before, nn.BatchNorm1d) and before.running_mean is not None and before.running_var is not None
        variance = chosen.deviations.square().float()
        factor = before.weight.detach().double().cpu() / torch.sqrt(variance.double() + before.eps)
        bias = bias + weight @ chosen.means
        weight = weight / factor
        before.running_mean.copy_(chosen.means)
        before.running_var.copy_(variance)
    with torch.no_grad():
        layer.weight.copy_(weight)
        layer.bias.copy_(bias)
