"""Reads what dump-samples.mjs wrote, and varies images while training."""
import json

import numpy as np
import torch


def load_samples(path):
    """(uint8 images N x 3 x 64 x 64, labels N, class names)"""
    with open(path + ".json") as file:
        description = json.load(file)
    size = description["size"]
    images = np.fromfile(path + ".images", np.uint8).reshape(-1, size, size, 3)
    labels = np.fromfile(path + ".labels", np.uint8).astype(np.int64)
    return torch.from_numpy(images).permute(0, 3, 1, 2), torch.from_numpy(labels), description["classNames"]


def normalise(images):
    """Bytes to [-1, 1]: mean 0.5, deviation 0.5; laid out channels-last for speed."""
    return images.float().div_(127.5).sub_(1).contiguous(memory_format=torch.channels_last)


def augment(x, generator):
    """Random shift of up to 6 pixels and colour jitter per image; no flips (the generator mirrors already)."""
    count, _, size, _ = x.shape
    margin = 6
    padded = torch.nn.functional.pad(x, (margin,) * 4, mode="reflect")
    rows = torch.randint(0, 2 * margin + 1, (count, 1), generator=generator) + torch.arange(size)
    columns = torch.randint(0, 2 * margin + 1, (count, 1), generator=generator) + torch.arange(size)
    shifted = padded.permute(0, 2, 3, 1)[torch.arange(count)[:, None, None], rows[:, :, None], columns[:, None, :]]
    gain = 1 + 0.25 * (2 * torch.rand(count, 1, 1, 3, generator=generator) - 1)
    offset = 0.2 * (2 * torch.rand(count, 1, 1, 3, generator=generator) - 1)
    return (shifted * gain + offset).clamp_(-1, 1).permute(0, 3, 1, 2)
