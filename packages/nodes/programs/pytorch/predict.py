"""Classifies images without labels: files, or folders with all that is below them."""

from __future__ import annotations

import argparse
from pathlib import Path

import processes
import settings
from data import Images, Sample
from evaluate import HERE, load, logits, write_table
from training import Hardware

ENDINGS = {".jpg", ".jpeg", ".png", ".webp", ".bmp", ".tif", ".tiff", ".gif"}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    add = parser.add_argument
    add("paths", type=Path, nargs="+", help="images, or folders of images")
    add("--weights", type=Path, default=HERE / "runs" / "trained.safetensors")
    add("--out", type=Path, default=Path("predictions.csv"))
    add("--batch-size", type=int, default=32)
    add("--device", default="auto")
    add("--workers", type=int, default=0)
    options = parser.parse_args()
    files = [file for path in options.paths for file in (sorted(path.rglob("*")) if path.is_dir() else [path])]
    samples = [Sample(file, (), 0) for file in files if file.suffix.lower() in ENDINGS and not file.is_dir()]
    if not samples:
        raise SystemExit("There is no image among these paths.")
    hardware = Hardware(processes.start(options.device), workers=options.workers)
    network, thresholds = load(options.weights, hardware.device)
    outputs = logits(network, [Images(samples, settings.PREPROCESSING)], options.batch_size, hardware)
    write_table(options.out, [str(one.path) for one in samples], outputs, thresholds)
    print(f"{len(samples)} images: {options.out}")


if __name__ == "__main__":
    main()
