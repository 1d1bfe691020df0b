"""Computes the heads of problems.json with the modules of a program; prints what each answers for its rows, as JSON."""

import importlib
import json
import sys
from pathlib import Path

import torch
from torch import nn

sys.path.insert(0, ".")
import heads
from configuration import ComputedHead, Optimizer, Phase, Schedule
from data import Sample


class Answering(nn.Module):
    """Standardisation whose scale is the gain of each column, and a linear layer, in double precision."""

    def __init__(self, gains, classes):
        super().__init__()
        self.standardise = nn.BatchNorm1d(len(gains)).double()
        self.standardise.weight.data = torch.tensor(gains, dtype=torch.float64)
        self.layer = nn.Linear(len(gains), classes).double()

    def forward(self, rows):
        return self.layer(self.standardise(rows))


def logits(head, problem, features, gains):
    """Both ways that a head is put into a network have to give the same."""
    plain, network = nn.Sequential(nn.Linear(len(gains), problem.classes).double()), Answering(gains, problem.classes)
    object.__setattr__(problem.head, "layer", "0")
    object.__setattr__(problem.head, "standardise", None)
    head.put(plain, problem)
    object.__setattr__(problem.head, "layer", "layer")
    object.__setattr__(problem.head, "standardise", "standardise")
    head.put(network, problem)
    with torch.no_grad():
        one, other = plain(features), network.eval()(features)
    # Variances and what follows from them are kept in single precision.
    assert float((one - other).abs().max() / one.abs().max()) < 1e-5
    return one


found = []
for wanted in json.loads(Path("problems.json").read_text()):
    features = torch.tensor(wanted["features"], dtype=torch.float64).reshape(len(wanted["labels"]), -1)
    head = ComputedHead(wanted["method"], "layer", tuple(tuple(one) for one in wanted["groups"]), wanted["penalty"])
    steps = Optimizer("SGD", {}, 0), Schedule("constant")
    phase = Phase("head", "", None, (), (), 0, 1, 8, 0.1, *steps, seed=wanted["seed"], head=head)
    samples = [Sample(Path(), tuple(label), key) for label, key in zip(wanted["labels"], wanted["keys"])]
    views = len(samples) // wanted["images"]
    images = samples[: wanted["images"]]
    problem = heads.problem_of(features, phase, images, views, wanted["classes"], wanted["gains"])
    answer = importlib.import_module(wanted["method"]).find_head(problem)
    spread = problem.spread(wanted["gains"]).tolist()
    if wanted["method"] == "nearest_neighbours":
        rows = answer.keys
    else:
        rows = logits(answer, problem, features, spread)
    found.append({"rows": rows.flatten().tolist(), "chosen": answer.chosen, "folds": problem.folds})
print(json.dumps(found))
