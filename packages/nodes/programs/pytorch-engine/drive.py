"""Trains the phase of settings.py for Graft, which reads events, answers where a checkpoint is due, and keeps them."""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any, Optional

import torch
import torch.distributed as dist

import processes
import settings
from channel import Channel
from checkpoints import COUNTERS, read_checkpoint, restore, save_checkpoint
from configuration import Part
from kept_features import KeptInputs, close_stores
from model import Network
from train import samples_of
from training import Hardware, Training
from weights_file import load_weights, write_weights

HERE = Path(__file__).parent


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    add = parser.add_argument
    add("--out", type=Path, required=True, help="folder for weights, checkpoint and validation outputs")
    add("--checkpoint", type=Path, help="checkpoint to go on from")
    add("--course", type=Path, help="what Graft knows of the training up to there, for machines that have it not")
    add("--checkpoint-steps", type=int, default=0)
    add("--features", help="folder of kept features, without the length of its records")
    add("--variation", default="")
    add("--keep-features", type=float, default=2e9)
    add("--device", default="cpu")
    add("--threads", type=int, default=0)
    add("--precision", default="float32")
    add("--channels-last", action="store_true")
    add("--compile", action="store_true")
    add("--parts", type=int, default=1)
    add("--workers", type=int, default=0)
    return parser.parse_args()


class DrivenTraining(Training):
    """Keeps the outputs for the validation images, which Graft measures more of than steers the training."""

    outputs: Optional[torch.Tensor] = None
    features: Optional[str] = None  # folder of kept features

    def _begin(self, part: Part) -> None:
        # What is on disk is of the stages that stay as they are to the end, and of images as large as then.
        KeptInputs.folder = self.features if part == self.phase.part_of(self.phase.epochs) else None
        KeptInputs.cached = KeptInputs.computed = KeptInputs.bytes = 0
        super()._begin(part)

    def _logits(self, *given: Any) -> torch.Tensor:
        self.outputs = super()._logits(*given)
        return self.outputs


def main() -> None:
    options = arguments()
    leads = os.environ.get("LOCAL_RANK", "0") == "0"
    tell = Channel(leads)
    if options.threads > 0:
        torch.set_num_threads(options.threads)
    try:
        train(options, tell, leads)
    except Exception as error:
        kind = "memory" if "out of memory" in str(error) else "diverged" if _diverged(error) else "error"
        tell("failed", kind=kind, message=f"{error}" if kind != "error" else f"{type(error).__name__}: {error}")
        if kind == "error":
            raise
        # Whoever started this hears of other processes by their codes alone.
        print(error, file=sys.stderr)
        raise SystemExit(4 if kind == "memory" else 5) from None


def _diverged(error: Exception) -> bool:
    return isinstance(error, RuntimeError) and ("loss became" in str(error) or "not finite" in str(error))


def agreed(parts: int) -> int:
    """The most parts that any process was told: a machine learns only of its own lack of memory."""
    if processes.count() == 1:
        return parts
    told: list[Any] = [None] * processes.count()
    dist.all_gather_object(told, parts)
    return int(max(told))


def train(options: argparse.Namespace, tell: Channel, leads: bool) -> None:
    device = processes.start(options.device)
    start = time.monotonic()
    torch.backends.cudnn.benchmark = True
    hardware = Hardware(
        device,
        options.precision,
        options.channels_last,
        options.compile,
        agreed(options.parts),
        options.workers,
        options.keep_features,
    )
    network = Network()
    load_weights(network, HERE / "weights.safetensors")
    network.to(device)
    if options.channels_last:
        network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    (phase,) = settings.PHASES
    samples = samples_of(phase.train, Path(settings.IMAGES))
    held = None if phase.validation is None else samples_of(phase.validation, Path(settings.IMAGES))
    DrivenTraining.features, KeptInputs.variation, KeptInputs.tell = options.features, options.variation, tell
    names = json.loads((HERE / "names.json").read_text(encoding="utf-8"))
    tables = [(phase.train, samples), (phase.validation, held)]
    KeptInputs.names = {str(one.path): name for table, rows in tables if rows for one, name in zip(rows, names[table])}

    def event(name: str, **facts: Any) -> None:
        if name in ("epoch", "joined") and leads and training.outputs is not None:
            write_weights(options.out / "validation.safetensors", {"outputs": training.outputs}, {})
        tell(name, **facts)

    training = DrivenTraining(network, phase, samples, held, settings, hardware, event, KeptInputs)
    course = take_up(training, options.checkpoint, options.course)
    begun = {"processes": processes.count(), "seconds": time.monotonic() - start, "state": asdict(training.state)}
    tell("started", **begun, **({} if course is None else {"course": course}))

    def checkpoint() -> None:
        answer = tell.ask("checkpoint", state=asdict(training.state))
        if answer.get("save") is True:
            save_checkpoint(options.out / "checkpoint.safetensors", 0, training)
            tell.ask("saved")

    training.run(checkpoint, options.checkpoint_steps)
    close_stores()
    if leads:
        learned = {name: one for name, one in network.state_dict().items() if not name.endswith(COUNTERS)}
        write_weights(options.out / "trained.safetensors", learned, {})
    kept = {"cached": KeptInputs.cached, "computed": KeptInputs.computed, "bytes": KeptInputs.bytes}
    tell("finished", state=asdict(training.state), features=kept)
    processes.stop()


def take_up(training: Training, path: Optional[Path], course: Optional[Path]) -> Optional[str]:
    """
    Goes on from the newest checkpoint that any machine has; the others need no file. Gives what Graft knows of the
    training up to there, where that came from another machine.
    """
    mine = None
    if path is not None and os.environ.get("LOCAL_RANK", "0") == "0":
        mine = read_checkpoint(path)
    source = newest(None if mine is None else mine[2]["state"])
    if source is None:
        return None
    found: list[Any] = [None]
    if source == processes.rank():
        found = [(mine, None if course is None else course.read_text(encoding="utf-8"))]
    if processes.count() > 1:
        dist.broadcast_object_list(found, src=source)
    (_, tensors, facts), text = found[0]
    restore(training, tensors, facts)
    return None if source == processes.rank() else text


def newest(state: Optional[dict[str, Any]]) -> Optional[int]:
    """The first of the processes whose checkpoint is the furthest; nothing where none has one."""
    place = None if state is None else (state["epoch"], state["position"])
    told: list[Any] = [place]
    if processes.count() > 1:
        told = [None] * processes.count()
        dist.all_gather_object(told, place)
    furthest = max((one for one in told if one is not None), default=None)
    return None if furthest is None else told.index(furthest)


if __name__ == "__main__":
    main()
