"""TrivialAugment and RandAugment: changes drawn from a list, with torchvision's ranges."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Callable

import numpy as np
from numpy.typing import NDArray

from colours import Fill, luma, warp
from rng import Draws, round_half_up

# What the strongest change of a factor is, either way; and of a shift: 32 pixels of 224.
MOST, FARTHEST = 0.99, 1 / 7


def _set(image: NDArray[Any], values: NDArray[Any]) -> None:
    image[:] = values.clip(0, 255)


def identity(image: NDArray[Any], strength: float, fill: Fill) -> None:
    """No change."""


def _affine(image: NDArray[Any], rows: list[list[float]], fill: Fill) -> None:
    warp(image, np.array([*rows, [0.0, 0.0, 1.0]]), fill)


def shear_x(image: NDArray[Any], strength: float, fill: Fill) -> None:
    amount = MOST * strength
    _affine(image, [[1, amount, -amount * (image.shape[0] - 1) / 2], [0, 1, 0]], fill)


def shear_y(image: NDArray[Any], strength: float, fill: Fill) -> None:
    amount = MOST * strength
    _affine(image, [[1, 0, 0], [amount, 1, -amount * (image.shape[1] - 1) / 2]], fill)


def translate_x(image: NDArray[Any], strength: float, fill: Fill) -> None:
    _affine(image, [[1, 0, image.shape[1] * FARTHEST * strength], [0, 1, 0]], fill)


def translate_y(image: NDArray[Any], strength: float, fill: Fill) -> None:
    _affine(image, [[1, 0, 0], [0, 1, image.shape[0] * FARTHEST * strength]], fill)


def rotate(image: NDArray[Any], strength: float, fill: Fill) -> None:
    x, y = (image.shape[1] - 1) / 2, (image.shape[0] - 1) / 2
    sine, cosine = math.sin(math.radians(135 * strength)), math.cos(math.radians(135 * strength))
    _affine(image, [[cosine, sine, x - cosine * x - sine * y], [-sine, cosine, y + sine * x - cosine * y]], fill)


def brightness(image: NDArray[Any], strength: float, fill: Fill) -> None:
    _set(image, image.astype(np.float64) * (1 + MOST * strength))


def saturation(image: NDArray[Any], strength: float, fill: Fill) -> None:
    grey = luma(image)[..., None]
    _set(image, grey + (image - grey) * (1 + MOST * strength))


def contrast(image: NDArray[Any], strength: float, fill: Fill) -> None:
    mean = float(luma(image).mean())
    _set(image, mean + (image.astype(np.float64) - mean) * (1 + MOST * strength))


def sharpness(image: NDArray[Any], strength: float, fill: Fill) -> None:
    """Away from a 3 x 3 mean with a heavy centre (Pillow's SMOOTH), or towards it; the border stays."""
    source = image.astype(np.float64)
    height, width = source.shape[:2]
    total = 4 * source[1:-1, 1:-1]
    for dy in range(3):
        for dx in range(3):
            total = total + source[dy : height - 2 + dy, dx : width - 2 + dx]
    smooth = total / 13
    _set(image[1:-1, 1:-1], smooth + (source[1:-1, 1:-1] - smooth) * (1 + MOST * strength))


def posterise(image: NDArray[Any], strength: float, fill: Fill) -> None:
    """Keeps the upper bits only."""
    step = 2 ** round_half_up(6 * strength)
    _set(image, np.floor(np.floor(image + 0.5) / step) * step)


def solarise(image: NDArray[Any], strength: float, fill: Fill) -> None:
    """Turns the brightest values into their negatives."""
    if strength > 0:
        _set(image, np.where(image >= 255 * (1 - strength), 255 - image, image))


def auto_contrast(image: NDArray[Any], strength: float, fill: Fill) -> None:
    """Stretches every channel to the whole range."""
    low, high = image.min(axis=(0, 1)).astype(np.float64), image.max(axis=(0, 1)).astype(np.float64)
    low, high = np.minimum(low, 255), np.maximum(high, 0)
    spread = high - low
    image[:] = np.where(spread < 1, image, (image - low) * 255 / np.where(spread < 1, 1, spread))


def equalise(image: NDArray[Any], strength: float, fill: Fill) -> None:
    """Makes all levels of a channel about equally frequent."""
    levels = np.floor(image + 0.5).astype(np.int64)
    for channel in range(3):
        counts = np.bincount(levels[..., channel].reshape(-1), minlength=256)
        below = np.cumsum(counts) - counts
        table = ((below + counts / 2) * 255 * 3 / image.size).astype(np.float32)
        image[..., channel] = table[levels[..., channel]].clip(0, 255)


# Whether the strength has a direction, drawn each time.
OPERATIONS: list[tuple[Callable[[NDArray[Any], float, Fill], None], bool]] = [
    (identity, False),
    (shear_x, True),
    (shear_y, True),
    (translate_x, True),
    (translate_y, True),
    (rotate, True),
    (brightness, True),
    (saturation, True),
    (contrast, True),
    (sharpness, True),
    (posterise, False),
    (solarise, False),
    (auto_contrast, False),
    (equalise, False),
]


def apply_random(image: NDArray[Any], strength: float, random: Draws, fill: Fill) -> None:
    """One operation, drawn evenly, at a strength of which the sign is drawn too where it has one."""
    operation, signed = OPERATIONS[int(random() * len(OPERATIONS))]
    sign = -1 if signed and random() < 0.5 else 1
    operation(image, sign * strength, fill)


@dataclass(frozen=True)
class TrivialAugment:
    """One change per view, at any strength up to `strength` of the wide space (Mueller and Hutter 2021)."""

    strength: float = 1.0
    seed: int = 0

    def pixels(self, image: NDArray[Any], random: Draws, fill: Fill) -> None:
        apply_random(image, self.strength * random(), random, fill)


@dataclass(frozen=True)
class RandAugment:
    """`count` changes per view, all at the same strength (Cubuk et al. 2019)."""

    count: int = 2
    strength: float = 0.3
    seed: int = 0

    def pixels(self, image: NDArray[Any], random: Draws, fill: Fill) -> None:
        for _ in range(self.count):
            apply_random(image, self.strength, random, fill)
