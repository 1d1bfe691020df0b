"""Measures trained weights on labelled images: scores, and a table with the answer for every image."""

from __future__ import annotations

import argparse
import csv
import json
import os
from pathlib import Path
from typing import Any, Optional, Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

import processes
import settings
import task
from data import Images, read_samples
from geometry import HorizontalFlip
from inputs import Inputs, logits_of
from model import Network
from training import Hardware
from weights_file import load_weights

HERE = Path(__file__).parent


def load(weights: Path, device: torch.device) -> tuple[nn.Module, Optional[list[float]]]:
    """The network with these weights, and the thresholds that were chosen in the training."""
    network = Network()
    load_weights(network, weights)
    head = weights.with_name("head.json")
    chosen = json.loads(head.read_text(encoding="utf-8")) if head.exists() else {}
    return network.to(device).eval(), chosen.get("thresholds", settings.THRESHOLDS)


def logits(network: nn.Module, images: Sequence[Images], batch_size: int, hardware: Hardware) -> NDArray[Any]:
    """Outputs for all images, the mean over several views of them."""
    views = []
    for view in images:
        inputs = Inputs(view, None, hardware.device, hardware.context, hardware.workers, 1, 0, False, hardware.number)
        views.append(logits_of(network, inputs, range(len(view)), batch_size, hardware.context).numpy())
    return np.asarray(np.mean(views, axis=0))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    add = parser.add_argument
    add("--weights", type=Path, default=HERE / "runs" / "trained.safetensors")
    add("--images", type=Path, default=Path(settings.IMAGES), help="folder that the tables' paths start from")
    add("--out", type=Path, default=HERE / "runs", help="folder for the tables")
    add("--batch-size", type=int, default=32)
    add("--device", default="auto")
    add("--workers", type=int, default=0)
    options = parser.parse_args()
    hardware = Hardware(processes.start(options.device), workers=options.workers)
    network, thresholds = load(options.weights, hardware.device)
    root = options.images if options.images.is_absolute() else HERE / options.images
    options.out.mkdir(parents=True, exist_ok=True)
    if not settings.EVALUATIONS:
        print("settings.py names no images to measure on; predict.py answers for images without labels.")
    for wanted in settings.EVALUATIONS:
        samples = read_samples(HERE / wanted.images, root)
        views = [Images(samples, settings.PREPROCESSING)]
        if wanted.mirrored:
            views.append(Images(samples, settings.PREPROCESSING, [HorizontalFlip(probability=1)]))
        outputs = logits(network, views, options.batch_size, hardware)
        labels = [one.label for one in samples]
        print(json.dumps({"name": wanted.name, "images": len(samples), **task.scores(outputs, labels, thresholds)}))
        names = [os.path.relpath(one.path, root) for one in samples]
        write_table(options.out / f"{wanted.name}.csv", names, outputs, thresholds)


def write_table(path: Path, names: Sequence[str], outputs: NDArray[Any], thresholds: Optional[Sequence[float]]) -> None:
    """One row for each image: the classes that it is given, and the probability of every class."""
    with open(path, "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["image", "answer", *settings.CLASSES])
        for name, given, row in zip(names, task.decode(outputs, thresholds), task.probabilities(outputs)):
            answer = "|".join(settings.CLASSES[one] for one in given)
            writer.writerow([name, answer, *(f"{value:.6f}" for value in row)])


if __name__ == "__main__":
    main()
