"""Says what this Python has, as JSON."""

from __future__ import annotations

import json
import platform
import sys

import numpy
import PIL
import torch

gpus = []
if torch.cuda.is_available():
    gpus = [torch.cuda.get_device_name(index) for index in range(torch.cuda.device_count())]
found = {
    "python": platform.python_version(),
    "torch": torch.__version__,
    "numpy": numpy.__version__,
    "pillow": PIL.__version__,
    "threads": torch.get_num_threads(),
    "gpus": gpus,
}
json.dump(found, sys.stdout)
