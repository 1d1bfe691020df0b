"""Heads that are computed at once, in place of steps, from the features of all images.

What comes before the head stays as it is, so the features of every image are read once. They are brought to one size,
in double precision, and a module for each method finds the head: solver.py, least_squares.py, class_means.py or
nearest_neighbours.py, as far as the phases use them.
"""

from __future__ import annotations

import importlib
import math
from dataclasses import dataclass
from typing import Any, Callable, Iterator, Optional, Sequence

import torch
from torch import nn

import processes
import task
from configuration import ComputedHead, Phase
from data import Images, Label, Sample
from inputs import Inputs, logits_of
from rng import Stream, derive_seed
from training import Hardware

FOLDS = 5
# Powers of the weights of stages that are tried, where a head reads several stages.
POWERS = (math.inf, 2, 1, 0.5, 0)

Loss = Callable[[torch.Tensor], torch.Tensor]


@dataclass
class Standard:
    """What brings features to one size: their means, and what they are divided by; 0 where they never differ."""

    means: torch.Tensor
    deviations: torch.Tensor

    def divided(self, values: torch.Tensor) -> torch.Tensor:
        """The values over the deviations; 0 for features that never differ."""
        never = self.deviations == 0
        return torch.where(never, torch.zeros_like(values), values / self.deviations.masked_fill(never, 1))


@dataclass
class Problem:
    """What a method finds a head by. A row is an image; where there are several views of each, a view of one."""

    features: torch.Tensor  # [rows, columns], brought to one size
    standard: Standard
    labels: Sequence[Label]
    images: Sequence[int]  # of each row, the key of its image
    folds: Sequence[int]
    gains: Sequence[Sequence[float]]  # to choose from: how much the columns of each group count
    classes: int
    views: int
    head: ComputedHead
    phase: Phase

    def spread(self, gains: Sequence[float]) -> torch.Tensor:
        """The gain of every column."""
        columns = torch.ones(self.features.shape[1], dtype=torch.float64)
        for gain, (start, end) in zip(gains, self.head.groups):
            columns[start:end] = gain
        return columns

    def targets(self) -> torch.Tensor:
        """`[rows, classes]`: 1 where a row is of the class."""
        rows = torch.zeros(len(self.labels), self.classes, dtype=torch.float64)
        for row, label in enumerate(self.labels):
            rows[row, list(label)] = 1
        return rows

    def parts(self) -> Iterator[tuple[list[int], list[int]]]:
        """For each fold its rows, and those of the others; nothing where there is only one."""
        folds = sorted(set(self.folds))
        for fold in folds if len(folds) > 1 else []:
            rows = range(len(self.folds))
            yield [row for row in rows if self.folds[row] == fold], [row for row in rows if self.folds[row] != fold]

    def loss(self, rows: Sequence[int], learned: bool = False) -> Loss:
        """The mean loss over these rows: with class weights and smoothing where it is to be learned from."""
        targets = task.targets_of([self.labels[row] for row in rows], self.classes)
        targets = targets.double() if targets.is_floating_point() else targets
        weights = None
        if learned and self.phase.class_weights is not None:
            weights = torch.tensor(self.phase.class_weights, dtype=torch.float64)
        smoothing = self.phase.label_smoothing if learned else 0.0
        return lambda logits: task.loss_sum(logits, targets, smoothing, weights) / task.row_weight(targets, weights)


@dataclass
class LinearHead:
    """Logits that are linear in the features, which have been brought to one size."""

    weight: torch.Tensor  # [classes, columns]
    bias: torch.Tensor
    chosen: dict[str, Any]

    def put(self, network: nn.Module, problem: Problem) -> None:
        """Into the layer: for features as they come, or as what standardises before the layer leaves them."""
        means = problem.standard.means
        weight = problem.standard.divided(self.weight)
        bias = self.bias - weight @ means
        if problem.head.standardise is not None:
            before = batch_norm(network, problem.head.standardise)
            variance = problem.standard.deviations.square().float()
            factor = before.weight.detach().double().cpu() / torch.sqrt(variance.double() + before.eps)
            bias = bias + weight @ means
            weight = weight / factor
            set_statistics(before, means, variance)
        fill(network, problem.head.layer, weight, bias)


def compute_head(
    network: nn.Module,
    phase: Phase,
    train: Sequence[Sample],
    validation: Optional[Sequence[Sample]],
    settings: Any,
    hardware: Hardware,
    tell: Callable[..., None],
) -> Optional[Sequence[float]]:
    """Gives the network its head; the thresholds that the task chose on validation images."""
    assert phase.head is not None
    views = phase.views if phase.views > 0 and phase.augmentation else 1
    images = Images(train, settings.PREPROCESSING, phase.augmentation if phase.views > 0 else (), phase.seed)
    features = features_of(network, phase.head, images, views, phase.batch_size, hardware)
    problem = problem_of(features, phase, train, views, len(settings.CLASSES), own_gains(network, phase.head))
    # Only programs that use it have its module.
    head = importlib.import_module(phase.head.method).find_head(problem)
    head.put(network, problem)
    tell("computed", phase=phase.name, **head.chosen)
    if validation is None:
        return None
    held = inputs_of(Images(validation, settings.PREPROCESSING), hardware)
    own = processes.share_of(range(len(validation)))
    rows = logits_of(network, held, own, phase.batch_size, hardware.context)
    outputs = processes.joined(rows.to(hardware.device), len(validation)).cpu().numpy()
    truth = [one.label for one in validation]
    thresholds = task.choose_thresholds(outputs, truth)
    tell("epoch", phase=phase.name, epoch=1, validation=task.scores(outputs, truth, thresholds))
    return thresholds


