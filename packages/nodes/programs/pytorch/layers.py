"""Layers that PyTorch has no class for."""

from __future__ import annotations

import torch
from torch import nn


class StandardisedConv2d(nn.Conv2d):
    """A convolution whose kernels are brought to mean 0 and variance 1, each for itself (arXiv 1903.10520)."""

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: int | tuple[int, int],
        stride: int | tuple[int, int] = 1,
        padding: int | tuple[int, int] = 0,
        dilation: int | tuple[int, int] = 1,
        groups: int = 1,
        bias: bool = True,
        epsilon: float = 1e-5,
        scale: float = 1.0,
        gain: bool = False,
    ) -> None:
        super().__init__(in_channels, out_channels, kernel_size, stride, padding, dilation, groups, bias)  # type: ignore[arg-type]
        self.epsilon, self.scale = epsilon, scale
        self.gain = nn.Parameter(torch.ones(out_channels, 1, 1, 1)) if gain else None

    def forward(self, input: torch.Tensor) -> torch.Tensor:
        centred = self.weight - self.weight.mean((1, 2, 3), keepdim=True)
        variance = centred.square().mean((1, 2, 3), keepdim=True)
        weight = centred * torch.rsqrt(variance + self.epsilon) * self.scale
        return self._conv_forward(input, weight if self.gain is None else weight * self.gain, self.bias)
