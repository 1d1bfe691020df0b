"""One process, or as many as torchrun started."""

from __future__ import annotations

import os
from typing import Sequence

import torch
import torch.distributed as dist
from torch import nn
from torch.distributed.nn.functional import all_reduce

import memory


def start(device: str) -> torch.device:
    """Joins the other processes, where torchrun started several, and chooses the device."""
    chosen = _chosen(device, int(os.environ.get("LOCAL_RANK", "0")))
    if chosen == "cpu":
        memory.keep_freed()
    if "RANK" in os.environ:
        dist.init_process_group("nccl" if chosen.startswith("cuda") else "gloo")
    if chosen.startswith("cuda"):
        torch.cuda.set_device(chosen)
    return torch.device(chosen)


def _chosen(device: str, local: int) -> str:
    """Each process of a machine has a GPU of its own; where "cuda" is asked for there has to be one."""
    found = torch.cuda.device_count() if torch.cuda.is_available() else 0
    if device == "auto" and found == 0:
        return "cpu"
    if device not in ("auto", "cuda"):
        return device
    if local >= found:
        raise RuntimeError(
            f"Process {local + 1} of this machine needs a GPU of its own, and PyTorch sees {found}. "
            "Start as many processes as there are GPUs, or give --device cpu."
        )
    return f"cuda:{local}"


def stop() -> None:
    if dist.is_initialized():
        # The first process may hold what the others meet at.
        dist.barrier()  # type: ignore[no-untyped-call]
        dist.destroy_process_group()


def count() -> int:
    return dist.get_world_size() if dist.is_initialized() else 1


def rank() -> int:
    return dist.get_rank() if dist.is_initialized() else 0


def share_of(items: Sequence[int]) -> list[int]:
    """The part of these items that is this process's."""
    size = len(items)
    return list(items[rank() * size // count() : (rank() + 1) * size // count()])


def total(*values: float) -> list[float]:
    """Sums over all processes."""
    if count() == 1:
        return list(values)
    device = "cuda" if dist.get_backend() == "nccl" else "cpu"
    sums = torch.tensor(values, dtype=torch.float64, device=device)
    dist.all_reduce(sums)  # type: ignore[no-untyped-call]
    return [float(one) for one in sums.cpu()]


def wait() -> None:
    if dist.is_initialized():
        dist.barrier()  # type: ignore[no-untyped-call]


def joined(rows: torch.Tensor, items: int) -> torch.Tensor:
    """Rows of all processes, in order; every process holds `share_of` them."""
    if count() == 1:
        return rows
    sizes = [(other + 1) * items // count() - other * items // count() for other in range(count())]
    padded = torch.zeros(max(sizes), *rows.shape[1:], dtype=rows.dtype, device=rows.device)
    padded[: len(rows)] = rows
    parts = [torch.zeros_like(padded) for _ in sizes]
    dist.all_gather(parts, padded)  # type: ignore[no-untyped-call]
    return torch.cat([part[:size] for part, size in zip(parts, sizes)])


class SynchronisedBatchNorm(nn.modules.batchnorm._BatchNorm):
    """Batch normalisation whose batch statistics are those of all processes together, on any backend."""

    def forward(self, values: torch.Tensor) -> torch.Tensor:
        if not self.training:
            return super().forward(values)
        axes = [axis for axis in range(values.dim()) if axis != 1]
        # Half precision has no room for sums of squares, nor for how many values there are.
        given, values = values.dtype, values if values.dtype == torch.float64 else values.float()
        local = torch.cat([values.sum(axes), values.square().sum(axes), values.new_tensor([values.numel()])])
        sums: torch.Tensor = all_reduce(local)  # type: ignore[no-untyped-call]
        size = float(sums[-1].detach()) / self.num_features
        mean, square = sums[:-1].chunk(2)
        mean = mean / size
        variance = (square / size - mean.square()).clamp_min(0)
        assert self.running_mean is not None and self.running_var is not None and self.momentum is not None
        with torch.no_grad():
            self.running_mean.lerp_(mean, self.momentum)
            self.running_var.lerp_(variance * size / max(1.0, size - 1), self.momentum)
        shape = [1, -1] + [1] * (values.dim() - 2)
        factor = torch.rsqrt(variance + self.eps) * self.weight
        return ((values - mean.view(shape)) * factor.view(shape) + self.bias.view(shape)).to(given)

    def _check_input_dim(self, input: torch.Tensor) -> None:
        """Any number of axes."""


def synchronise(module: nn.Module) -> nn.Module:
    """Replaces batch normalisations in place, keeping their parameters, statistics and names."""
    for name, child in list(module.named_children()):
        if isinstance(child, (nn.BatchNorm1d, nn.BatchNorm2d)):
            replaced = SynchronisedBatchNorm(child.num_features, child.eps, child.momentum or 0.1)
            replaced.weight, replaced.bias = child.weight, child.bias
            replaced.running_mean, replaced.running_var = child.running_mean, child.running_var
            setattr(module, name, replaced)
        else:
            synchronise(child)
    return module
