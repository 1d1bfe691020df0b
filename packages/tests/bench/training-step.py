"""PyTorch's side of training-step.mjs: exports a torchvision network, then answers one line of JSON per line of JSON.

Usage: /usr/bin/python3 training-step.py DIRECTORY MODEL SIZE BATCH THREADS STAGES
STAGES: JSON list of the parameter-name prefixes of the last two stages. Writes MODEL.onnx with batch normalisation kept. Every request is
{"mode": "forward" | "full" | "last two stages" | "head"}; the answer is {"ms": milliseconds}. Eager, channels last; frozen statistics.
"""
import json
import sys
import time
import warnings
from pathlib import Path

import torch
import torchvision

warnings.filterwarnings('ignore')
directory, name, size, batch, threads, stages = Path(sys.argv[1]), sys.argv[2], *map(int, sys.argv[3:6]), tuple(json.loads(sys.argv[6]))
torch.set_num_threads(threads)
torch.manual_seed(1)
model = getattr(torchvision.models, name)(weights=None)
# Statistics of the images, as a trained network has them: with those of a fresh one values shrink from layer to layer down to denormal numbers, which cost both sides time.
for module in model.modules():
    if isinstance(module, torch.nn.BatchNorm2d):
        module.momentum = 1.0
with torch.no_grad():
    model.train()(torch.randn(batch, 3, size, size))
model.eval()
torch.onnx.export(
    model, torch.randn(2, 3, size, size), str(directory / f'{name}.onnx'), opset_version=13, training=torch.onnx.TrainingMode.PRESERVE, do_constant_folding=False,
    input_names=['input'], output_names=['logits'], dynamic_axes={'input': {0: 'batch'}, 'logits': {0: 'batch'}},
)
model = model.to(memory_format=torch.channels_last)
for module in model.modules():
    module.train(not isinstance(module, torch.nn.BatchNorm2d))
images = torch.randn(batch, 3, size, size).contiguous(memory_format=torch.channels_last)
labels = torch.arange(batch)
trained = {'full': ('',), 'last two stages': stages, 'head': ('fc.', 'classifier.')}
optimizers = {mode: torch.optim.SGD([p for n, p in model.named_parameters() if n.startswith(prefixes)], 1e-4, momentum=0.9, weight_decay=1e-4) for mode, prefixes in trained.items()}


def run(mode):
    start = time.perf_counter()
    if mode == 'forward':
        with torch.no_grad():
            model.eval()(images)
        for module in model.modules():
            module.train(not isinstance(module, torch.nn.BatchNorm2d))
    else:
        optimizers[mode].zero_grad()
        torch.nn.functional.cross_entropy(model(images), labels).backward()
        optimizers[mode].step()
    return (time.perf_counter() - start) * 1000


def prepare(mode):
    for parameter_name, parameter in model.named_parameters():
        parameter.requires_grad_(mode != 'forward' and parameter_name.startswith(trained[mode]))


print(json.dumps({'torch': torch.__version__}), flush=True)
for line in sys.stdin:
    request = json.loads(line)
    prepare(request['mode'])
    print(json.dumps({'ms': run(request['mode'])}), flush=True)
