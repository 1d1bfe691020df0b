"""Says in a line of JSON what this Python has, loads what trainings need, and runs the program that it is given."""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import platform
import runpy
import sys
from pathlib import Path

import numpy
import PIL
import torch

# PyTorch loads the first of them, which takes two seconds, with the first optimizer. Older versions lack some.
LATER = ["torch._dynamo", "torch.distributed.nn.functional", "torch.nn.utils.fusion", "PIL.ImageOps"]


def found() -> dict[str, object]:
    gpus = []
    if torch.cuda.is_available():
        gpus = [torch.cuda.get_device_name(index) for index in range(torch.cuda.device_count())]
    return {
        "python": platform.python_version(),
        "torch": torch.__version__,
        "numpy": numpy.__version__,
        "pillow": PIL.__version__,
        "threads": torch.get_num_threads(),
        "gpus": gpus,
    }


def line_given() -> bytes:
    """One line, and nothing of what follows it, which is for the program."""
    line = b""
    while not line.endswith(b"\n"):
        byte = os.read(0, 1)
        if not byte:
            # Nobody wants a program run.
            sys.exit(0)
        line += byte
    return line


def take_on(threads: int) -> None:
    """Computes as one that is started for the program; whoever gave it knows from here on that it runs."""
    if "OMP_NUM_THREADS" not in os.environ:
        # For processes that this one starts.
        os.environ["OMP_NUM_THREADS"] = str(threads)
        if torch.get_num_threads() != threads:
            torch.set_num_threads(threads)
    print('{"taken": true}', flush=True)


def main() -> None:
    print(json.dumps(found()), flush=True)
    for name in LATER:
        # What can't be loaded here can't be later either, and the program says so if it needs it.
        with contextlib.suppress(Exception):
            importlib.import_module(name)
    job = json.loads(line_given())
    take_on(job["threads"])
    os.chdir(job["folder"])
    program, *words = job["words"]
    path = str(Path(program).absolute())
    sys.argv, sys.path[0] = [path, *words], job["folder"]
    runpy.run_path(path, run_name="__main__")


if __name__ == "__main__":
    main()
