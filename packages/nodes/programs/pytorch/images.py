"""From a file to the pixels that the network sees: decoding, geometry in one resampling, normalisation."""

from __future__ import annotations

import io
import math
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Optional

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

from configuration import Preprocessing

try:
    from PIL import ImageCms
except ImportError:  # A Pillow without littlecms reads photos without their colour profiles.
    ImageCms = None  # type: ignore[assignment]

# Method names of Pillow before and after its enumerations.
METHODS = {"bilinear": 2, "bicubic": 3}
OTHER = {"bilinear": "bicubic", "bicubic": "bilinear"}


def decode(path: Path) -> Image.Image:
    """An image as a person sees it: turned by EXIF, in sRGB, transparency on white, three 8-bit channels."""
    with Image.open(path) as file:
        image: Image.Image = ImageOps.exif_transpose(file) or file
        profile = image.info.get("icc_profile")
        if profile and image.mode in ("RGB", "CMYK"):
            image = _in_srgb(image, profile)
        if image.mode in ("I;16", "I;16B", "I;16L", "I"):
            image = Image.fromarray((np.asarray(image).astype(np.int64) >> 8).clip(0, 255).astype(np.uint8))
        if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
            image = image.convert("RGBA")
            image = Image.alpha_composite(Image.new("RGBA", image.size, (255, 255, 255, 255)), image)
        return image.convert("RGB")


def _in_srgb(image: Image.Image, profile: bytes) -> Image.Image:
    """The image in the colours that its profile says; as it is where nothing can be made of that."""
    transform = _to_srgb(profile, image.mode)
    if transform is None:
        return image
    result: Optional[Image.Image] = ImageCms.applyTransform(image, transform)
    return result or image


@lru_cache(maxsize=64)
def _to_srgb(profile: bytes, mode: str) -> Any:
    """What brings colours of a profile to sRGB; None where they are that already, or the profile is a broken one."""
    if ImageCms is None:
        return None
    try:
        given = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        perceptual: Any = 0
        transform = ImageCms.buildTransform(given, ImageCms.createProfile("sRGB"), mode, "RGB", perceptual)
        if mode != "RGB":
            return transform
        # Grey, red, green and blue, from dark to bright.
        channels = np.array([[1, 1, 1], [1, 0, 0], [0, 1, 0], [0, 0, 1]], np.uint8)
        ramps = np.arange(256, dtype=np.uint8)[:, None, None] * channels
        probe: Any = ImageCms.applyTransform(Image.fromarray(ramps), transform)
    except (ImageCms.PyCMSError, OSError, TypeError, ValueError):
        return None
    # A grey level more or less is the rounding of two ways of saying sRGB.
    return transform if np.abs(np.asarray(probe).astype(int) - ramps).max() > 1 else None


@dataclass
class View:
    """How a view is cut out of an image: a region, then mirrored, turned about its centre, and moved."""

    left: float
    top: float
    width: float
    height: float
    mirror_horizontally: bool = False
    mirror_vertically: bool = False
    angle: float = 0.0  # clockwise, in degrees
    shift_x: float = 0.0  # fractions of the result's sides
    shift_y: float = 0.0
    other_interpolation: bool = False
    # The region as a place on the whole image, resized: its size, and the region's left and top on it. Pillow takes the
    # edges of a region in single precision, so this way is exact; None where there is no such place.
    grid: Optional[tuple[int, int, int, int]] = None


def plain_view(size: tuple[int, int], wanted: Preprocessing) -> View:
    """The view without augmentation; "crop" rounds as torchvision's Resize and CenterCrop."""
    width, height = size
    if wanted.resize == "stretch":
        return View(0, 0, width, height, grid=(wanted.width, wanted.height, 0, 0))
    wanted_width = math.floor(wanted.width / wanted.crop_fraction + 1e-9)
    wanted_height = math.floor(wanted.height / wanted.crop_fraction + 1e-9)
    scale = max(wanted_width / width, wanted_height / height)
    resized_width = max(wanted_width, int(width * scale + 1e-9))
    resized_height = max(wanted_height, int(height * scale + 1e-9))
    per_column, per_row = width / resized_width, height / resized_height
    left, top = round((resized_width - wanted.width) / 2), round((resized_height - wanted.height) / 2)
    return View(
        left * per_column,
        top * per_row,
        wanted.width * per_column,
        wanted.height * per_row,
        grid=(resized_width, resized_height, left, top),
    )


def cut(image: Image.Image, view: View, wanted: Preprocessing) -> NDArray[Any]:
    """The view's pixels, `[height, width, 3]` bytes. Mirroring moves pixels exactly; turning and moving interpolate."""
    method = OTHER[wanted.interpolation] if view.other_interpolation else wanted.interpolation
    if view.angle != 0 or view.shift_x != 0 or view.shift_y != 0:
        return _warp(image, view, wanted, method)
    result = _resample(image, view, (0, 0, wanted.width, wanted.height), wanted, method)
    if view.mirror_vertically:
        result = result[::-1]
    if view.mirror_horizontally:
        result = result[:, ::-1]
    return result


