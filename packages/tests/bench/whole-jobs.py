"""PyTorch's side of whole-jobs.mjs: the script that one would write, after PyTorch's transfer-learning tutorial, with its usual speed-ups.

Usage: /usr/bin/python3 whole-jobs.py JOB.json. Two loader workers, channels last, frozen layers under no_grad, validation after every epoch.
What is trained has its batch normalisation, which follows the batches, as in Graft's jobs; in what is frozen it is folded into the convolutions, which
spares PyTorch its time. Prints JSON: {"start": seconds, "epochs": [seconds], "accuracy"}.
"""
import time

started = time.perf_counter()
import json
import sys

import numpy as np
import torch
from torchvision import datasets, transforms

with open(sys.argv[1]) as file:
    job = json.load(file)
torch.set_num_threads(job["threads"])
torch.manual_seed(0)
stages = ["stem", "stage1", "stage2", "stage3", "stage4", "head"]
used = stages[: stages.index(job["cutAfter"]) + 1] if "cutAfter" in job else stages


def values(path):
    return torch.from_numpy(np.fromfile(path, np.float32))


def normalisation(described):
    norm = torch.nn.BatchNorm2d(len(values(described["scale"])), eps=described["epsilon"])
    if not job.get("scratch"):
        norm.weight.data, norm.bias.data = values(described["scale"]), values(described["shift"])
        norm.running_mean, norm.running_var = values(described["mean"]), values(described["variance"])
    return norm


def build(layers, folded):
    modules = []
    for layer in layers:
        if layer["operator"] != "Conv":
            modules.append(torch.nn.ReLU6(inplace=True))
            continue
        weight = values(layer["folded"] if folded else layer["weight"]).reshape(layer["shape"])
        top, left, bottom, right = layer["pads"]
        even = top == bottom and left == right
        if not even:
            modules.append(torch.nn.ZeroPad2d((left, right, top, bottom)))
        conv = torch.nn.Conv2d(weight.shape[1] * layer["group"], weight.shape[0], weight.shape[2:], stride=layer["strides"], groups=layer["group"], padding=(top, left) if even else 0, bias=folded)
        if not job.get("scratch"):
            conv.weight.data = weight
            if folded:
                conv.bias.data = values(layer["foldedBias"])
        modules.append(conv)
        if not folded:
            modules.append(normalisation(layer["normalisation"]))
    return torch.nn.Sequential(*modules)


first = stages.index(job["trainFrom"])
frozen = build([layer for layer in job["layers"] if layer["stage"] in used and stages.index(layer["stage"]) < first], folded=True).eval()
trained = build([layer for layer in job["layers"] if layer["stage"] in used and stages.index(layer["stage"]) >= first], folded=False)
channels = [layer["shape"][0] for layer in job["layers"] if layer["operator"] == "Conv" and layer["stage"] in used][-1]
head = torch.nn.Linear(channels, 2)
for part in (frozen, trained):
    part.to(memory_format=torch.channels_last)

normalise = [transforms.ToTensor(), transforms.Normalize([0.5] * 3, [0.5] * 3)]
plain = transforms.Compose([transforms.Resize(256), transforms.CenterCrop(224), *normalise])
augment = job["augment"]
varied = transforms.Compose([transforms.RandomResizedCrop(224, scale=(augment["minCrop"], 1)), transforms.RandomHorizontalFlip(), *normalise]) if augment else plain
is_photo = lambda path: path.endswith(".jpg")
sets = {split: datasets.ImageFolder(f"{job['photos']}/{split}", transform, is_valid_file=is_photo) for split, transform in (("train", varied), ("val", plain))}
loaders = {
    split: torch.utils.data.DataLoader(data, batch_size=job["batch"], shuffle=split == "train", num_workers=2, persistent_workers=True) for split, data in sets.items()
}
groups = [{"params": head.parameters()}]
if len(trained) > 0:
    groups.append({"params": trained.parameters(), "lr": job["rate"] * job["backbone"]})
optimizer = torch.optim.AdamW(groups, lr=job["rate"], weight_decay=1e-2)


def logits(images):
    images = images.contiguous(memory_format=torch.channels_last)
    with torch.no_grad():
        features = frozen(images)
    return head(trained(features).mean((2, 3)))


start = time.perf_counter() - started
epochs, best = [], 0.0
for _ in range(job["epochs"]):
    begin = time.perf_counter()
    trained.train()
    for images, labels in loaders["train"]:
        loss = torch.nn.functional.cross_entropy(logits(images), labels)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    trained.eval()
    with torch.no_grad():
        right = sum((logits(images).argmax(1) == labels).sum().item() for images, labels in loaders["val"])
    best = max(best, right / len(sets["val"]))
    epochs.append(time.perf_counter() - begin)
print(json.dumps({"start": start, "epochs": epochs, "accuracy": best, "torch": torch.__version__}))
