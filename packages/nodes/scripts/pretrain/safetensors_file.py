"""Writes and reads safetensors: 8-byte little-endian header length, JSON header, raw float32 values."""
import json
import struct

import numpy as np
import torch

BATCH_NORM_WORDS = {"weight": "scale", "bias": "shift", "running_mean": "mean", "running_var": "variance"}


def tensor_name(torch_name):
    """graftnet's own name: batch norm parameters are called scale, shift, mean, variance."""
    module, _, word = torch_name.rpartition(".")
    return f"{module}.{BATCH_NORM_WORDS[word]}" if module.endswith("_bn") else torch_name


def save_weights(model, path):
    header, chunks, offset = {}, [], 0
    for name, tensor in model.state_dict().items():
        if name.endswith("num_batches_tracked"):
            continue
        data = tensor.detach().contiguous().numpy().astype("<f4").tobytes()
        header[tensor_name(name)] = {"dtype": "F32", "shape": list(tensor.shape), "data_offsets": [offset, offset + len(data)]}
        chunks.append(data)
        offset += len(data)
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text + b"".join(chunks))


def load_weights(model, path):
    with open(path, "rb") as file:
        content = file.read()
    length = struct.unpack("<Q", content[:8])[0]
    header = json.loads(content[8 : 8 + length])
    state = model.state_dict()
    for name in state:
        if name.endswith("num_batches_tracked"):
            continue
        entry = header[tensor_name(name)]
        start, end = (8 + length + offset for offset in entry["data_offsets"])
        state[name] = torch.from_numpy(np.frombuffer(content[start:end], "<f4").copy().reshape(entry["shape"]))
    model.load_state_dict(state)