def _resample(
    image: Image.Image, view: View, window: tuple[int, int, int, int], wanted: Preprocessing, method: str
) -> NDArray[Any]:
    """A window (left, top, right, bottom) of the view, in pixels of the result; it may reach beyond the view."""
    left, top, right, bottom = window
    if view.grid is not None:
        width, height, x, y = view.grid
        resized = image.resize((width, height), METHODS[method])  # type: ignore[arg-type]
        return np.asarray(resized.crop((x + left, y + top, x + right, y + bottom)))
    per_column, per_row = view.width / wanted.width, view.height / wanted.height
    box = (
        max(0.0, view.left + left * per_column),
        max(0.0, view.top + top * per_row),
        min(image.width, view.left + right * per_column),
        min(image.height, view.top + bottom * per_row),
    )
    return np.asarray(image.resize((right - left, bottom - top), METHODS[method], box))  # type: ignore[arg-type]


def _warp(image: Image.Image, view: View, wanted: Preprocessing, method: str) -> NDArray[Any]:
    """Resizes all that the turned view needs, so that nothing aliases, then turns it in one bilinear pass."""
    width, height = wanted.width, wanted.height
    (xx, xy, x0), (yx, yy, y0) = _affine(view, width, height)
    corners = [(0, 0), (width - 1, 0), (0, height - 1), (width - 1, height - 1)]
    xs = [xx * x + xy * y + x0 for x, y in corners]
    ys = [yx * x + yy * y + y0 for x, y in corners]
    per_column, per_row = view.width / width, view.height / height
    left, right = _window(xs, -view.left / per_column, (image.width - view.left) / per_column)
    top, bottom = _window(ys, -view.top / per_row, (image.height - view.top) / per_row)
    straight = _resample(image, view, (left, top, right, bottom), wanted, method)
    rows, columns = np.mgrid[0:height, 0:width].astype(np.float64)
    return _bilinear(straight, xx * columns + xy * rows + x0 - left, yx * columns + yy * rows + y0 - top)


def _affine(view: View, width: int, height: int) -> tuple[tuple[float, float, float], tuple[float, float, float]]:
    """Result pixel (x, y) shows straight position (xx x + xy y + x0, yx x + yy y + y0)."""
    cosine, sine = math.cos(math.radians(view.angle)), math.sin(math.radians(view.angle))
    flip_x, flip_y = (-1 if view.mirror_horizontally else 1), (-1 if view.mirror_vertically else 1)
    centre_x, centre_y = (0.5 + view.shift_x) * width, (0.5 + view.shift_y) * height
    xx, xy, yx, yy = flip_x * cosine, flip_x * sine, -flip_y * sine, flip_y * cosine
    x0 = width / 2 - xx * (centre_x - 0.5) - xy * (centre_y - 0.5) - 0.5
    y0 = height / 2 - yx * (centre_x - 0.5) - yy * (centre_y - 0.5) - 0.5
    return (xx, xy, x0), (yx, yy, y0)


def _window(positions: list[float], least: float, most: float) -> tuple[int, int]:
    """Whole pixels that are needed, as far as they are on the image."""
    start, end = math.floor(min(positions)), math.ceil(max(positions)) + 2
    first = min(max(start, math.ceil(least - 1e-6)), math.floor(most + 1e-6) - 1)
    return first, max(first + 1, min(end, math.floor(most + 1e-6)))


def _reflect(index: NDArray[Any], size: int) -> NDArray[Any]:
    """Pixels seen when the image is mirrored at its edges, again and again."""
    folded = index % (2 * size)
    return np.where(folded < size, folded, 2 * size - 1 - folded)


def _bilinear(source: NDArray[Any], x: NDArray[Any], y: NDArray[Any]) -> NDArray[Any]:
    height, width = source.shape[:2]
    column, row = np.floor(x).astype(np.int64), np.floor(y).astype(np.int64)
    right, down = (x - column)[..., None], (y - row)[..., None]
    left, following = _reflect(column, width), _reflect(column + 1, width)
    upper, lower = _reflect(row, height), _reflect(row + 1, height)
    above = source[upper, left] * (1 - right) + source[upper, following] * right
    below = source[lower, left] * (1 - right) + source[lower, following] * right
    return (above * (1 - down) + below * down + 0.5).astype(np.uint8)


def normalise(pixels: NDArray[Any], wanted: Preprocessing) -> NDArray[Any]:
    """`[3, height, width]` float32, in the network's channel order."""
    if wanted.channel_order == "bgr":
        pixels = pixels[..., ::-1]
    if pixels.dtype == np.uint8:
        # A value for each of the 256 that a pixel can have.
        return np.stack([table[pixels[..., at]] for at, table in enumerate(_tables(wanted.mean, wanted.deviation))])
    mean, deviation = np.array(wanted.mean), np.array(wanted.deviation)
    values = pixels.astype(np.float64) * (1 / (255 * deviation)) - mean / deviation
    return np.ascontiguousarray(values.transpose(2, 0, 1), dtype=np.float32)


@lru_cache
def _tables(means: tuple[float, ...], deviations: tuple[float, ...]) -> list[NDArray[Any]]:
    values = np.arange(256, dtype=np.float64)
    return [(values * (1 / (255 * s)) - m / s).astype(np.float32) for m, s in zip(means, deviations)]
