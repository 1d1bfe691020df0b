"""Stages that stay as they are, with fewer steps."""

from __future__ import annotations

import copy
from typing import Any, Optional

import torch
from torch import nn
from torch.fx._symbolic_trace import symbolic_trace
from torch.fx.graph_module import GraphModule
from torch.fx.node import Node
from torch.fx.proxy import TraceError
from torch.nn.utils.fusion import fuse_conv_bn_eval


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
        traced = symbolic_trace(copy.deepcopy(stages))
    except (TraceError, TypeError, AttributeError, NotImplementedError):
        return stages
    calls: dict[str, list[Node]] = {}
    for node in traced.graph.nodes:
        if node.op == "call_module":
            calls.setdefault(node.target, []).append(node)
    for name, uses in calls.items():
        before = _convolution_before(traced, uses)
        # A module that is called several times is folded once, and only if each of its values is normalised.
        if before is None or len(calls[before]) != len(uses):
            continue
        fused = fuse_conv_bn_eval(traced.get_submodule(before), traced.get_submodule(name))  # type: ignore[no-untyped-call]
        parent, _, last = before.rpartition(".")
        setattr(traced.get_submodule(parent), last, fused)
        for node in uses:
            node.replace_all_uses_with(node.args[0])
            traced.graph.erase_node(node)
    traced.recompile()
    return traced


def _convolution_before(traced: GraphModule, uses: list[Node]) -> Optional[str]:
    """The one convolution that gives a batch normalisation, in all of its uses, what nothing else reads."""
    if type(traced.get_submodule(str(uses[0].target))) is not nn.BatchNorm2d:
        return None
    given = [node.args[0] for node in uses]
    names = {
        str(one.target) if isinstance(one, Node) and one.op == "call_module" and len(one.users) == 1 else None
        for one in given
    }
    name = names.pop()
    if name is None or names or type(traced.get_submodule(name)) is not nn.Conv2d:
        return None
    return name
