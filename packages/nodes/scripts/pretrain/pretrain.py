"""Pre-trains graftnet on dumped generator images: python3 pretrain.py TRAIN TEST OUT_FOLDER [EPOCHS] [SEED]"""
import json
import os
import sys
import time

import torch
from torch import nn

from graftnet import GraftNet
from safetensors_file import save_weights
from samples import augment, load_samples, normalise

BATCH = 128
PEAK_RATE = 6e-3


def evaluate(model, images, labels):
    model.eval()
    right = 0
    with torch.no_grad():
        for start in range(0, len(images), 256):
            logits = model(normalise(images[start : start + 256]))
            right += (logits.argmax(1) == labels[start : start + 256]).sum().item()
    return right / len(images)


def train_epoch(model, images, labels, optimizer, schedule, generator):
    model.train()
    order = torch.randperm(len(images), generator=generator)
    total = 0.0
    steps = len(images) // BATCH
    for step in range(steps):
        chosen = order[step * BATCH : (step + 1) * BATCH]
        loss = nn.functional.cross_entropy(model(augment(normalise(images[chosen]), generator)), labels[chosen])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        schedule.step()
        total += loss.item()
    return total / steps


def count_macs(model):
    """Multiply-accumulates of convolutions and linear layers for one image."""
    total = 0

    def hook(module, inputs, output):
        nonlocal total
        total += module.weight.numel() * (output.shape[2] * output.shape[3] if output.dim() == 4 else 1)

    hooks = [m.register_forward_hook(hook) for m in model.modules() if isinstance(m, (nn.Conv2d, nn.Linear))]
    model.eval()
    with torch.no_grad():
        model(torch.zeros(1, 3, 64, 64))
    for h in hooks:
        h.remove()
    return total


def write_card(folder, model, class_names, accuracy, facts):
    card = {
        "name": "graftnet-64",
        "architecture": "graftnet",
        "inputSize": 64,
        "mean": [0.5, 0.5, 0.5],
        "std": [0.5, 0.5, 0.5],
        "classNames": class_names,
        "parameters": sum(p.numel() for p in model.parameters()),
        "macs": count_macs(model),
        "sourceAccuracy": round(accuracy, 4),
        "trainedWith": f"packages/nodes/scripts/pretrain/pretrain.py, PyTorch {torch.__version__}, CPU, AdamW, one-cycle",
        "licence": "Apache-2.0",
        **facts,
    }
    with open(os.path.join(folder, "card.json"), "w") as file:
        json.dump(card, file, indent=2)
        file.write("\n")


def main(train_path, test_path, folder, epochs=12, seed=1):
    torch.manual_seed(seed)
    torch.set_num_threads(2)
    generator = torch.Generator().manual_seed(seed)
    images, labels, class_names = load_samples(train_path)
    test_images, test_labels, _ = load_samples(test_path)
    model = GraftNet(len(class_names)).to(memory_format=torch.channels_last)
    decayed = [p for p in model.parameters() if p.dim() > 1]
    others = [p for p in model.parameters() if p.dim() == 1]
    optimizer = torch.optim.AdamW([{"params": decayed, "weight_decay": 0.02}, {"params": others, "weight_decay": 0.0}], lr=PEAK_RATE)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, PEAK_RATE, total_steps=epochs * (len(images) // BATCH), pct_start=0.2)
    os.makedirs(folder, exist_ok=True)
    start = time.time()
    for epoch in range(epochs):
        loss = train_epoch(model, images, labels, optimizer, schedule, generator)
        accuracy = evaluate(model, test_images, test_labels)
        print(f"epoch {epoch + 1}/{epochs} loss {loss:.3f} accuracy {accuracy:.4f} {time.time() - start:.0f} s", flush=True)
        save_weights(model, os.path.join(folder, "weights.safetensors"))
        write_card(folder, model, class_names, accuracy, {"seed": seed, "epochs": epoch + 1, "images": len(images)})


if __name__ == "__main__":
    main(*sys.argv[1:4], *map(int, sys.argv[4:]))
