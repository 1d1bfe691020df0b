"""
Checks that the backbone transfers as the sample sets promise: python3 probe.py FOLDER NAME=TRAIN,TEST ...
Prints, for each pair of dumped files, the accuracy of a linear probe on every stage's pooled features, and of graftnet from scratch.
"""
import json
import os
import sys

import torch
from torch import nn

from graftnet import GraftNet
from pretrain import evaluate
from safetensors_file import load_weights
from samples import augment, load_samples, normalise


def pooled_features(model, images):
    """Stage name -> images x channels."""
    model.eval()
    batches = []
    with torch.no_grad():
        for start in range(0, len(images), 256):
            maps = model.features(normalise(images[start : start + 256]))
            batches.append({name: value.mean((2, 3)) for name, value in maps.items()})
    return {name: torch.cat([batch[name] for batch in batches]) for name in batches[0]}


def linear_probe(train, train_labels, test, test_labels):
    """Accuracy of a logistic regression on standardised features, lightly regularised."""
    mean, deviation = train.mean(0), train.std(0) + 1e-5
    train, test = (train - mean) / deviation, (test - mean) / deviation
    classifier = nn.Linear(train.shape[1], int(train_labels.max()) + 1)
    nn.init.zeros_(classifier.weight)
    optimizer = torch.optim.LBFGS(classifier.parameters(), max_iter=200, line_search_fn="strong_wolfe")

    def closure():
        optimizer.zero_grad()
        penalty = 2e-3 * classifier.weight.pow(2).sum()
        loss = nn.functional.cross_entropy(classifier(train), train_labels) + penalty
        loss.backward()
        return loss

    optimizer.step(closure)
    return (classifier(test).argmax(1) == test_labels).float().mean().item()


def from_scratch(images, labels, test_images, test_labels, steps=600):
    """Accuracy of graftnet trained on these images alone."""
    torch.manual_seed(3)
    generator = torch.Generator().manual_seed(3)
    model = GraftNet(int(labels.max()) + 1).to(memory_format=torch.channels_last)
    optimizer = torch.optim.AdamW(model.parameters(), lr=3e-3, weight_decay=0.05)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, 3e-3, total_steps=steps)
    model.train()
    for _ in range(steps):
        chosen = torch.randint(0, len(images), (32,), generator=generator)
        loss = nn.functional.cross_entropy(model(augment(normalise(images[chosen]), generator)), labels[chosen])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        schedule.step()
    return evaluate(model, test_images, test_labels)


def main(folder, pairs):
    torch.set_num_threads(int(os.environ.get("THREADS", "2")))
    model = GraftNet(load_class_count(folder))
    load_weights(model, os.path.join(folder, "weights.safetensors"))
    for pair in pairs:
        name, _, paths = pair.partition("=")
        train_path, test_path = paths.split(",")
        images, labels, _ = load_samples(train_path)
        test_images, test_labels, _ = load_samples(test_path)
        train, test = pooled_features(model, images), pooled_features(model, test_images)
        scores = {stage: linear_probe(train[stage], labels, test[stage], test_labels) for stage in train}
        print(name, " ".join(f"{stage} {100 * score:.1f}" for stage, score in scores.items()), flush=True)
        if "NO_SCRATCH" not in os.environ:
            print(name, f"from scratch {100 * from_scratch(images, labels, test_images, test_labels):.1f}", flush=True)


def load_class_count(folder):
    with open(os.path.join(folder, "card.json")) as file:
        return len(json.load(file)["classNames"])


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
