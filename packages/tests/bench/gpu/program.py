"""Images per second of an exported program on a GPU, against a script written by hand; both take turns.

    node packages/tests/bench/gpu/write-program.mjs FOLDER       where Graft is built
    python3 packages/tests/bench/gpu/program.py FOLDER           on the machine with the GPU

Needs Python with PyTorch, numpy and Pillow; with torchvision the other side is torchvision's network and reader. bfloat16,
channels last, momentum SGD. Measured with one batch that lies on the GPU, and with photos from disk. Writes
results/gpu-program.json. Without a GPU it says so and ends; --dry-run does a few steps on the processor and keeps nothing.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import platform
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

try:
    import numpy as np
    import torch
    from PIL import Image
    from torch.utils.data import DataLoader, Dataset
except ImportError as error:
    print(f"nothing is measured here: {sys.executable} lacks {error.name}")
    sys.exit(0)

parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("program", type=Path, help="what write-program.mjs has written")
parser.add_argument("--dry-run", action="store_true", help="a few steps of two images on the processor")
parser.add_argument("--steps", type=int, default=60, help="measured in each turn, after 15 more")
parser.add_argument("--turns", type=int, default=3)
parser.add_argument("--workers", type=int, default=16, help="processes that read photos")
parser.add_argument("--out", type=Path, default=Path(__file__).parent.parent / "results" / "gpu-program.json")
options = parser.parse_args()
if not torch.cuda.is_available() and not options.dry_run:
    print(f"no GPU here: PyTorch {torch.__version__} sees none, and nothing is measured (--dry-run tries the script)")
    sys.exit(0)
sys.path.insert(0, str(options.program.resolve()))
import settings
from data import Sample
from inputs import Inputs
from model import Network
from training import Hardware, Training

device = torch.device("cuda" if not options.dry_run else "cpu")
warm, steps, turns, workers = (15, options.steps, options.turns, options.workers)
(phase,) = settings.PHASES
network_name = (options.program / "network.txt").read_text().strip()
batch, side = phase.batch_size, settings.PREPROCESSING.height
if options.dry_run:
    warm, steps, turns, workers, batch, side = 1, 2, 2, 0, 2, 64
classes = len(settings.CLASSES)
preprocessing = dataclasses.replace(settings.PREPROCESSING, height=side, width=side)
torch.backends.cudnn.benchmark = True


class Clock:
    """When each step was over. The GPU is waited for at the first and the last that count, and nowhere else."""

    def __init__(self) -> None:
        self.done = 0
        self.start = self.end = 0.0

    def step(self) -> None:
        self.done += 1
        if self.done in (warm, warm + steps):
            if device.type == "cuda":
                torch.cuda.synchronize()
            self.start, self.end = self.end, time.perf_counter()

    def rate(self) -> float:
        assert self.done >= warm + steps
        return steps * batch / (self.end - self.start)


class OnDevice(Inputs):
    """One batch that lies on the device, again and again."""

    def batches(self, batches: Any, view: int, chunk: int) -> Iterator[torch.Tensor]:
        values = torch.randn(batch, 3, side, side, device=device).to(memory_format=torch.channels_last)
        for _ in batches:
            yield values


def photos(folder: Path, count: int) -> list[Sample]:
    """JPEG files of about 500 x 375 pixels, as ImageNet has them, by class."""
    random = np.random.default_rng(0)
    samples = []
    for index in range(count):
        label = index % classes
        path = folder / f"class{label:03}" / f"{index}.jpg"
        path.parent.mkdir(exist_ok=True)
        rough = Image.fromarray(random.integers(0, 256, (24, 32, 3), dtype=np.uint8))
        rough.resize((500, 375), Image.BICUBIC).save(path, quality=90)
        samples.append(Sample(path, (label,), index))
    return samples


def graft(samples: list[Sample], feed: type[Inputs]) -> float:
    clock = Clock()

    def tell(event: str, **facts: Any) -> None:
        if event == "step":
            clock.step()

    needed = -(-(warm + steps) // max(1, len(samples) // batch))
    shown = dataclasses.replace(phase, batch_size=batch, epochs=needed, validation=None, frozen=(), drop_last=True)
    hardware = Hardware(device, "bfloat16", channels_last=True, workers=workers)
    network = Network().to(device).to(memory_format=torch.channels_last)
    given = type(
        "Settings",
        (),
        {"CLASSES": settings.CLASSES, "PREPROCESSING": preprocessing, "DECAY_EXCEPTIONS": settings.DECAY_EXCEPTIONS},
    )
    Training(network, shown, samples, None, given, hardware, tell, feed).run(lambda: None)
    return clock.rate()


class Photos(Dataset[Any]):
    def __init__(self, samples: list[Sample]) -> None:
        self.samples = samples
        try:
            from torchvision import transforms

            self.change: Callable[[Image.Image], Any] = transforms.Compose(
                [
                    transforms.RandomResizedCrop(side, scale=(0.6, 1)),
                    transforms.RandomHorizontalFlip(),
                    transforms.ToTensor(),
                    transforms.Normalize(preprocessing.mean, preprocessing.deviation),
                ]
            )
        except (ImportError, RuntimeError):
            self.change = lambda image: torch.from_numpy(
                np.asarray(image.resize((side, side)), np.float32).transpose(2, 0, 1) / 255
            )

    def __len__(self) -> int:
        return len(self.samples)

    def __getitem__(self, index: int) -> Any:
        sample = self.samples[index]
        return self.change(Image.open(sample.path).convert("RGB")), sample.label[0]


def by_hand(samples: list[Sample], from_disk: bool) -> float:
    network: torch.nn.Module = Network()
    try:
        from torchvision import models

        # torchvision may not have it; and a dry run tries whatever it was given.
        build = getattr(models, network_name, None)
        if build is not None and not options.dry_run:
            network = build(num_classes=classes)
        elif build is None:
            print(f"no {network_name} in torchvision: by hand means the program's own network")
    except (ImportError, RuntimeError):
        print("no torchvision here: by hand means the program's own network")
    network = network.to(device).to(memory_format=torch.channels_last).train()
    optimizer = torch.optim.SGD(network.parameters(), lr=0.01, momentum=0.9, weight_decay=1e-4)
    loader = DataLoader(
        Photos(samples), batch, shuffle=True, num_workers=workers, pin_memory=device.type == "cuda", drop_last=True
    )
    images = torch.randn(batch, 3, side, side, device=device).to(memory_format=torch.channels_last)
    labels = torch.randint(classes, (batch,), device=device)
    clock = Clock()
    while clock.done < warm + steps:
        for given in loader if from_disk else [(images, labels)] * (warm + steps):
            values, targets = (one.to(device, non_blocking=True) for one in given)
            values = values.to(memory_format=torch.channels_last)
            with torch.autocast(device.type, torch.bfloat16):
                loss = torch.nn.functional.cross_entropy(network(values), targets)
            optimizer.zero_grad(set_to_none=True)
            loss.backward()
            optimizer.step()
            clock.step()
            if clock.done == warm + steps:
                break
    return clock.rate()


rows = []
with tempfile.TemporaryDirectory() as folder:
    samples = photos(Path(folder), 4 * batch if options.dry_run else max(16 * batch, 2048))
    for where, feed in (("one batch on the device", OnDevice), ("photos from disk", Inputs)):
        rates: dict[str, list[float]] = {"graft": [], "peer": []}
        for _ in range(turns):
            rates["graft"].append(graft(samples, feed))
            rates["peer"].append(by_hand(samples, feed is Inputs))
        ratio = statistics.median(one / other for one, other in zip(rates["graft"], rates["peer"]))
        row = {"name": where, **{side: statistics.median(all_) for side, all_ in rates.items()}, "ratio": ratio}
        rows.append({**row, "unit": "images/s", "target": 0.95, "turns": rates})
        print(f"{where}: {row['graft']:.1f} images/s against {row['peer']:.1f}, {ratio:.3f} of it (target 0.95)")
if options.dry_run:
    print("dry run on the processor: nothing was kept, and the figures say nothing")
    sys.exit(0)
machine = {
    "gpu": torch.cuda.get_device_name(0),
    "torch": torch.__version__,
    "cuda": torch.version.cuda,
    "python": platform.python_version(),
    "workers": workers,
    "date": time.strftime("%Y-%m-%d"),
}
facts = {"network": network_name, "batch": batch, "size": side, "precision": "bfloat16", "steps": steps}
options.out.parent.mkdir(parents=True, exist_ok=True)
options.out.write_text(json.dumps({"name": "gpu-program", "machine": machine, **facts, "rows": rows}, indent=2) + "\n")
print(f"wrote {options.out}")
