"""Trains the network, phase after phase: `python train.py`, or `torchrun --nproc_per_node 4 train.py`."""

from __future__ import annotations

import argparse
import importlib
import json
import time
from pathlib import Path
from typing import Any

import torch

import processes
import settings
from checkpoints import read_checkpoint, restore, write_checkpoint
from data import Sample, read_samples
from model import Network
from training import Hardware, Training
from weights_file import load_weights, read_weights, write_weights

HERE = Path(__file__).parent


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    add = parser.add_argument
    add("--weights", type=Path, default=HERE / "weights.safetensors", help="weights to start from")
    add("--images", type=Path, default=Path(settings.IMAGES), help="folder that the tables' paths start from")
    add("--out", type=Path, default=HERE / "runs", help="folder for trained weights, checkpoint and metrics")
    add("--resume", action="store_true", help="go on from the checkpoint in --out")
    add("--checkpoint-steps", type=int, default=0, help="steps between checkpoints inside an epoch; 0: none")
    add("--device", default="auto", help="cpu, cuda, cuda:1 or mps; auto: a GPU where there is one")
    precisions = ["float32", "bfloat16", "float16", "float64"]
    add("--precision", choices=precisions, default="float32", help="16: mixed; float64: to see what rounding does")
    add("--channels-last", action="store_true", help="feature maps with channels last: faster convolutions")
    add("--compile", action="store_true", help="torch.compile (PyTorch 2)")
    add("--parts", type=int, default=1, help="compute a batch in so many parts, to need less memory")
    add("--workers", type=int, default=0, help="processes that read images, for training and for validation each")
    add("--keep-features", type=float, default=2e9, help="bytes for kept results of stages that stay as they are")
    add("--json", action="store_true", help="print one event per line as JSON")
    return parser.parse_args()


class Log:
    """Tells what happens, and keeps it in a file with one event per line."""

    def __init__(self, path: Path, as_json: bool, goes_on: bool) -> None:
        self.as_json = as_json
        self.start = time.monotonic()
        if processes.rank() == 0:
            path.parent.mkdir(parents=True, exist_ok=True)
            self.file = open(path, "a" if goes_on else "w", encoding="utf-8")

    def __call__(self, event: str, **facts: Any) -> None:
        if processes.rank() != 0:
            return
        line = json.dumps({"event": event, **facts})
        self.file.write(line + "\n")
        self.file.flush()
        if self.as_json:
            print(line, flush=True)
        elif event != "step":
            seconds = time.monotonic() - self.start
            print(f"{seconds:7.1f} s  {event}  " + "  ".join(_text(*one) for one in facts.items()), flush=True)


def _text(name: str, value: Any) -> str:
    if isinstance(value, dict):
        return f"{name}: " + ", ".join(_text(*one) for one in value.items())
    return f"{name} {value:.4f}" if isinstance(value, float) else f"{name} {value}"


def main() -> None:
    options = arguments()
    device = processes.start(options.device)
    torch.backends.cudnn.benchmark = True
    hardware = Hardware(
        device,
        options.precision,
        options.channels_last,
        options.compile,
        options.parts,
        options.workers,
        options.keep_features,
    )
    log = Log(options.out / "metrics.jsonl", options.json, options.resume)
    network = Network()
    texts = load_weights(network, options.weights)
    network.to(device, hardware.number)
    if options.channels_last:
        network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    path = options.out / "checkpoint.safetensors"
    saved = read_checkpoint(path) if options.resume and path.exists() else None
    head: dict[str, Any] = {"classes": list(settings.CLASSES)}
    for index, phase in enumerate(settings.PHASES):
        if saved is not None and index < saved[0]:
            continue
        taken_up = saved is not None and index == saved[0]
        if phase.weights is not None and not taken_up:
            # Some of the weights: what the phases before have learned stays.
            network.load_state_dict(read_weights(HERE / phase.weights)[0], strict=False)
        train = samples_of(phase.train, options.images)
        validation = None if phase.validation is None else samples_of(phase.validation, options.images)
        log("phase", phase=phase.name, images=len(train))
        if phase.head is not None:
            # Only programs with such a phase have this module.
            compute_head = importlib.import_module("heads").compute_head
            thresholds = compute_head(network, phase, train, validation, settings, hardware, log)
        else:
            training = Training(network, phase, train, validation, settings, hardware, log)
            # Until this phase chooses others; a checkpoint keeps them too.
            training.state.thresholds = head.get("thresholds")
            if taken_up and saved is not None:
                restore(training, *saved[1:])

            def checkpoint(index: int = index, training: Training = training) -> None:
                write_checkpoint(path, index, training)

            training.run(checkpoint, options.checkpoint_steps)
            thresholds = training.state.thresholds
        if thresholds is not None:
            head["thresholds"] = list(thresholds)
    if processes.rank() == 0:
        counters = ("num_batches_tracked",)
        learned = {name: one for name, one in network.float().state_dict().items() if not name.endswith(counters)}
        write_weights(options.out / "trained.safetensors", learned, texts)
        (options.out / "head.json").write_text(json.dumps(head, indent=1), encoding="utf-8")
    log("finished", weights=str(options.out / "trained.safetensors"))
    processes.stop()


def samples_of(table: str, images: Path) -> list[Sample]:
    root = images if images.is_absolute() else HERE / images
    return read_samples(HERE / table, root)


if __name__ == "__main__":
    main()
