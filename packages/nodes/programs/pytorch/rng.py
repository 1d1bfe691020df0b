"""Seeded random numbers, the same on every machine and for any number of processes.

`Stream` (Chris Doty-Humphrey's sfc32) orders images and mixes batches; `Draws` (mulberry32) feeds augmentation.
"""

from __future__ import annotations

import math
from typing import Any, Callable, Sequence, TypeVar

import numpy as np
from numpy.typing import NDArray

Item = TypeVar("Item")
MASK = 0xFFFFFFFF


def hash_integer(value: int) -> int:
    """Spreads 32 bits over 32 bits (the finaliser of MurmurHash3)."""
    value = (value + 0x6D2B79F5) & MASK
    value = ((value ^ (value >> 16)) * 0x85EBCA6B) & MASK
    value = ((value ^ (value >> 13)) * 0xC2B2AE35) & MASK
    return value ^ (value >> 16)


def derive_seed(seed: int, text: str) -> int:
    """A seed that depends on a seed and a text, such as "epoch 3"."""
    value = 0x811C9DC5 ^ hash_integer(seed)
    for character in text:
        value = ((value ^ ord(character)) * 0x01000193) & MASK
    return hash_integer(value)


def hash_integers(*values: int) -> int:
    """One well-mixed hash of several integers; the order matters."""
    mixed = 0x9E3779B9
    for value in values:
        mixed = ((mixed ^ (value & MASK)) * 0x85EBCA6B) & MASK
        mixed = ((mixed ^ (mixed >> 13)) * 0xC2B2AE35) & MASK
        mixed = ((mixed ^ (mixed >> 16)) + 0x6D2B79F5) & MASK
    return mixed


class Stream:
    """Uniform numbers in [0, 1) from a seed."""

    def __init__(self, seed: int) -> None:
        self.a = hash_integer(seed)
        self.b = hash_integer(self.a)
        self.c = hash_integer((self.b + 0x9E3779B9) & MASK)
        self.counter = 1
        for _ in range(12):
            self()

    def __call__(self) -> float:
        result = (self.a + self.b + self.counter) & MASK
        self.counter += 1
        self.a = self.b ^ (self.b >> 9)
        self.b = (self.c + (self.c << 3)) & MASK
        self.c = ((((self.c << 21) | (self.c >> 11)) & MASK) + result) & MASK
        return result / 2**32

    def shuffled(self, items: Sequence[Item]) -> list[Item]:
        """A shuffled copy (Fisher and Yates)."""
        result = list(items)
        for last in range(len(result) - 1, 0, -1):
            other = int(self() * (last + 1))
            result[last], result[other] = result[other], result[last]
        return result

    def normal(self) -> float:
        """One draw from the standard normal distribution (Leva 1992)."""
        while True:
            u = 1 - self()
            v = 1.7156 * (self() - 0.5)
            x = u - 0.449871
            y = abs(v) + 0.386595
            q = x * x + y * (0.196 * y - 0.25472 * x)
            if q < 0.27597 or (q <= 0.27846 and v * v <= -4 * math.log(u) * u * u):
                return v / u

    def gamma(self, alpha: float) -> float:
        """One draw from the gamma distribution (Marsaglia and Tsang 2000)."""
        if alpha < 1:
            return self.gamma(alpha + 1) * (1 - self()) ** (1 / alpha)
        d = alpha - 1 / 3
        c = 1 / math.sqrt(9 * d)
        while True:
            x = self.normal()
            v = (1 + c * x) ** 3
            if v > 0 and math.log(1 - self()) < 0.5 * x * x + d - d * v + d * math.log(v):
                return d * v

    def beta(self, alpha: float) -> float:
        """One draw from Beta(alpha, alpha)."""
        first, second = self.gamma(alpha), self.gamma(alpha)
        return first / (first + second) if first + second > 0 else 0.5


class Draws:
    """Uniform numbers in [0, 1) for one change of one image."""

    def __init__(self, seed: int) -> None:
        self.state = seed & MASK

    def __call__(self) -> float:
        return float(self.many(1)[0])

    def many(self, count: int) -> NDArray[Any]:
        """The next numbers at once."""
        steps = np.arange(1, count + 1, dtype=np.uint64) * np.uint64(0x6D2B79F5) + np.uint64(self.state)
        state = steps & np.uint64(MASK)
        self.state = int(state[-1])
        mixed = (state ^ (state >> np.uint64(15))) * (state | np.uint64(1)) & np.uint64(MASK)
        inner = (mixed ^ (mixed >> np.uint64(7))) * (mixed | np.uint64(61)) & np.uint64(MASK)
        mixed ^= (mixed + inner) & np.uint64(MASK)
        return (mixed ^ (mixed >> np.uint64(14))) / 2.0**32


Random = Callable[[], float]


def round_half_up(value: float) -> int:
    """Half of a pixel goes up."""
    return math.floor(value + 0.5)
