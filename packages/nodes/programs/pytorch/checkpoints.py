"""Checkpoints: one safetensors file with all that a phase needs to go on as if it had never been stopped."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import torch

import processes
from soup import Ended
from training import Training
from weights_file import read_weights, write_weights

# Counters of batches, which nothing reads.
COUNTERS = "num_batches_tracked"
# Sets of weights: those that are stepped, those of the best epoch, and their moving average.
PARTS = ("network", "best", "average")


def write_checkpoint(path: Path, phase: int, training: Training) -> None:
    """Written at once or not at all, by the first process."""
    if processes.rank() == 0:
        save_checkpoint(path, phase, training)
    processes.wait()


def save_checkpoint(path: Path, phase: int, training: Training) -> None:
    """The same by whichever process calls it, without waiting for others."""
    saved, names = training.save(), learned_names(training)
    tensors = {
        f"{part}/{name}": value
        for part in PARTS
        for name, value in (saved[part] or {}).items()
        if not name.endswith(COUNTERS)
    }
    for ended in saved["soup"]:
        tensors.update({f"soup/{ended.epoch}/{name}": value for name, value in ended.weights.items()})
    for at, slots in saved["optimizer"]["state"].items():
        for slot, value in slots.items():
            if value is not None:
                tensors[f"optimizer/{names[at]}/{slot}"] = torch.as_tensor(value)
    state = training.state
    step = state.epoch * training.order.steps + state.position
    facts = {
        "phase": phase,
        "optimizer": training.phase.optimizer.name,
        "step": step,
        "state": asdict(state),
        "scaler": saved["scaler"],
    }
    write_weights(path, tensors, {"checkpoint": json.dumps(facts)})


def read_checkpoint(path: Path) -> tuple[int, dict[str, torch.Tensor], dict[str, Any]]:
    """The phase that goes on, the tensors, and the rest of what was written."""
    tensors, texts = read_weights(path)
    facts = json.loads(texts["checkpoint"])
    return facts["phase"], tensors, facts


def restore(training: Training, tensors: dict[str, torch.Tensor], facts: dict[str, Any]) -> None:
    """Takes a phase up where it was."""
    written, wanted = facts.get("optimizer"), training.phase.optimizer.name
    # Adam and AdamW keep the same tensors. Older checkpoints name neither.
    if written not in (None, wanted):
        raise RuntimeError(
            f"The checkpoint was written with {written}, and the phase {training.phase.name} goes on with {wanted}: "
            "take the optimizer that it was written with, or begin anew."
        )
    refuse_other_batches(training, facts)
    refuse_other_networks(training, tensors)
    # What the optimizer keeps is of the part of the phase that it has stepped last.
    epoch, position = facts["state"]["epoch"], facts["state"]["position"]
    training.enter(epoch if position > 0 else max(0, epoch - 1))
    saved, device = training.save(), training.hardware.device
    counters = {name: value for name, value in saved["network"].items() if name.endswith(COUNTERS)}

    def weights(part: str) -> dict[str, torch.Tensor]:
        start = f"{part}/"
        return {name[len(start) :]: value.to(device) for name, value in tensors.items() if name.startswith(start)}

    slots: dict[int, dict[str, torch.Tensor]] = {}
    for at, name in enumerate(learned_names(training)):
        start = f"optimizer/{name}/"
        found = {key[len(start) :]: value for key, value in tensors.items() if key.startswith(start)}
        if found:
            slots[at] = found
    sets = {part: weights(part) for part in PARTS}
    values, monitored = facts["state"]["values"], training.validation is not None
    epochs = sorted({int(name.split("/")[1]) for name in tensors if name.startswith("soup/")})

    def ended(epoch: int) -> Ended:
        # Graft keeps what stays as it is along with it.
        learned = {name: one for name, one in weights(f"soup/{epoch}").items() if name not in training.frozen}
        return Ended(epoch, values[epoch - 1] if monitored else None, learned)

    training.restore(
        {
            "state": facts["state"],
            "scaler": facts["scaler"],
            "soup": [ended(epoch) for epoch in epochs],
            "optimizer": {**saved["optimizer"], "state": slots},
            **{part: {**counters, **one} if one or part == "network" else None for part, one in sets.items()},
        }
    )


def refuse_other_batches(training: Training, facts: dict[str, Any]) -> None:
    """Images tell another batch size in the epoch that has begun, and steps tell another number of them per epoch."""
    state, steps = facts["state"], training.order.steps
    epoch, position, size = state["epoch"], state["position"], training.phase.batch_size
    images = min(position * size, len(training.train))
    if position <= steps and state["seen"] == images and facts["step"] == epoch * steps + position:
        return
    raise RuntimeError(
        f"The checkpoint is {position} steps and {state['seen']:.0f} images into epoch {epoch + 1} after "
        f"{facts['step']} steps in all, and the phase {training.phase.name} has {steps} steps of {size} images per "
        "epoch: take the batch size and the images that it was written with, or begin anew."
    )


def refuse_other_networks(training: Training, tensors: dict[str, torch.Tensor]) -> None:
    """One with other layers, or another number of classes: PyTorch would find out in the middle, or at the end."""
    wanted = {name: tuple(one.shape) for name, one in training.network.state_dict().items()}
    sets: dict[str, set[str]] = {}
    for key, value in tensors.items():
        part, _, name = key.partition("/")
        if part == "soup":
            name = name.partition("/")[2]
        elif part == "optimizer":
            name, _, slot = name.rpartition("/")
            if slot == "step":
                continue
        sets.setdefault(part, set()).add(name)
        if tuple(value.shape) != wanted.get(name):
            expected = f"with the shape {wanted[name]}" if name in wanted else "without one of that name"
            raise _other_network(f"has {key} with the shape {tuple(value.shape)}, and the network is {expected}")
    for part in PARTS:
        missing = [name for name in wanted if not name.endswith(COUNTERS) and name not in sets.get(part, wanted)]
        if missing:
            raise _other_network(f"has no {part}/{missing[0]}, which the network has")


def _other_network(how: str) -> RuntimeError:
    return RuntimeError(
        f"The checkpoint is of another network: it {how}. Take the one that this program has written, or begin anew."
    )


def learned_names(training: Training) -> list[str]:
    """Names of what the optimizer steps, in its order."""
    names = {id(one): name for name, one in training.network.named_parameters()}
    return [names[id(one)] for group in training.optimizer.param_groups for one in group["params"]]
