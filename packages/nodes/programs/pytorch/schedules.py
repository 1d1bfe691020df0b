"""Learning rates."""

from __future__ import annotations

import math
from typing import Sequence

from configuration import Phase, Schedule


def rate_at(phase: Phase, step: int, steps_per_epoch: int, values: Sequence[float] = ()) -> float:
    """Learning rate of a step, counted from 0 over the whole phase, after what the epochs before it came to."""
    total = phase.epochs * steps_per_epoch
    warmup = math.floor(phase.schedule.warmup * total + 0.5)
    if step < warmup:
        return phase.learning_rate * (step + 1) / warmup
    if phase.schedule.name == "plateau":
        higher = phase.validation is not None and phase.monitor != "loss"
        return phase.learning_rate * phase.schedule.factor ** _drops(values, higher, phase.schedule.patience)
    return phase.learning_rate * _multiplier(phase.schedule, step - warmup, max(1, total - warmup), steps_per_epoch)


def _multiplier(schedule: Schedule, step: int, total: int, steps_per_epoch: int) -> float:
    if schedule.name == "cosine":
        return _cosine(1, schedule.final_fraction, min(1, step / total))
    if schedule.name == "step":
        return float(schedule.factor ** (step // (steps_per_epoch * schedule.every_epochs)))
    if schedule.name == "one-cycle":
        peak, last = schedule.rise_fraction * total - 1, total - 1
        if step < peak:
            return _cosine(1 / schedule.div, 1, step / peak)
        start = max(0.0, peak)
        if last <= peak or last <= 0:
            return 1
        return _cosine(1, 1 / schedule.div_final, min(1, (step - start) / (last - start)))
    return 1


def _drops(values: Sequence[float], higher: bool, patience: int) -> int:
    """How often the watched value has not improved for more than `patience` epochs."""
    best, waited, count = math.inf, 0, 0
    for value in (-value if higher else value for value in values):
        waited = 0 if value < best else waited + 1
        best = min(best, value)
        if waited > patience:
            waited, count = 0, count + 1
    return count


def _cosine(start: float, end: float, share: float) -> float:
    return end + (start - end) / 2 * (1 + math.cos(math.pi * share))
