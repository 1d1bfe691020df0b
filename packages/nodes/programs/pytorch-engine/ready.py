"""Says what this Python has, as a line of JSON; then loads what trainings need, and runs the program that it is given."""

from __future__ import annotations

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
LATER = ["torch._dynamo", "torch.distributed.nn.functional", "torch.fx.experimental.optimization", "PIL.ImageOps"]


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


def main() -> None:
    print(json.dumps(found()), flush=True)
    for name in LATER:
        try:
            importlib.import_module(name)
        except ImportError:
            pass
    job = json.loads(line_given())
    os.chdir(job["folder"])
    program, *words = job["words"]
    path = str(Path(program).absolute())
    sys.argv, sys.path[0] = [path, *words], job["folder"]
    runpy.run_path(path, run_name="__main__")


if __name__ == "__main__":
    main()
