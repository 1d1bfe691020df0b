"""Trains `model.py` of a folder by three steps of SGD, and folds it: shared_steps.py FOLDER batch|frozen.

Reads start.safetensors and input.safetensors (`input`, `targets`); writes end.safetensors, with `answer`, what the network
gives the images after the steps, and `folded`, the same with normalisations in the weights before them.
"""

import sys
from pathlib import Path

folder, statistics = Path(sys.argv[1]), sys.argv[2]
sys.path.insert(0, str(folder))
import torch  # noqa: E402
import torch.nn.functional as F  # noqa: E402
from folding import folded  # noqa: E402
from model import Network  # noqa: E402
from weights_file import load_weights, read_weights, write_weights  # noqa: E402

given = read_weights(folder / "input.safetensors")[0]
network = Network()
load_weights(network, folder / "start.safetensors")
optimizer = torch.optim.SGD(network.parameters(), lr=0.1, momentum=0.9)
for _ in range(3):
    network.train(statistics == "batch")
    optimizer.zero_grad()
    F.cross_entropy(network(given["input"]), given["targets"], reduction="sum").backward()
    optimizer.step()
network.eval()
with torch.no_grad():
    answers = {"answer": network(given["input"]), "folded": folded(network)(given["input"])}
state = {name: value for name, value in network.state_dict().items() if value.is_floating_point()}
write_weights(folder / "end.safetensors", {**state, **answers}, {})
