"""Exports a torchvision classifier for training and trains it with PyTorch: the reference of torchvision-training.test.ts.

Usage: /usr/bin/python3 train_torchvision.py DIRECTORY MODEL SIZE BATCH STEPS RUNS
Writes MODEL.onnx (batch normalisation kept), batches.f32 (three random batches) and for every run its trained parameters (RUN.f32, one after the other);
prints as JSON how many learnable numbers the model has, where each parameter lies in these files, and the losses of every run.
RUNS: {"sgd frozen": {"rate": learning rate, "decay": weight decay}, "adamw batch": ...}; the second word is what batch normalisation does.
"""
import copy
import json
import sys
import warnings
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
import torchvision

warnings.filterwarnings('ignore')
CLASSES = 5
# What timm's models list under no_weight_decay, beside everything with one axis.
EMBEDDINGS = ('class_token', 'encoder.pos_embedding')


def build(name):
    torch.manual_seed(11)
    options = {'image_size': 64, 'patch_size': 16, 'num_layers': 3, 'num_heads': 4, 'hidden_dim': 96, 'mlp_dim': 192} if name == 'VisionTransformer' else {}
    make = torchvision.models.vision_transformer.VisionTransformer if options else getattr(torchvision.models, name)
    model = make(num_classes=CLASSES, **options) if options else make(weights=None, num_classes=CLASSES)
    with torch.no_grad():
        for module in model.modules():
            if isinstance(module, torch.nn.Dropout):
                module.p = 0.0
            if isinstance(module, torch.nn.BatchNorm2d):
                module.weight.uniform_(0.7, 1.3)
                module.bias.normal_(0, 0.1)
                module.running_mean.normal_(0, 0.2)
                module.running_var.uniform_(0.5, 1.5)
            if isinstance(module, torch.nn.Linear):
                module.weight.add_(torch.randn_like(module.weight) * 0.02)
    return model


def train(model, optimizer_name, statistics, rate, decay, batches, labels, steps):
    model = copy.deepcopy(model).train()
    if statistics == 'frozen':
        for module in model.modules():
            if isinstance(module, torch.nn.BatchNorm2d):
                module.eval()
    decays = {name: parameter.ndim > 1 and name not in EMBEDDINGS for name, parameter in model.named_parameters()}
    groups = [{'params': [parameter for name, parameter in model.named_parameters() if decays[name] == group], 'weight_decay': decay if group else 0.0} for group in (True, False)]
    optimizer = torch.optim.SGD(groups, rate, momentum=0.9) if optimizer_name == 'sgd' else torch.optim.AdamW(groups, rate)
    curve = []
    for step in range(steps):
        loss = F.cross_entropy(model(batches[step % len(batches)]), labels[step % len(batches)])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        curve.append(float(loss))
    return curve, torch.cat([parameter.detach().flatten() for parameter in model.parameters()])


def main():
    directory, name, size, batch, steps = Path(sys.argv[1]), sys.argv[2], *map(int, sys.argv[3:6])
    # Waiting threads spin: on a busy machine two are many times slower than one.
    torch.set_num_threads(1)
    model = build(name).eval()
    torch.onnx.export(
        model, torch.randn(2, 3, size, size), str(directory / f'{name}.onnx'), opset_version=13, training=torch.onnx.TrainingMode.PRESERVE, do_constant_folding=False,
        input_names=['input'], output_names=['logits'], dynamic_axes={'input': {0: 'batch'}, 'logits': {0: 'batch'}},
    )
    torch.manual_seed(12)
    batches = torch.randn(3, batch, 3, size, size)
    labels = torch.arange(3 * batch).reshape(3, batch) * 3 % CLASSES
    batches.numpy().astype(np.float32).tofile(directory / 'batches.f32')
    result = {'parameters': 0, 'layout': {}, 'losses': {}}
    for key, parameter in model.named_parameters():
        result['layout'][key] = {'offset': result['parameters'], 'shape': list(parameter.shape)}
        result['parameters'] += parameter.numel()
    for run, options in json.loads(sys.argv[6]).items():
        result['losses'][run], trained = train(model, *run.split(' '), options['rate'], options['decay'], batches, labels, steps)
        trained.numpy().tofile(directory / f'{run}.f32')
    print(json.dumps(result))


main()
