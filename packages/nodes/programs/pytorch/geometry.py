"""Augmentation that changes which part of an image is seen; all of it is one resampling (see images.py)."""

from __future__ import annotations

import math
from dataclasses import dataclass

from images import View
from rng import Random, round_half_up


@dataclass(frozen=True)
class ResizedCrop:
    """A part of the image, `min_scale` to 1 of its area, of about the shape that is used without augmentation."""

    min_scale: float
    ratio: float = 4 / 3
    seed: int = 0

    def geometry(self, view: View, random: Random, size: tuple[int, int]) -> None:
        plain_shape = view.width / view.height
        for _ in range(10):
            area = size[0] * size[1] * (self.min_scale + random() * (1 - self.min_scale))
            shape = plain_shape * math.exp((random() * 2 - 1) * math.log(self.ratio))
            width = round_half_up(math.sqrt(area * shape))
            height = round_half_up(math.sqrt(area / shape))
            across, down = random(), random()
            if 1 <= width <= size[0] and 1 <= height <= size[1]:
                view.left = round_half_up(across * (size[0] - width))
                view.top = round_half_up(down * (size[1] - height))
                view.width, view.height, view.grid = width, height, None
                return


@dataclass(frozen=True)
class HorizontalFlip:
    probability: float
    seed: int = 0

    def geometry(self, view: View, random: Random, size: tuple[int, int]) -> None:
        if random() < self.probability:
            view.mirror_horizontally = not view.mirror_horizontally


@dataclass(frozen=True)
class VerticalFlip:
    probability: float
    seed: int = 0

    def geometry(self, view: View, random: Random, size: tuple[int, int]) -> None:
        if random() < self.probability:
            view.mirror_vertically = not view.mirror_vertically


@dataclass(frozen=True)
class Rotation:
    """By an angle up to `degrees` either way; what lies beyond the edge is mirrored in."""

    degrees: float
    seed: int = 0

    def geometry(self, view: View, random: Random, size: tuple[int, int]) -> None:
        view.angle += (random() * 2 - 1) * self.degrees


@dataclass(frozen=True)
class Translation:
    """By up to `fraction` of width and of height; what lies beyond the edge is mirrored in."""

    fraction: float
    seed: int = 0

    def geometry(self, view: View, random: Random, size: tuple[int, int]) -> None:
        view.shift_x += (random() * 2 - 1) * self.fraction
        view.shift_y += (random() * 2 - 1) * self.fraction


@dataclass(frozen=True)
class Interpolation:
    """Resizes some views by the other method, as the pictures that come later may be."""

    probability: float
    seed: int = 0

    def geometry(self, view: View, random: Random, size: tuple[int, int]) -> None:
        view.other_interpolation = random() < self.probability
