"""Augmentation that changes pixels, at the network's size: `[height, width, 3]` float32 from 0 to 255, in place."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rng import Draws, round_half_up

# Shares of red, green and blue in brightness (ITU-R BT.601).
LUMA = np.array([0.299, 0.587, 0.114])
Fill = tuple[float, float, float]


def luma(image: NDArray[Any]) -> NDArray[Any]:
    """Brightness of every pixel."""
    return np.asarray(image.astype(np.float64) @ LUMA)


def warp(image: NDArray[Any], map_: NDArray[Any], fill: Fill) -> None:
    """Result pixel (x, y) shows what the 3 x 3 matrix maps it to, bilinearly; outside of the image is `fill`."""
    height, width = image.shape[:2]
    rows, columns = np.mgrid[0:height, 0:width].astype(np.float64)
    depth = map_[2, 0] * columns + map_[2, 1] * rows + 1
    x = (map_[0, 0] * columns + map_[0, 1] * rows + map_[0, 2]) / depth
    y = (map_[1, 0] * columns + map_[1, 1] * rows + map_[1, 2]) / depth
    inside = (x > -1) & (y > -1) & (x < width) & (y < height)
    column = np.floor(np.where(inside, x, 0)).astype(np.int64)
    row = np.floor(np.where(inside, y, 0)).astype(np.int64)
    right, down = (x - column)[..., None], (y - row)[..., None]
    # A border of one pixel of the fill on every side.
    source = np.empty((height + 2, width + 2, 3))
    source[:] = fill
    source[1:-1, 1:-1] = image
    above = source[row + 1, column + 1] * (1 - right) + source[row + 1, column + 2] * right
    below = source[row + 2, column + 1] * (1 - right) + source[row + 2, column + 2] * right
    image[:] = np.where(inside[..., None], above * (1 - down) + below * down, np.array(fill))


@dataclass(frozen=True)
class ColourJitter:
    """Brightness, contrast and saturation by factors from 1 - x to 1 + x, the hue by up to `hue` of the circle."""

    brightness: float = 0.0
    contrast: float = 0.0
    saturation: float = 0.0
    hue: float = 0.0
    seed: int = 0

    def pixels(self, image: NDArray[Any], random: Draws, fill: Fill) -> None:
        brightness = 1 + (random() * 2 - 1) * self.brightness
        contrast = 1 + (random() * 2 - 1) * self.contrast
        saturation = 1 + (random() * 2 - 1) * self.saturation
        turn = (random() * 2 - 1) * self.hue
        saturate = (1 - saturation) * np.tile(LUMA, (3, 1)) + saturation * np.eye(3)
        colour = saturate @ self._hue(turn) * brightness * contrast
        offset = 0.0 if self.contrast == 0 else (1 - contrast) * brightness * float(luma(image).mean())
        image[:] = (image.astype(np.float64) @ colour.T + offset).clip(0, 255)

    @staticmethod
    def _hue(turn: float) -> NDArray[Any]:
        """Turns colours around the grey axis in YIQ, which keeps brightness."""
        still = np.tile(LUMA, (3, 1))
        even = np.array([[0.701, -0.587, -0.114], [-0.299, 0.413, -0.114], [-0.299, -0.587, 0.886]])
        odd = np.array([[0.168, 0.33, -0.497], [-0.328, 0.035, 0.292], [1.25, -1.05, -0.203]])
        return np.asarray(still + even * math.cos(2 * math.pi * turn) + odd * math.sin(2 * math.pi * turn))


@dataclass(frozen=True)
class Grayscale:
    """Takes the colour away."""

    probability: float
    seed: int = 0

    def pixels(self, image: NDArray[Any], random: Draws, fill: Fill) -> None:
        if random() < self.probability:
            image[:] = luma(image)[..., None]


@dataclass(frozen=True)
class Blur:
    """Gaussian blur; `sigma` counts in pixels of a 224-pixel image, and at least a tenth of it is drawn."""

    probability: float
    sigma: float = 2.0
    seed: int = 0

    def pixels(self, image: NDArray[Any], random: Draws, fill: Fill) -> None:
        if random() >= self.probability:
            return
        sigma = self.sigma * (0.1 + 0.9 * random()) * (min(image.shape[:2]) / 224)
        radius = math.ceil(sigma * 3)
        weights = np.exp(-0.5 * (np.arange(-radius, radius + 1) / sigma) ** 2)
        weights /= weights.sum()
        for axis in (1, 0):
            margins = [(0, 0)] * 3
            margins[axis] = (radius, radius)
            padded = np.pad(image.astype(np.float64), margins, mode="edge")
            size = image.shape[axis]
            image[:] = sum(weight * padded.take(range(at, at + size), axis=axis) for at, weight in enumerate(weights))


@dataclass(frozen=True)
class Erasing:
    """Fills one rectangle with the network's mean colour: 2 % to `max_area` of the image, shape 0.3 to 3.3."""

    probability: float
    max_area: float = 1 / 3
    seed: int = 0

    def pixels(self, image: NDArray[Any], random: Draws, fill: Fill) -> None:
        if random() >= self.probability:
            return
        height, width = image.shape[:2]
        for _ in range(10):
            area = width * height * (0.02 + random() * (self.max_area - 0.02))
            shape = math.exp((random() * 2 - 1) * math.log(3.3))
            across, down = round_half_up(math.sqrt(area * shape)), round_half_up(math.sqrt(area / shape))
            x, y = random(), random()
            if 1 <= across < width and 1 <= down < height:
                left, top = int(x * (width - across + 1)), int(y * (height - down + 1))
                image[top : top + down, left : left + across] = fill
                return


