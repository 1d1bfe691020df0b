"""Makes a program's drawn weights like trained ones: what is constant is perturbed, branches that go around others add
little, activations let most of what they are given through, and batch statistics are those of its images.

Usage, in the folder of a program: python calibrate.py FILE; branches.json names the scales that branches end with.
"""

import json
import sys
from pathlib import Path

import torch

import settings
from data import Images
from model import Network
from train import HERE, samples_of
from weights_file import load_weights, write_weights

network = Network()
texts = load_weights(network, HERE / "weights.safetensors")
generator = torch.Generator().manual_seed(7)
branches = json.loads((HERE / "branches.json").read_text())
found = [(name, module) for name, module in network.named_modules()]
norms = {name: module for name, module in found if isinstance(module, torch.nn.modules.batchnorm._BatchNorm)}
shifts = [f"{name}.bias" for name in norms]
with torch.no_grad():
    for name, parameter in network.named_parameters():
        if bool((parameter == parameter.flatten()[0]).all()):
            # A branch that begins shut (the layer scale of a ConvNeXt) is opened a little.
            base = float(parameter.flatten()[0]) if float(parameter.flatten()[0]) in (0.0, 1.0) else 0.3
            # Around zero every activation makes what rounding did larger beside what sets images apart, 50 times in a row.
            base = 0.5 if name in shifts else base
            size = 0.3 if name in branches else 1.0
            parameter.copy_(size * (base + 0.1 * torch.randn(parameter.shape, generator=generator)))
    for norm in norms.values():
        norm.momentum = None
        norm.reset_running_stats()
    images = Images(samples_of(settings.PHASES[0].train, Path(settings.IMAGES)), settings.PREPROCESSING)
    network.train()
    for start in range(0, len(images), 32):
        network(torch.stack([images[(index, 0)] for index in range(start, min(start + 32, len(images)))]))
state = {name: value for name, value in network.state_dict().items() if not name.endswith("num_batches_tracked")}
write_weights(Path(sys.argv[1]), state, texts)