def problem_of(
    features: torch.Tensor, phase: Phase, train: Sequence[Sample], views: int, classes: int, gains: Sequence[float]
) -> Problem:
    """Features `[images * views, columns]` as they come, with all that a method needs beside them."""
    assert phase.head is not None
    labels, keys = [one.label for one in train] * views, [one.key for one in train] * views
    standard = standard_of(features, phase.head.groups)
    return Problem(
        standard.divided(features - standard.means),
        standard,
        labels,
        keys,
        stratified_folds(keys, labels, phase.seed),
        choices_of(gains, phase.head.penalty),
        classes,
        views,
        phase.head,
        phase,
    )


def inputs_of(images: Images, hardware: Hardware) -> Inputs:
    where = (hardware.device, hardware.context, hardware.workers)
    return Inputs(images, None, *where, 1, 0, hardware.channels_last, hardware.number)


def features_of(
    network: nn.Module, head: ComputedHead, images: Images, views: int, batch_size: int, hardware: Hardware
) -> torch.Tensor:
    """What arrives at the layer, or at what standardises before it, of every view of every image."""
    network.eval()
    kept: list[torch.Tensor] = []

    def keep(_: nn.Module, arrived: tuple[torch.Tensor, ...]) -> None:
        kept.append(arrived[0].detach().double().cpu())

    hook = network.get_submodule(head.standardise or head.layer).register_forward_pre_hook(keep)
    own = processes.share_of(range(len(images)))
    parts = [own[start : start + batch_size] for start in range(0, max(1, len(own)), batch_size)]
    inputs = inputs_of(images, hardware)
    rows = []
    for view in range(views):
        kept.clear()
        for batch in inputs.batches(parts, view, batch_size):
            with torch.no_grad(), hardware.context():
                network(batch)
        rows.append(processes.joined(torch.cat(kept).to(hardware.device), len(images)).cpu())
    hook.remove()
    return torch.cat(rows)


def standard_of(features: torch.Tensor, groups: Sequence[tuple[int, int]]) -> Standard:
    """Features that hardly ever differ stay small beside the others of their stage."""
    means = features.mean(0)
    deviations = (features - means).square().mean(0).sqrt()
    deviations = deviations.masked_fill(deviations <= 1e-7 * means.abs(), 0)
    for start, end in groups:
        part = deviations[start:end]
        deviations[start:end] = torch.where(part == 0, part, torch.hypot(part, part.mean()))
    return Standard(means, deviations)


def own_gains(network: nn.Module, head: ComputedHead) -> list[float]:
    """How much each stage counts, as the network says."""
    if head.standardise is None:
        return [1.0] * len(head.groups)
    scale = batch_norm(network, head.standardise).weight.detach()
    return [float(scale[start]) for start, _ in head.groups]


def choices_of(own: Sequence[float], penalty: float) -> list[list[float]]:
    """The gains as they are or, where the penalty is left open and they differ, powers of them."""
    largest = max(own)
    if penalty > 0 or all(gain == largest for gain in own):
        return [list(own)]
    return [[gain if gain == largest else largest * (gain / largest) ** power for gain in own] for power in POWERS]


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
class Space:
    """Rows in coordinates of their own, as few as they need and at right angles, and how to come back from there."""

    rows: torch.Tensor
    back: torch.Tensor
    variances: torch.Tensor


def space_of(rows: torch.Tensor) -> Space:
    """The rows there have the same lengths and angles as those that are given, so penalties mean the same."""
    count, columns = rows.shape
    tall = columns <= count
    squares, directions = torch.linalg.eigh(rows.T @ rows if tall else rows @ rows.T)
    # What is below is made of the others, but for rounding.
    kept = squares > 1e-11 * squares.mean()
    squares, directions = squares[kept], directions[:, kept]
    back = directions if tall else rows.T @ directions / squares.sqrt()
    return Space(rows @ back, back, squares / count)


def batch_norm(network: nn.Module, path: str) -> nn.BatchNorm1d:
    module = network.get_submodule(path)
    assert isinstance(module, nn.BatchNorm1d)
    return module


def set_statistics(module: nn.BatchNorm1d, means: torch.Tensor, variances: torch.Tensor) -> None:
    assert module.running_mean is not None and module.running_var is not None
    module.running_mean.copy_(means)
    module.running_var.copy_(variances)


def fill(network: nn.Module, path: str, weight: torch.Tensor, bias: torch.Tensor) -> None:
    layer = network.get_submodule(path)
    assert isinstance(layer, nn.Linear)
    with torch.no_grad():
        layer.weight.copy_(weight)
        layer.bias.copy_(bias)
