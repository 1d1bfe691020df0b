"""Reading and writing safetensors files (https://github.com/huggingface/safetensors), without the library."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Mapping

import numpy as np
import torch
from torch import nn

TYPES = {
    "F64": (np.float64, 8),
    "F32": (np.float32, 4),
    "F16": (np.float16, 2),
    "I64": (np.int64, 8),
    "I32": (np.int32, 4),
}
NAMES = {torch.float64: "F64", torch.float32: "F32", torch.float16: "F16", torch.int64: "I64", torch.int32: "I32"}


def read_weights(path: Path) -> tuple[dict[str, torch.Tensor], dict[str, str]]:
    """Tensors by name, and the free text of the header."""
    with open(path, "rb") as file:
        header = json.loads(file.read(int.from_bytes(file.read(8), "little")))
        data = bytearray(file.read())
    texts: dict[str, str] = header.pop("__metadata__", {})
    tensors = {}
    for name, entry in header.items():
        kind, size = TYPES[entry["dtype"]]
        start, end = entry["data_offsets"]
        values = np.frombuffer(data, kind, (end - start) // size, start)
        tensors[name] = torch.from_numpy(values.reshape(entry["shape"]).copy())
    return tensors, texts


def load_weights(network: nn.Module, path: Path) -> dict[str, str]:
    """Gives the network all weights of a file, which has to have every one; the free text of its header."""
    tensors, texts = read_weights(path)
    missing, unknown = network.load_state_dict(tensors, strict=False)
    # Batch normalisations count batches, which nothing here reads and no file holds.
    missing = [name for name in missing if not name.endswith("num_batches_tracked")]
    if missing or unknown:
        raise SystemExit(
            f"{path} doesn't fit the network of model.py: it has {len(tensors)} tensors, {len(missing)} are missing "
            f"({', '.join(missing[:3]) or 'none'}), {len(unknown)} are unknown ({', '.join(unknown[:3]) or 'none'})."
        )
    return texts


def write_weights(path: Path, tensors: Mapping[str, torch.Tensor], texts: Mapping[str, str]) -> None:
    """Writes a file at once or not at all."""
    header: dict[str, object] = {"__metadata__": dict(texts)} if texts else {}
    parts: list[bytes] = []
    position = 0
    for name in sorted(tensors):
        tensor = tensors[name].detach().cpu().contiguous()
        part = tensor.numpy().tobytes()
        end = position + len(part)
        header[name] = {"dtype": NAMES[tensor.dtype], "shape": list(tensor.shape), "data_offsets": [position, end]}
        parts.append(part)
        position = end
    text = json.dumps(header, separators=(",", ":"), ensure_ascii=False).encode()
    text += b" " * (-len(text) % 8)
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_suffix(".unfinished")
    with open(unfinished, "wb") as file:
        file.write(len(text).to_bytes(8, "little"))
        file.write(text)
        for part in parts:
            file.write(part)
    os.replace(unfinished, path)
