"""One phase: what is frozen, optimizer groups, steps, validation, the best epoch, early stopping, checkpoints."""

from __future__ import annotations

import math
from contextlib import AbstractContextManager, nullcontext
from dataclasses import asdict, dataclass, field
from typing import Any, Callable, Optional, Sequence

import torch
from torch import nn
from torch.nn.parallel import DistributedDataParallel
from torch.nn.utils.clip_grad import clip_grad_norm_

import processes
import task
from configuration import Part, Phase
from data import Images, Order, Sample, draw_mixture
from folding import Folded
from freezing import begins_with, learned_by, optimizer_groups, set_frozen, set_training, stages
from inputs import Inputs, logits_of
from rng import derive_seed
from schedules import rate_at
from soup import Ended, Weights, joined, ranked

Tell = Callable[..., None]


@dataclass(frozen=True)
class Hardware:
    """Where and how to compute; none of it changes what is learned but by rounding."""

    device: torch.device
    precision: str = "float32"  # "bfloat16" or "float16": automatic mixed precision; "float64": all in doubles
    channels_last: bool = False
    compile: bool = False
    parts: int = 1  # a batch is computed in so many parts, whose gradients add up
    workers: int = 0
    feature_bytes: float = 2e9

    @property
    def number(self) -> torch.dtype:
        """Of weights and inputs."""
        return torch.float64 if self.precision == "float64" else torch.float32

    def context(self) -> AbstractContextManager[object]:
        if self.precision in ("float32", "float64"):
            return nullcontext()
        return torch.autocast(self.device.type, getattr(torch, self.precision))  # type: ignore[attr-defined]


@dataclass
class State:
    """Everything that a checkpoint needs beside the weights and the optimizer."""

    epoch: int = 0
    position: int = 0
    loss: float = 0.0
    hits: float = 0.0
    seen: float = 0.0
    best_epoch: int = 0
    best_value: Optional[float] = None
    waited: int = 0
    stopped: bool = False
    thresholds: Optional[list[float]] = None
    # What was measured of the best epoch's weights.
    scores: Optional[dict[str, float]] = None
    # What was watched after each epoch: the monitored value, or the training loss where nothing is validated.
    values: list[float] = field(default_factory=list)


