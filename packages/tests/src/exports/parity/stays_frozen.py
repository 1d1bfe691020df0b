"""Names of what stays as it is in every phase, as JSON; run in the folder of a program."""

import json

import settings
from model import Network
from freezing import begins_with

network = Network()
parameters = dict(network.named_parameters())
statistics = [name for name in network.state_dict() if name.endswith(("running_mean", "running_var"))]
phases = settings.PHASES


def stays(name: str) -> bool:
    if name in parameters:
        return all(begins_with(name, phase.frozen) for phase in phases)
    return not any(begins_with(name, phase.batch_statistics) for phase in phases)


print(json.dumps([name for name in (*parameters, *statistics) if stays(name)]))
