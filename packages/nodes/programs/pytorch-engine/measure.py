"""Measures this Python's PyTorch as Graft measures engines: `measure.py PROGRAMS DEVICE MILLISECONDS`, JSON lines."""

from __future__ import annotations

import json
import sys
import time
from typing import Callable

import torch
from torch import nn

# memory.py of programs.
sys.path.insert(0, sys.argv[1])

import memory  # noqa: E402

DEVICE, LIMIT = sys.argv[2], float(sys.argv[3]) / 1000


def tell(name: str, value: float) -> None:
    print(json.dumps({"name": name, "value": value}), flush=True)


def best(work: Callable[[], object]) -> float:
    """Seconds of the fastest of repeated runs, copies in and out included."""
    work()
    start, fastest, runs = time.perf_counter(), float("inf"), 0
    while runs < 3 or time.perf_counter() - start < LIMIT:
        before = time.perf_counter()
        work()
        fastest, runs = min(fastest, time.perf_counter() - before), runs + 1
    return fastest


def as_in_programs(layers: nn.Module) -> nn.Module:
    return layers.to(DEVICE).to(memory_format=torch.channels_last)  # type: ignore[call-overload,no-any-return]


def forward(layer: nn.Module, shape: tuple[int, ...]) -> float:
    layer, images = as_in_programs(layer).eval(), torch.ones(shape)

    def work() -> torch.Tensor:
        with torch.no_grad():
            result: torch.Tensor = layer(images.to(DEVICE)).cpu()
        return result

    return best(work)


def training(layers: nn.Module, shape: tuple[int, ...]) -> float:
    network, images = as_in_programs(layers).train(), torch.ones(shape)
    optimizer = torch.optim.SGD(network.parameters(), lr=1e-4, momentum=0.9)

    def work() -> float:
        optimizer.zero_grad(set_to_none=True)
        loss = network(images.to(DEVICE)).square().mean()
        loss.backward()
        optimizer.step()
        return float(loss)

    return best(work)


def convolutions(channels: int, groups: int) -> nn.Module:
    def convolution() -> nn.Module:
        return nn.Conv2d(channels, channels, 3, padding=1, groups=groups, bias=False)

    return nn.Sequential(convolution(), nn.ReLU(), convolution(), nn.AdaptiveAvgPool2d(1), nn.Flatten())


def products(size: int) -> nn.Module:
    return nn.Sequential(nn.Linear(size, size, bias=False), nn.Linear(size, size, bias=False))


def main() -> None:
    if DEVICE == "cpu":
        memory.keep_freed()
    work = {1: 64 * 64 * 9 * 56 * 56, 128: 128 * 9 * 56 * 56}
    for name, channels, groups in (("convolution", 64, 1), ("depthwise", 128, 128)):
        layer = nn.Conv2d(channels, channels, 3, padding=1, groups=groups, bias=False)
        tell(name, 2 * work[groups] * 8 / forward(layer, (8, channels, 56, 56)) / 1e9)
    tell("matrixProduct", 2 * 1024 * 1024 * 256 / forward(nn.Linear(1024, 1024, bias=False), (256, 1024)) / 1e9)
    tell("callMilliseconds", 1000 * forward(nn.Linear(8, 8, bias=False), (1, 8)))
    for name, channels, groups in (("trainedConvolution", 64, 1), ("trainedDepthwise", 128, 128)):
        seconds = training(convolutions(channels, groups), (4, channels, 56, 56))
        tell(name, 6 * 2 * work[groups] * 4 / seconds / 1e9)
    tell("trainedMatrixProduct", 6 * 2 * 256 * 256 * 1024 / training(products(256), (1024, 256)) / 1e9)
    tell("trainedParameters", 2 * 1024 * 1024 / training(products(1024), (1, 1024)) / 1e6)
    tell("stepMilliseconds", 1000 * training(products(8), (1, 8)))


if __name__ == "__main__":
    main()
