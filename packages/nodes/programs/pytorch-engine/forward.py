"""Runs networks for Graft: a JSON object per line in and out, each followed by the float32 values that it announces."""

from __future__ import annotations

import importlib.util
import json
import os
import sys
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import torch

# layers.py, memory.py and weights_file.py of programs.
sys.path.insert(0, sys.argv[1])

import memory  # noqa: E402
from weights_file import load_weights  # noqa: E402


def open_network(folder: Path, device: str) -> torch.nn.Module:
    found = importlib.util.spec_from_file_location(f"model_{folder.name}", folder / "model.py")
    assert found is not None and found.loader is not None
    module = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    network: torch.nn.Module = module.Network()
    load_weights(network, folder / "weights.safetensors")
    # Convolutions are faster with channels last.
    return network.to(device).to(memory_format=torch.channels_last).eval()  # type: ignore[call-overload,no-any-return]


def values_in(source: BinaryIO, shape: list[int]) -> torch.Tensor:
    size = int(np.prod(shape)) * 4
    data = source.read(size)
    if len(data) < size:
        os._exit(3)
    return torch.from_numpy(np.frombuffer(data, np.float32).reshape(shape).copy())


def main() -> None:
    memory.keep_freed()
    source = sys.stdin.buffer
    out = os.fdopen(os.dup(1), "wb")
    # What anything prints is no answer.
    os.dup2(2, 1)
    networks: dict[int, tuple[torch.nn.Module, str]] = {}

    def answer(facts: dict[str, Any], values: bytes = b"") -> None:
        out.write(json.dumps(facts).encode() + b"\n" + values)
        out.flush()

    for line in source:
        ask = json.loads(line)
        try:
            if ask["do"] == "open":
                networks[ask["id"]] = open_network(Path(ask["folder"]), ask["device"]), ask["device"]
                answer({"shape": None})
            elif ask["do"] == "close":
                networks.pop(ask["id"], None)
                answer({"shape": None})
            else:
                network, device = networks[ask["id"]]
                images = values_in(source, ask["shape"]).to(device)
                if images.dim() == 4:
                    images = images.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
                with torch.no_grad():
                    result = network(images).float().cpu().contiguous()
                answer({"shape": list(result.shape)}, result.numpy().tobytes())
        except Exception as error:
            answer({"problem": f"{type(error).__name__}: {error}"})


if __name__ == "__main__":
    main()
