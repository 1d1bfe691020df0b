"""What a training can be set to. The values are in settings.py."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Optional


@dataclass(frozen=True)
class Preprocessing:
    """(pixel / 255 - mean) / deviation for each channel, after resizing; mean and deviation in the network's order."""

    height: int
    width: int
    resize: str  # "stretch": both sides to the size; "crop": shorter side to size / crop_fraction, then the centre
    crop_fraction: float
    interpolation: str  # "bilinear" or "bicubic"
    channel_order: str  # "rgb" or "bgr"
    mean: tuple[float, float, float]
    deviation: tuple[float, float, float]


@dataclass(frozen=True)
class Optimizer:
    """Options of torch.optim's class of that name; weight decay spares biases and normalisation."""

    name: str  # "AdamW", "Adam" or "SGD"
    options: dict[str, float | bool | tuple[float, float]]
    weight_decay: float


@dataclass(frozen=True)
class Schedule:
    """How the learning rate changes over the steps of a phase."""

    name: str  # "cosine", "constant", "step", "one-cycle" or "plateau"
    warmup: float = 0.0  # share of the steps during which the rate rises from zero
    final_fraction: float = 0.0  # cosine: where the rate ends
    every_epochs: int = 7  # step: epochs between drops
    factor: float = 0.1  # step and plateau: factor of each drop
    patience: int = 3  # plateau: epochs without improvement before a drop
    rise_fraction: float = 0.25  # one-cycle: share of the steps that rise
    div: float = 25.0  # one-cycle: the first rate is divided by this
    div_final: float = 1e5  # one-cycle: the last rate is divided by this


@dataclass(frozen=True)
class ComputedHead:
    """A head that is computed at once, on features that stay as they are."""

    method: str  # the module that does: "solver", "least_squares", "class_means" or "nearest_neighbours"
    layer: str  # the linear layer that gets its weights
    groups: tuple[tuple[int, int], ...]  # columns of the features that come from the same stage
    penalty: float = 0.0  # on squared weights; 0: the method finds it
    standardise: Optional[str] = None  # a batch normalisation before the layer that gets the features' statistics
    shares: Optional[str] = None  # nearest_neighbours: the layer that adds up the votes of each class


@dataclass(frozen=True)
class Part:
    """Epochs of a phase in which less learns, or images are smaller, than in its last ones."""

    epochs: int
    frozen: tuple[str, ...]
    batch_statistics: tuple[str, ...]
    fixed_stages: int
    size: Optional[tuple[int, int]] = None  # height and width that images are shrunk to


@dataclass(frozen=True)
class Phase:
    """One training: what learns, on which images, and how."""

    name: str
    train: str
    validation: Optional[str]
    # Stages, layers or parameters that stay as they are, by the beginning of their names.
    frozen: tuple[str, ...]
    # Batch normalisations that follow the batches; all others use their stored statistics.
    batch_statistics: tuple[str, ...]
    # How many stages from the first on give the same values all through the phase.
    fixed_stages: int
    epochs: int
    batch_size: int
    learning_rate: float
    optimizer: Optimizer
    schedule: Schedule
    # Factors on the learning rate by the beginning of a parameter's name; 1 where none is given.
    rate_factors: dict[str, float] = field(default_factory=dict)
    augmentation: tuple[object, ...] = ()
    views: int = 0  # differently augmented views of an image; 0: a new one in every epoch
    label_smoothing: float = 0.0
    class_weights: Optional[tuple[float, ...]] = None
    balanced: bool = False  # classes come equally often
    mix: str = "none"  # "none", "mixup", "cutmix" or "either"
    mix_alpha: float = 0.2
    focal_gamma: float = 0.0  # images that are answered well count less; 0: all the same
    average_decay: float = 0.0  # ends with a moving average of the weights; 0: with those of a step
    soup: int = 0  # ends with the mean of the weights of so many of the best epochs, as far as that is better
    clip_norm: float = 0.0  # largest norm of all gradients together; 0: no clipping
    patience: int = 0  # epochs without improvement before training stops; 0: never
    min_delta: float = 0.0
    monitor: str = "loss"
    restore_best: bool = True
    drop_last: bool = False
    seed: int = 1
    weights: Optional[str] = None  # values that this phase starts with, where they aren't those of the phase before
    head: Optional[ComputedHead] = None  # in place of steps
    parts: tuple[Part, ...] = ()  # what comes first; for the epochs that are left, what stands above

    def part_of(self, epoch: int) -> Part:
        """What learns in an epoch (from 0), and on images of which size."""
        for part in self.parts:
            if epoch < part.epochs:
                return part
            epoch -= part.epochs
        return Part(self.epochs, self.frozen, self.batch_statistics, self.fixed_stages)


@dataclass(frozen=True)
class Evaluation:
    """Labelled images to measure the trained network on."""

    name: str
    images: str
    mirrored: bool = False  # the mean of the answers for an image and its mirror image
