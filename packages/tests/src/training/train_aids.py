"""Trains a small network with a training aid in PyTorch: the reference of aids-training.test.ts.

Usage: python3 train_aids.py FOLDER
Reads FOLDER/problem.json: weights by name, images and labels for training and validation, and settings.
Moving average and the mean of the last epochs are PyTorch's own `AveragedModel`. Prints the weights that training ends with, as JSON.
"""
import copy
import json
import sys
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import nn
from torch.optim.swa_utils import AveragedModel

problem = json.loads((Path(sys.argv[1]) / 'problem.json').read_text())
settings = problem['settings']
torch.set_num_threads(1)


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        for stage in ('first', 'second', 'head'):
            rows, columns = problem['weights'][f'{stage}.weight']['shape']
            setattr(self, stage, nn.Linear(columns, rows))
        self.load_state_dict({name: torch.tensor(one['data']).reshape(one['shape']) for name, one in problem['weights'].items()})

    def forward(self, x):
        return self.head(torch.tanh(self.second(torch.tanh(self.first(x.flatten(1))))))


def images(part):
    return torch.tensor(problem[part]['images']).reshape(problem[part]['shape']), torch.tensor(problem[part]['labels'])


model = Net()
x, y = images('train')
validation = images('validation') if 'validation' in problem else None
batch, epochs = settings['batchSize'], settings['epochs']
average = None
if settings.get('averageDecay'):
    # What was averaged so far counts the first copy, so that the first step is number 1.
    decay = lambda n: min(settings['averageDecay'], float(n) / (9 + float(n)))
    average = AveragedModel(model, avg_fn=lambda mean, now, n: mean + (1 - decay(n)) * (now - mean))
    average.update_parameters(model)


def learning(epoch):
    """The parts of the network that learn in an epoch, the last ones first."""
    every = settings.get('unfreezeEvery')
    return ['head', 'second', 'first'][: min(3, epoch // every + 1)] if every else ['head', 'second', 'first']


def loss_of(net):
    with torch.no_grad():
        return float(F.cross_entropy(net(validation[0]), validation[1]))


optimizer, before, ended = None, None, []
for epoch in range(epochs):
    if learning(epoch) != before:
        before = learning(epoch)
        optimizer = torch.optim.SGD([p for part in before for p in getattr(model, part).parameters()], settings['learningRate'], momentum=0.9)
    for start in range(0, len(x), batch):
        loss = F.cross_entropy(model(x[start:start + batch]), y[start:start + batch])
        model.zero_grad()
        loss.backward()
        optimizer.step()
        if average is not None:
            average.update_parameters(model)
    ended.append(copy.deepcopy(model))

joined = []
if average is not None:
    model = average.module
elif settings.get('soup') and validation is None:
    mean = AveragedModel(model)
    for one in ended[-settings['soup']:]:
        mean.update_parameters(one)
    model = mean.module
elif settings.get('soup'):
    # Wortsman et al. 2022, recipe 1: greedily, from the best one down, what doesn't make it worse.
    ranked = sorted(range(epochs), key=lambda epoch: loss_of(ended[epoch]))[: settings['soup']]
    taken = []
    for epoch in ranked:
        mean = AveragedModel(model)
        for one in [*taken, epoch]:
            mean.update_parameters(ended[one])
        if not taken or loss_of(mean.module) <= loss_of(model):
            taken.append(epoch)
            model = mean.module
    joined = sorted(epoch + 1 for epoch in taken)
print(json.dumps({'joined': joined, 'weights': {name: value.flatten().tolist() for name, value in model.state_dict().items()}}))
