"""What of a network learns, and what stays as it is: stages, parameters, and the statistics of batch normalisations."""

from __future__ import annotations

from typing import Any, Optional, Sequence

import torch
from torch import nn
from torch.nn.modules.batchnorm import _BatchNorm

from configuration import Phase
from model import stages_of


def stages(network: nn.Module, start: int, end: Optional[int] = None) -> nn.Sequential:
    """Some of the network's stages, one after the other."""
    return nn.Sequential(*list(stages_of(network).values())[start:end])


def begins_with(name: str, beginnings: Sequence[str]) -> bool:
    """Whether a name is one of these, or of something inside of one of them."""
    return any(name == one or name.startswith(one + ".") for one in beginnings)


def set_frozen(network: nn.Module, frozen: Sequence[str]) -> None:
    """Everything learns but for these."""
    for name, parameter in network.named_parameters():
        parameter.requires_grad_(not begins_with(name, frozen))


def set_training(network: nn.Module, rest: nn.Module, batch_statistics: Sequence[str]) -> None:
    """Training mode for some of the network, but for batch normalisations with stored statistics."""
    rest.train()
    for name, module in network.named_modules():
        if isinstance(module, _BatchNorm) and not begins_with(name, batch_statistics):
            module.eval()


def optimizer_groups(network: nn.Module, phase: Phase, decay_exceptions: Sequence[str]) -> list[dict[str, Any]]:
    """What learns, by learning-rate factor and weight decay."""
    groups: dict[tuple[float, bool], list[nn.Parameter]] = {}
    for name, parameter in network.named_parameters():
        if parameter.requires_grad:
            factors = [factor for start, factor in phase.rate_factors.items() if begins_with(name, [start])]
            decays = (parameter.dim() > 1) != (name in decay_exceptions)
            groups.setdefault((min(factors, default=1.0), decays), []).append(parameter)
    return [
        {"params": members, "factor": factor, "weight_decay": phase.optimizer.weight_decay if decays else 0.0}
        for (factor, decays), members in groups.items()
    ]


def learned_by(optimizer: torch.optim.Optimizer) -> list[int]:
    """Which parameters an optimizer steps."""
    return [id(one) for group in optimizer.param_groups for one in group["params"]]
