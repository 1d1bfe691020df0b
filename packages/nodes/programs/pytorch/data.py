"""Samples, their order, and batches of them; the same for any number of processes."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Optional, Protocol, Sequence, runtime_checkable

import numpy as np
import torch
from numpy.typing import NDArray
from torch.utils.data import Dataset

from configuration import Phase, Preprocessing
from images import View, cut, decode, normalise, plain_view
from rng import Draws, Stream, derive_seed, hash_integers

Label = tuple[int, ...]


@dataclass(frozen=True)
class Sample:
    path: Path
    label: Label
    # Made from the file's contents: the same picture is changed in the same way wherever it lies.
    key: int


def read_samples(table: Path, root: Path) -> list[Sample]:
    """The rows of a table `path,label,key`; several labels are separated by spaces."""
    with open(table, newline="", encoding="utf-8") as file:
        return [
            Sample(root / row["path"], tuple(int(one) for one in row["label"].split()), int(row["key"]))
            for row in csv.DictReader(file)
        ]


@runtime_checkable
class ChangesView(Protocol):
    seed: int

    def geometry(self, view: View, random: Draws, size: tuple[int, int]) -> None: ...


@runtime_checkable
class ChangesPixels(Protocol):
    seed: int

    def pixels(self, image: NDArray[Any], random: Draws, fill: tuple[float, float, float]) -> None: ...


class Images(Dataset[torch.Tensor]):
    """Network inputs by (index, view); the same seed, image and view give the same values."""

    def __init__(
        self, samples: Sequence[Sample], wanted: Preprocessing, augmentation: Sequence[object] = (), seed: int = 0
    ) -> None:
        self.samples = samples
        self.wanted = wanted
        self.augmentation = augmentation
        self.seed = seed
        red, green, blue = wanted.mean if wanted.channel_order == "rgb" else wanted.mean[::-1]
        self.fill = (red * 255, green * 255, blue * 255)

    def __len__(self) -> int:
        return len(self.samples)

    def __getitem__(self, place: tuple[int, int]) -> torch.Tensor:
        index, view = place
        sample = self.samples[index]
        image = decode(sample.path)
        plan = plain_view(image.size, self.wanted)
        for at, change in enumerate(self.augmentation):
            if isinstance(change, ChangesView):
                change.geometry(plan, self._draws(change.seed, at, 0, sample.key, view), image.size)
        pixels = cut(image, plan, self.wanted)
        changes = [(at, change) for at, change in enumerate(self.augmentation) if isinstance(change, ChangesPixels)]
        if changes:
            pixels = pixels.astype(np.float32)
            for at, change in changes:
                change.pixels(pixels, self._draws(change.seed, at, 1, sample.key, view), self.fill)
        return torch.from_numpy(normalise(pixels, self.wanted))

    def _draws(self, seed: int, at: int, step: int, key: int, view: int) -> Draws:
        return Draws(hash_integers(self.seed, seed, at, step, key, view))

    def none(self) -> torch.Tensor:
        """A batch without images."""
        return torch.empty(0, len(self.wanted.mean), self.wanted.height, self.wanted.width)


class Order:
    """Which samples make up which batch: a pure function of the seed, so that a run can be taken up at any step."""

    def __init__(self, count: int, phase: Phase, groups: Optional[Sequence[Sequence[int]]]) -> None:
        self.count = count
        self.phase = phase
        self.groups = groups
        left = count % phase.batch_size
        dropped = count >= phase.batch_size and (phase.drop_last or (left == 1 and bool(phase.batch_statistics)))
        self.steps = count // phase.batch_size + (1 if left > 0 and not dropped else 0)

    def epoch(self, epoch: int) -> list[list[int]]:
        """The batches of an epoch (from 0)."""
        random = Stream(derive_seed(self.phase.seed, f"epoch {epoch}"))
        samples = list(range(self.count)) if self.groups is None else self._balanced(self.groups, random)
        order = random.shuffled(samples)
        size = self.phase.batch_size
        return [order[step * size : (step + 1) * size] for step in range(self.steps)]

    def _balanced(self, groups: Sequence[Sequence[int]], random: Stream) -> list[int]:
        """As many samples in turns from the classes, each class in a new order whenever it is through."""
        filled = [group for group in groups if group]
        share = -(-self.count // len(filled))
        drawn = [[one for _ in range(-(-share // len(group))) for one in random.shuffled(group)] for group in filled]
        turns = [[images[turn] for images in drawn] for turn in range(share)]
        last = random.shuffled(turns[-1])
        return [*(one for turn in turns[:-1] for one in turn), *last][: self.count]


@dataclass(frozen=True)
class Mixture:
    """Every image of a batch with one other: `share` of its own target is left."""

    share: float
    rectangle: Optional[tuple[int, int, int, int]] = None  # top, bottom, left, right

    def mix(self, inputs: torch.Tensor, others: torch.Tensor) -> torch.Tensor:
        if self.rectangle is None:
            return self.share * inputs + (1 - self.share) * others
        top, bottom, left, right = self.rectangle
        mixed = inputs.clone()
        mixed[:, :, top:bottom, left:right] = others[:, :, top:bottom, left:right]
        return mixed


def draw_mixture(phase: Phase, step: int, rows: int, shape: Sequence[int]) -> Optional[Mixture]:
    """Mixup (Zhang et al. 2017) or cutmix (Yun et al. 2019) of a batch whose inputs have this shape."""
    if phase.mix == "none" or rows < 2:
        return None
    random = Stream(derive_seed(phase.seed, f"mix {step}"))
    kind = phase.mix if phase.mix != "either" else "mixup" if random() < 0.5 else "cutmix"
    share = random.beta(phase.mix_alpha)
    if kind == "mixup" or len(shape) != 3:
        return Mixture(share)
    _, height, width = shape
    side = (1 - share) ** 0.5

    def ends(size: int) -> tuple[int, int]:
        centre = int(random() * size)
        half = int(size * side / 2)
        return max(0, centre - half), min(size, centre + half)

    top, bottom = ends(height)
    left, right = ends(width)
    return Mixture(1 - (bottom - top) * (right - left) / (height * width), (top, bottom, left, right))