class Training:
    """A phase that goes on. `save` and `restore` make it exact to take it up again."""

    def __init__(
        self,
        network: nn.Module,
        phase: Phase,
        train: Sequence[Sample],
        validation: Optional[Sequence[Sample]],
        settings: Any,
        hardware: Hardware,
        tell: Tell,
        feed_with: type[Inputs] = Inputs,
    ) -> None:
        self.network, self.phase, self.hardware, self.tell = network, phase, hardware, tell
        self.train, self.validation = train, validation
        self.settings, self.feed_with = settings, feed_with
        self.classes = len(settings.CLASSES)
        self.state = State()
        self.best: Optional[dict[str, torch.Tensor]] = None
        # A moving average of weights and statistics, which stands for them in validation and at the end.
        self.average: Optional[dict[str, torch.Tensor]] = None
        # The best epochs so far, whose weights may be joined.
        self.soup: list[Ended] = []
        self.frozen = self._frozen_values()
        if processes.count() > 1:
            processes.synchronise(network)
        self.scaler = torch.cuda.amp.GradScaler() if hardware.precision == "float16" else None  # type: ignore[attr-defined]
        groups = None
        if phase.balanced:
            groups = [[at for at, one in enumerate(train) if name in one.label] for name in range(self.classes)]
        self.order = Order(len(train), phase, groups)
        self.views = (phase.views or phase.epochs) if phase.augmentation else 1
        self.weights = None
        if phase.class_weights is not None:
            self.weights = torch.tensor(phase.class_weights, dtype=torch.float32)
        self.part = phase.part_of(0)
        set_frozen(network, self.part.frozen)
        self.optimizer = self._optimizer()
        self._begin(self.part)

    def enter(self, epoch: int) -> None:
        """Gets ready for an epoch (from 0): for what learns in it, and its size of images."""
        if self.phase.part_of(epoch) != self.part:
            self._begin(self.phase.part_of(epoch))

    def _begin(self, part: Part) -> None:
        network, hardware = self.network, self.hardware
        self.part = part
        set_frozen(network, part.frozen)
        fixed = self._fixed(part.fixed_stages)
        self.rest: nn.Module = network if fixed is None else stages(network, part.fixed_stages)
        # Where the same parameters learn, the optimizer goes on too; else it is a fresh one.
        optimizer = self._optimizer()
        if learned_by(optimizer) != learned_by(self.optimizer):
            self.optimizer = optimizer
        self.model: nn.Module = self.rest
        if processes.count() > 1:
            # Looking for unused parameters keeps the order in which gradients are added up. Else it becomes another one
            # after the first step, and a training that goes on from a checkpoint would round its next step differently.
            keeps_order = processes.count() > 2
            self.model = DistributedDataParallel(self.rest, broadcast_buffers=False, find_unused_parameters=keeps_order)
        if hardware.compile:
            self.model = torch.compile(self.model)  # type: ignore[attr-defined, assignment]
        self.inputs = self._feed(fixed, self.train, self.phase.augmentation, min(self.views, self.phase.epochs))
        self.held = None if self.validation is None else self._feed(fixed, self.validation, (), 1)

    def _fixed(self, count: int) -> Optional[nn.Module]:
        """The first stages, as they run once for each image."""
        if count == 0:
            return None
        fixed = stages(self.network, 0, count).eval()
        # Rounded to half precision, folded weights would be others.
        return Folded(fixed) if self.hardware.precision in ("float32", "float64") else fixed

    def _feed(
        self, fixed: Optional[nn.Module], samples: Sequence[Sample], augmentation: Sequence[object], views: int
    ) -> Inputs:
        hardware = self.hardware
        images = Images(samples, self.settings.PREPROCESSING, augmentation, self.phase.seed)
        memory, layout = hardware.feature_bytes, hardware.channels_last
        where = (hardware.device, hardware.context, hardware.workers)
        return self.feed_with(images, fixed, *where, views, memory, layout, hardware.number, self.part.size)

    def run(self, checkpoint: Callable[[], None], every_steps: int = 0) -> None:
        """All epochs that are left."""
        state, phase = self.state, self.phase
        if phase.average_decay > 0 and self.average is None:
            self.average = {name: value.clone() for name, value in self.network.state_dict().items()}
        while state.epoch < phase.epochs and not state.stopped:
            self.enter(state.epoch)
            self._epoch(checkpoint, every_steps)
            self._finish_epoch()
            checkpoint()
        if self.soup:
            self._join_epochs()
        elif self.best is not None:
            self.network.load_state_dict(self.best)
        elif self.average is not None:
            self.network.load_state_dict(self.average)
        for name, value in self.network.state_dict().items():
            if name in self.frozen and not torch.equal(value, self.frozen[name]):
                raise RuntimeError(f"{name} was to stay as it is, but training changed it.")
        self.tell("phase-finished", phase=phase.name, frozen=len(self.frozen), epoch=state.best_epoch or state.epoch)

    def _frozen_values(self) -> dict[str, torch.Tensor]:
        return {name: value.clone() for name, value in self.network.state_dict().items() if self._stays(name)}

    def _stays(self, name: str) -> bool:
        learnable = name in dict(self.network.named_parameters())
        if learnable:
            return begins_with(name, self.phase.frozen)
        return not begins_with(name, self.phase.batch_statistics)

    def _optimizer(self) -> torch.optim.Optimizer:
        wanted = self.phase.optimizer
        make: Any = getattr(torch.optim, wanted.name)
        groups = optimizer_groups(self.network, self.phase, self.settings.DECAY_EXCEPTIONS)
        optimizer: torch.optim.Optimizer = make(groups, lr=self.phase.learning_rate, **wanted.options)
        return optimizer

    def _epoch(self, checkpoint: Callable[[], None], every_steps: int) -> None:
        state, phase = self.state, self.phase
        plan = self.order.epoch(state.epoch)[state.position :]
        mixes = phase.mix != "none"
        wanted = [processes.share_of(batch) + (processes.share_of(batch[::-1]) if mixes else []) for batch in plan]
        view = state.epoch % self.views
        for batch, inputs in zip(plan, self.inputs.batches(wanted, view, phase.batch_size)):
            self._step(batch, inputs)
            state.position += 1
            if every_steps > 0 and state.position % every_steps == 0 and state.position < self.order.steps:
                checkpoint()

    def _step(self, batch: Sequence[int], inputs: torch.Tensor) -> None:
        state, phase, device = self.state, self.phase, self.hardware.device
        step = state.epoch * self.order.steps + state.position
        rate = rate_at(phase, step, self.order.steps, state.values)
        torch.manual_seed(derive_seed(phase.seed, f"step {step} {processes.rank()}"))
        labels = [self.train[index].label for index in batch]
        targets = task.targets_of(labels, self.classes)
        weight = task.loss_weight(targets, self.weights, self.classes)
        own = processes.share_of(range(len(batch)))
        mine, others = targets[own].to(device), targets.flip(0)[own].to(device)
        mixture = draw_mixture(phase, step, len(batch), inputs.shape[1:])
        if mixture is not None:
            inputs = mixture.mix(inputs[: len(own)], inputs[len(own) :])
        weights = None if self.weights is None else self.weights.to(device, self.hardware.number)
        set_training(self.network, self.rest, self.part.batch_statistics)
        self.optimizer.zero_grad(set_to_none=True)
        loss, rows = 0.0, []
        # As many parts in each process, since they meet in every one; where another has an image more, one is empty.
        largest = -(-len(batch) // processes.count())
        parts = torch.arange(len(own)).tensor_split(min(self.hardware.parts, largest))
        for at, part in enumerate(parts):
            whole = self.model if at == len(parts) - 1 else None
            wait = self.model.no_sync() if whole is None and processes.count() > 1 else nullcontext()  # type: ignore[operator]
            pair = None if mixture is None else (mixture, others[part])
            with wait:
                with self.hardware.context():
                    logits = self.model(inputs[part])
                    summed = task.loss_sum(logits, mine[part], phase.label_smoothing, weights, pair, phase.focal_gamma)
                    summed = summed / weight
                # The mean over processes is taken of the gradients; the sum is what a single process would have.
                shared = summed * processes.count()
                (shared if self.scaler is None else self.scaler.scale(shared)).backward()  # type: ignore[no-untyped-call]
            loss += float(summed.detach())
            rows.append(logits.detach().float().cpu())
        if self.scaler is not None:
            self.scaler.unscale_(self.optimizer)
        norm = self._clip()
        hits = task.hits(torch.cat(rows).numpy(), [labels[index] for index in own])
        loss, right = processes.total(loss, hits)
        # A scaled step may overflow: it is left out, and the scale lowered.
        if not (math.isfinite(loss) and (math.isfinite(norm) or self.scaler is not None)):
            raise RuntimeError(f"The loss became {loss}, the gradient's norm {norm}: lower the learning rate, or clip.")
        for group in self.optimizer.param_groups:
            group["lr"] = rate * group["factor"]
        if self.scaler is None:
            self.optimizer.step()
        else:
            self.scaler.step(self.optimizer)
            self.scaler.update()
        self._follow(step)
        state.loss, state.hits, state.seen = state.loss + loss * len(batch), state.hits + right, state.seen + len(batch)
        self.tell("step", phase=phase.name, epoch=state.epoch + 1, step=step + 1, loss=loss, rate=rate, norm=norm)

    def _follow(self, step: int) -> None:
        """The average follows faster in the first steps, so that it isn't held at where it began."""
        decay = min(self.phase.average_decay, (1 + step) / (10 + step))
        if self.average is None or decay == 0:
            return
        for name, value in self.network.state_dict().items():
            if value.is_floating_point():
                self.average[name].lerp_(value, 1 - decay)

    def _clip(self) -> float:
        learned = [one for group in self.optimizer.param_groups for one in group["params"]]
        most = self.phase.clip_norm if self.phase.clip_norm > 0 else math.inf
        return float(clip_grad_norm_(learned, most))

    def _finish_epoch(self) -> None:
        state, phase = self.state, self.phase
        facts = {"loss": state.loss / state.seen, "right": state.hits / state.seen}
        state.epoch, state.position, state.loss, state.hits, state.seen = state.epoch + 1, 0, 0.0, 0.0, 0.0
        measured = None
        stepped = self._swap_in_average()
        if self.held is None or self.validation is None:
            self.tell("epoch", phase=phase.name, epoch=state.epoch, train=facts)
            state.values.append(facts["loss"])
        else:
            measured = self._measure()
            self.tell("epoch", phase=phase.name, epoch=state.epoch, train=facts, validation=measured[0])
            state.values.append(measured[0][phase.monitor])
            if not math.isfinite(measured[0]["loss"]):
                raise RuntimeError("The validation loss is not finite: lower the learning rate, or clip gradients.")
        # Answers on smaller images are no answer to which epoch is best.
        if self.part.size is None:
            if measured is not None:
                self._watch(*measured)
            self._gather(None if measured is None else state.values[-1])
        if stepped is not None:
            self.network.load_state_dict(stepped)

    def _measure(self) -> tuple[dict[str, float], task.Thresholds]:
        """Scores on the validation images, and the thresholds that they are by."""
        assert self.held is not None and self.validation is not None
        logits = self._logits(self.held, len(self.validation)).numpy()
        labels = [one.label for one in self.validation]
        chosen = task.choose_thresholds(logits, labels)
        return task.scores(logits, labels, chosen), chosen

    def _watch(self, scores: dict[str, float], chosen: task.Thresholds) -> None:
        """Whether the epoch that ended is the best one so far, and whether to stop."""
        state, phase = self.state, self.phase
        value = scores[phase.monitor]
        better = math.inf if state.best_value is None else value - state.best_value
        if state.best_value is not None and phase.monitor == "loss":
            better = -better
        if better > phase.min_delta:
            state.best_epoch, state.best_value, state.waited, state.scores = state.epoch, value, 0, scores
            if phase.restore_best:
                self.best = {name: tensor.clone() for name, tensor in self.network.state_dict().items()}
        else:
            state.waited += 1
            state.stopped = 0 < phase.patience <= state.waited
        if better > phase.min_delta or not phase.restore_best:
            state.thresholds = None if chosen is None else list(chosen)

    def _gather(self, value: Optional[float]) -> None:
        """Keeps what the epoch that ended has learned, if it is one of the best."""
        if self.phase.soup == 0:
            return
        values = self.network.state_dict().items()
        learned = {name: one.clone() for name, one in values if one.is_floating_point() and name not in self.frozen}
        epochs = [*self.soup, Ended(self.state.epoch, value, learned)]
        self.soup = ranked(epochs, self.phase.monitor != "loss")[: self.phase.soup]

    def _join_epochs(self) -> None:
        """The network gets the mean of the epochs that were kept, as far as it does better."""
        state, phase = self.state, self.phase

        def measure(weights: Weights) -> Optional[float]:
            self.network.load_state_dict(weights, strict=False)
            return None if self.held is None else self._measure()[0][phase.monitor]

        weights, epochs = joined(self.soup, phase.monitor != "loss", measure)
        self.network.load_state_dict(weights, strict=False)
        if self.held is not None:
            state.scores, chosen = self._measure()
            state.thresholds = None if chosen is None else list(chosen)
        self.tell("joined", phase=phase.name, epochs=epochs, offered=len(self.soup))

    def _swap_in_average(self) -> Optional[dict[str, torch.Tensor]]:
        """Puts the average into the network; the weights that are stepped, to be put back."""
        if self.average is None:
            return None
        stepped = {name: value.clone() for name, value in self.network.state_dict().items()}
        self.network.load_state_dict(self.average)
        return stepped

    def _logits(self, inputs: Inputs, items: int) -> torch.Tensor:
        own = processes.share_of(range(items))
        rows = logits_of(self.rest, inputs, own, self.phase.batch_size, self.hardware.context)
        return processes.joined(rows.to(self.hardware.device), items).cpu()

    def save(self) -> dict[str, Any]:
        return {
            "state": asdict(self.state),
            "network": self.network.state_dict(),
            "best": self.best,
            "average": self.average,
            "soup": self.soup,
            "optimizer": self.optimizer.state_dict(),
            "scaler": None if self.scaler is None else self.scaler.state_dict(),
        }

    def restore(self, saved: dict[str, Any]) -> None:
        self.state = State(**saved["state"])
        self.network.load_state_dict(saved["network"])
        # An earlier phase may have trained what stays as it is in this one, and what was folded is a copy.
        self.frozen = self._frozen_values()
        fixed = self._fixed(self.part.fixed_stages)
        for inputs in (self.inputs, self.held):
            if inputs is not None:
                inputs.fixed = fixed
        self.best, self.average, self.soup = saved["best"], saved["average"], saved["soup"]
        self.optimizer.load_state_dict(saved["optimizer"])
        if self.scaler is not None and saved["scaler"] is not None:
            self.scaler.load_state_dict(saved["scaler"])
