import { describe, expect, it } from 'vitest'
import { hasPyTorch, python, runPython } from './python.js'
import { writtenProgram } from '../parity/written-program.js'

const folder = writtenProgram('small-different', { 'train.epochs': '3' })

/** The network, its phase, some images, and how far values are apart as a share of the largest. */
const beginning = `
import json
from contextlib import nullcontext
from itertools import islice
from pathlib import Path
import torch
from torch import nn
import settings
from data import Images
from folding import folded
from freezing import stages
from inputs import Inputs
from model import Network
from readers import Readers
from train import HERE, samples_of
from training import Hardware, Training
from weights_file import load_weights

network = Network()
load_weights(network, HERE / "weights.safetensors")
[phase] = settings.PHASES
samples = samples_of(phase.train, Path(settings.IMAGES))[:12]
images = Images(samples, settings.PREPROCESSING, phase.augmentation, phase.seed)
batch = torch.stack([images[(index, 0)] for index in range(4)])

def apart(one, other):
    with torch.no_grad():
        return float((one - other).abs().max() / other.abs().max())
`

const folding = `
fixed = stages(network, 0, 3).eval()
before = {name: value.clone() for name, value in fixed.state_dict().items()}
ran = []
def normalisations(module):
    ran.clear()
    for one in module.modules():
        if isinstance(one, nn.BatchNorm2d):
            one.register_forward_hook(lambda *_: ran.append(1))
    return module(batch), len(ran)

class Branching(nn.Module):
    def forward(self, values):
        return values if values.sum() > 0 else -values

branching = nn.Sequential(Branching())
fewer = folded(fixed)
plain, many = normalisations(fixed)
quick, few = normalisations(fewer)
print(json.dumps({
    "apart": apart(quick, plain),
    "normalisations": [many > 0, few],
    "kept": all(torch.equal(value, before[name]) for name, value in fixed.state_dict().items()),
    "asTheyAre": folded(branching) is branching,
}))
`

const reading = `
def plan(view, size):
    return [[(index, view) for index in range(start, min(start + size, 12))] for start in range(0, 12, size)]

none, two = Readers(images, 0, False), Readers(images, 2, False)
list(islice(two.read(plan(1, 2)), 2))
again = [(list(none.read(one)), list(two.read(one))) for one in (plan(0, 5), plan(2, 3))]
given_up = all(len(a) == len(b) and all(map(torch.equal, a, b)) for a, b in again)
two.close()

fixed = stages(network, 0, 2).eval()
def feed(workers):
    return Inputs(images, fixed, torch.device("cpu"), nullcontext, workers, 2, 2e9, False)
alone, helped = feed(0), feed(2)
orders = [(0, [[3, 1, 2], [0]]), (1, [list(range(12))]), (0, [list(range(12))]), (1, [[7, 2], [11]])]
pairs = [(a, b) for view, order in orders for a, b in zip(alone.batches(order, view, 4), helped.batches(order, view, 4))]
views = [next(iter(alone.batches([[5]], view, 4))) for view in (0, 1)]
print(json.dumps({
    "givenUp": given_up,
    "batches": [len(again[0][0]), len(again[1][0]), len(pairs)],
    "closed": helped.readers.loader is None,
    "same": all(torch.equal(a, b) for a, b in pairs),
    "views": not torch.equal(*views),
}))
`

const takingUp = `
training = Training(network, phase, samples, None, settings, Hardware(torch.device("cpu")), lambda *_, **__: None)
saved = training.save()
generator = torch.Generator().manual_seed(3)
saved["network"] = {
    name: value + 0.1 * torch.rand(value.shape, generator=generator) if value.is_floating_point() else value
    for name, value in saved["network"].items()
}
count = training.part.fixed_stages
was = stages(network, 0, count).eval()(batch).detach()
training.restore(saved)
now = stages(network, 0, count).eval()(batch).detach()
print(json.dumps([count > 0, apart(was, now) > 0.01, apart(training.inputs.fixed(batch), now)]))
`

const said = (script: string): unknown => JSON.parse(runPython(folder, ['-c', `${beginning}${script}`]))

describe.skipIf(!hasPyTorch)(`parts of exported programs (${python})`, () => {
  it('fold stages to the same values, and give those that torch.fx cannot follow back as they are', () => {
    const { apart, ...rest } = said(folding) as { readonly apart: number }
    expect(apart).toBeLessThan(1e-5)
    expect(rest).toEqual({ normalisations: [true, 0], kept: true, asTheyAre: true })
  })

  it('read in two processes what none reads, also after a plan that was given up and once all was read', () => {
    expect(said(reading)).toEqual({ givenUp: true, batches: [3, 4, 5 + 1], closed: true, same: true, views: true })
  })

  it('compute stages that stay as they are with the weights of the checkpoint that is taken up', () => {
    const [fixes, changed, apart] = said(takingUp) as [boolean, boolean, number]
    expect([fixes, changed]).toEqual([true, true])
    expect(apart).toBeLessThan(1e-5)
  })
})
