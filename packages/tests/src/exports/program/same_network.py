"""Compares networks of two programs from the same weights: same_network.py FOLDER FOLDER SIZE prints the largest differences as JSON.

The first calls a library's constructor, the second has the layers written out. Values in evaluation, values of the first
one's stages one after the other, and the gradient of the last layer in training, relative to the largest value of each.
"""

import importlib.util
import json
import sys
from pathlib import Path

import torch

folders, size = [Path(one) for one in sys.argv[1:3]], int(sys.argv[3])
sys.path.insert(0, str(folders[0]))
from weights_file import load_weights  # noqa: E402


def module_of(folder):
    spec = importlib.util.spec_from_file_location(folder.name.replace("-", "_"), folder / "model.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def apart(one, other):
    return float((one - other).abs().max() / other.abs().max())


torch.manual_seed(0)
images = torch.randn(4, 3, size, size)
modules = [module_of(folder) for folder in folders]
networks = [module.Network() for module in modules]
for network, folder in zip(networks, folders):
    load_weights(network, folder / "weights.safetensors")
with torch.no_grad():
    values = [network.eval()(images) for network in networks]
    staged = images
    for stage in modules[0].stages_of(networks[0]).values():
        staged = stage.eval()(staged)
gradients = []
for network in networks:
    network.train()(images).square().sum().backward()
    gradients.append([one.grad for one in network.parameters()][-2])
print(
    json.dumps(
        {
            "values": apart(*values),
            "stages": apart(staged, values[0]),
            "gradient": apart(*gradients),
        }
    )
)
