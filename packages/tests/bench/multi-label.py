"""Trains a linear head for several classes per image on given features, as a plain PyTorch script would.

Reads a job as JSON from standard input, prints the mean average precision on the test images for every seed.
"""

import json
import sys

import numpy as np
import torch
import torch.nn.functional as F

job = json.load(sys.stdin)
truth = torch.tensor(job["truth"], dtype=torch.float32)
features = torch.from_numpy(np.fromfile(job["features"], dtype=np.float32).reshape(len(truth), job["width"]))
part = {name: torch.tensor([index for index, split in enumerate(job["splits"]) if split == name]) for name in ("train", "val", "test")}
batch = 32


def average_precision(scores, there):
    order = np.argsort(-scores, kind="stable")
    hits = there[order]
    precision = np.cumsum(hits) / np.arange(1, len(hits) + 1)
    return (precision * hits).sum() / hits.sum()


def mean_average_precision(head, indices):
    with torch.no_grad():
        scores = head(features[indices]).numpy()
    there = truth[indices].numpy()
    return float(np.mean([average_precision(scores[:, index], there[:, index]) for index in range(there.shape[1]) if there[:, index].any()]))


results = []
for seed in range(job["seeds"]):
    torch.manual_seed(seed)
    head = torch.nn.Linear(job["width"], truth.shape[1])
    optimizer = torch.optim.AdamW(head.parameters(), lr=job["rate"], weight_decay=1e-2)
    steps = job["epochs"] * -(-len(part["train"]) // batch)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, steps)
    best = (-1.0, 0.0)
    for _ in range(job["epochs"]):
        for indices in part["train"][torch.randperm(len(part["train"]))].split(batch):
            loss = F.binary_cross_entropy_with_logits(head(features[indices]), truth[indices])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
        best = max(best, (mean_average_precision(head, part["val"]), mean_average_precision(head, part["test"])))
    results.append(best[1])
print(json.dumps({"test": results}))