@dataclass(frozen=True)
class Perspective:
    """As if seen from another side: every corner moves inwards by up to `distortion` of half the side."""

    probability: float
    distortion: float = 0.3
    seed: int = 0

    def pixels(self, image: NDArray[Any], random: Draws, fill: Fill) -> None:
        if random() >= self.probability:
            return
        right, bottom = image.shape[1] - 1, image.shape[0] - 1

        def inwards(side: int) -> float:
            return random() * self.distortion * side / 2

        seen = [
            (inwards(right), inwards(bottom)),
            (right - inwards(right), inwards(bottom)),
            (right - inwards(right), bottom - inwards(bottom)),
            (inwards(right), bottom - inwards(bottom)),
        ]
        corners = [(0, 0), (right, 0), (right, bottom), (0, bottom)]
        warp(image, self._homography(seen, corners), fill)

    @staticmethod
    def _homography(points: list[tuple[float, float]], others: list[tuple[int, int]]) -> NDArray[Any]:
        """The matrix that takes each of four points to another."""
        rows, values = [], []
        for (x, y), (u, v) in zip(points, others):
            rows += [[x, y, 1, 0, 0, 0, -u * x, -u * y], [0, 0, 0, x, y, 1, -v * x, -v * y]]
            values += [u, v]
        return np.append(np.linalg.solve(np.array(rows, dtype=float), np.array(values, dtype=float)), 1).reshape(3, 3)


@dataclass(frozen=True)
class Noise:
    """Adds normal noise; its deviation is drawn up to `deviation` of the range."""

    probability: float
    deviation: float = 0.08
    seed: int = 0

    def pixels(self, image: NDArray[Any], random: Draws, fill: Fill) -> None:
        if random() >= self.probability:
            return
        scale = 255 * self.deviation * random()
        count = (image.size + 1) // 2
        pairs = random.many(2 * count).reshape(count, 2)
        radius, angle = scale * np.sqrt(-2 * np.log(1 - pairs[:, 0])), 2 * np.pi * pairs[:, 1]
        noise = np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1).reshape(-1)[: image.size]
        image[:] = (image.astype(np.float64) + noise.reshape(image.shape)).clip(0, 255)


BRIGHTNESS_STEPS = np.array(
    [
        [16, 11, 10, 16, 24, 40, 51, 61],
        [12, 12, 14, 19, 26, 58, 60, 55],
        [14, 13, 16, 24, 40, 57, 69, 56],
        [14, 17, 22, 29, 51, 87, 80, 62],
        [18, 22, 37, 56, 68, 109, 103, 77],
        [24, 35, 55, 64, 81, 104, 113, 92],
        [49, 64, 78, 87, 103, 121, 120, 101],
        [72, 92, 95, 98, 112, 100, 103, 99],
    ]
)
COLOUR_STEPS = np.full((8, 8), 99)
COLOUR_STEPS[:4, :4] = [[17, 18, 24, 47], [18, 21, 26, 66], [24, 26, 56, 99], [47, 66, 99, 99]]
COSINES = np.array(
    [
        [
            math.cos((2 * place + 1) * frequency * math.pi / 16) * (math.sqrt(1 / 8) if frequency == 0 else 0.5)
            for place in range(8)
        ]
        for frequency in range(8)
    ]
)


@dataclass(frozen=True)
class Compression:
    """What JPEG leaves of an image at a quality drawn from `min_quality` to 95; colour is kept at full size."""

    probability: float
    min_quality: int = 20
    seed: int = 0

    def pixels(self, image: NDArray[Any], random: Draws, fill: Fill) -> None:
        if random() >= self.probability:
            return
        quality = self.min_quality + random() * (95 - self.min_quality)
        scale = 50 / quality if quality < 50 else 2 - quality / 50
        red, green, blue = (image[..., channel].astype(np.float64) for channel in range(3))
        light = self._rounded(luma(image), np.maximum(1, BRIGHTNESS_STEPS * scale))
        steps = np.maximum(1, COLOUR_STEPS * scale)
        blueness = self._rounded(128 - 0.168736 * red - 0.331264 * green + 0.5 * blue, steps) - 128
        redness = self._rounded(128 + 0.5 * red - 0.418688 * green - 0.081312 * blue, steps) - 128
        image[..., 0] = (light + 1.402 * redness).clip(0, 255)
        image[..., 1] = (light - 0.344136 * blueness - 0.714136 * redness).clip(0, 255)
        image[..., 2] = (light + 1.772 * blueness).clip(0, 255)

    @staticmethod
    def _rounded(plane: NDArray[Any], steps: NDArray[Any]) -> NDArray[Any]:
        """Rounds the cosine coefficients of blocks of 8 x 8."""
        height, width = plane.shape
        padded = np.pad(plane, ((0, -height % 8), (0, -width % 8)), mode="edge") - 128
        blocks = padded.reshape(padded.shape[0] // 8, 8, padded.shape[1] // 8, 8).transpose(0, 2, 1, 3)
        coefficients = np.floor(COSINES @ blocks @ COSINES.T / steps + 0.5) * steps
        restored = (COSINES.T @ coefficients @ COSINES).transpose(0, 2, 1, 3).reshape(padded.shape)
        return np.asarray(restored[:height, :width] + 128)
