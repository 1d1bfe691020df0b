"""Trains a transformer and a ConvNeXt with few parameters in PyTorch: the reference of adapters-training.test.ts.

Usage: python3 train_adapters.py DIRECTORY NETWORK ADAPTER OPTIMIZER RATE DECAY STEPS
Reads weights.json ({name: {offset, shape}}) with weights.f32, and batches.f32 (three batches) with batches.json (their shape), all in DIRECTORY.
NETWORK: vit or convnext, written out here under timm's names. ADAPTER: lora, scale-and-shift, or norms-and-biases.
Prints as JSON the losses of the steps, what was trained (numbers), and writes the trained values to trained.f32 with trained.json.
"""
import json
import math
import sys
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

CLASSES = 5
RANK, ALPHA = 4, 8


class Block(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.heads = heads
        self.norm1, self.norm2 = nn.LayerNorm(width, 1e-6), nn.LayerNorm(width, 1e-6)
        self.attn, self.mlp = nn.Module(), nn.Module()
        self.attn.qkv, self.attn.proj = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.mlp.fc1, self.mlp.fc2 = nn.Linear(width, 4 * width), nn.Linear(4 * width, width)

    def forward(self, x):
        batch, tokens, width = x.shape
        q, k, v = self.attn.qkv(self.norm1(x)).reshape(batch, tokens, 3, self.heads, width // self.heads).permute(2, 0, 3, 1, 4)
        scores = (q @ k.transpose(-1, -2)) / math.sqrt(width // self.heads)
        x = x + self.attn.proj((scores.softmax(-1) @ v).transpose(1, 2).reshape(batch, tokens, width))
        return x + self.mlp.fc2(F.gelu(self.mlp.fc1(self.norm2(x))))


class Vit(nn.Module):
    def __init__(self, width=192, depth=12, heads=3, patch=16, side=32):
        super().__init__()
        self.patch_embed = nn.Module()
        self.patch_embed.proj = nn.Conv2d(3, width, patch, patch)
        self.cls_token = nn.Parameter(torch.zeros(1, 1, width))
        self.pos_embed = nn.Parameter(torch.zeros(1, (side // patch) ** 2 + 1, width))
        self.blocks = nn.ModuleList(Block(width, heads) for _ in range(depth))
        self.norm = nn.LayerNorm(width, 1e-6)
        self.head = nn.Linear(width, CLASSES)

    def forward(self, x):
        x = self.patch_embed.proj(x).flatten(2).transpose(1, 2)
        x = torch.cat([self.cls_token.expand(len(x), -1, -1), x], 1) + self.pos_embed
        for block in self.blocks:
            x = block(x)
        return self.head(self.norm(x)[:, 0])


class ConvNextBlock(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.conv_dw = nn.Conv2d(width, width, 7, padding=3, groups=width)
        self.norm = nn.LayerNorm(width, 1e-6)
        self.mlp = nn.Module()
        self.mlp.fc1, self.mlp.fc2 = nn.Linear(width, 4 * width), nn.Linear(4 * width, width)
        self.gamma = nn.Parameter(torch.ones(width))

    def forward(self, x):
        y = self.norm(self.conv_dw(x).permute(0, 2, 3, 1))
        y = self.mlp.fc2(F.gelu(self.mlp.fc1(y))) * self.gamma
        return x + y.permute(0, 3, 1, 2)


class ChannelNorm(nn.LayerNorm):
    def forward(self, x):
        return super().forward(x.permute(0, 2, 3, 1)).permute(0, 3, 1, 2)


class ConvNext(nn.Module):
    def __init__(self, blocks=(2, 2, 6, 2), channels=(40, 80, 160, 320)):
        super().__init__()
        self.stem = nn.Sequential(nn.Conv2d(3, channels[0], 4, 4), ChannelNorm(channels[0], 1e-6))
        self.stages = nn.ModuleList()
        for index, (count, width) in enumerate(zip(blocks, channels)):
            stage = nn.Module()
            before = channels[max(index - 1, 0)]
            stage.downsample = nn.Sequential(ChannelNorm(before, 1e-6), nn.Conv2d(before, width, 2, 2)) if index else nn.Identity()
            stage.blocks = nn.Sequential(*(ConvNextBlock(width) for _ in range(count)))
            self.stages.append(stage)
        self.head = nn.Module()
        self.head.norm, self.head.fc = nn.LayerNorm(channels[-1], 1e-6), nn.Linear(channels[-1], CLASSES)

    def forward(self, x):
        x = self.stem(x)
        for stage in self.stages:
            x = stage.blocks(stage.downsample(x))
        return self.head.fc(self.head.norm(x.mean((2, 3))))


class Lora(nn.Module):
    def __init__(self, base):
        super().__init__()
        self.base = base
        self.down, self.up = nn.Linear(base.in_features, RANK, bias=False), nn.Linear(RANK, base.out_features, bias=False)

    def forward(self, x):
        return self.base(x) + self.up(self.down(x) * (ALPHA / RANK))


class ScaleAndShift(nn.Module):
    def __init__(self, base, size, first):
        super().__init__()
        self.base, self.first = base, first
        self.scale, self.shift = nn.Parameter(torch.ones(size)), nn.Parameter(torch.zeros(size))

    def forward(self, x):
        shape = (-1, 1, 1) if self.first else (-1,)
        return self.base(x) * self.scale.reshape(shape) + self.shift.reshape(shape)


def put(model, name, module):
    parent, _, last = name.rpartition('.')
    setattr(model.get_submodule(parent), last, module)


def adapt(model, adapter):
    """Puts adapters in; returns Graft's name of every parameter by PyTorch's, where they differ, and how the values lie."""
    names = {}
    for name, module in list(model.named_modules()):
        is_head = name in ('head', 'head.fc')
        if isinstance(module, nn.Linear) and not is_head:
            names[f'{name}.weight'] = (f'{name}.weight', 'turned')
        if is_head and isinstance(module, nn.Linear) or adapter == 'norms-and-biases':
            continue
        if adapter == 'lora' and isinstance(module, nn.Linear):
            put(model, name, Lora(module))
            names[f'{name}.base.weight'] = (f'{name}.weight', 'turned')
            names[f'{name}.base.bias'] = (f'{name}.bias', 'plain')
            for part in ('down', 'up'):
                names[f'{name}.{part}.weight'] = (f'{name}.lora.{part}.weight', 'turned')
        if adapter == 'scale-and-shift' and isinstance(module, (nn.Linear, nn.Conv2d, nn.LayerNorm)):
            size = module.normalized_shape[0] if isinstance(module, nn.LayerNorm) else module.weight.shape[0]
            put(model, name, ScaleAndShift(module, size, isinstance(module, (nn.Conv2d, ChannelNorm))))
            layer = f'{name}.add_bias' if isinstance(module, nn.Linear) else name
            for part in ('weight', 'bias'):
                names[f'{name}.base.{part}'] = (f'{name}.{part}', 'turned' if isinstance(module, nn.Linear) and part == 'weight' else 'plain')
            for part in ('scale', 'shift'):
                names[f'{name}.{part}'] = (f'{layer}.ssf.{part}.operand', 'plain')
    return names


def trains(name, adapter):
    if name.startswith(('head.weight', 'head.bias', 'head.fc.')):
        return True
    if adapter == 'lora':
        return '.down.' in name or '.up.' in name
    if adapter == 'scale-and-shift':
        return name.endswith(('.scale', '.shift'))
    return name.endswith('.bias') or 'norm' in name or name.endswith('.gamma') or name.startswith('stem.1.') or '.downsample.0.' in name


def main():
    directory, network, adapter, optimizer_name, rate, decay, steps = Path(sys.argv[1]), *sys.argv[2:5], float(sys.argv[5]), float(sys.argv[6]), int(sys.argv[7])
    torch.set_num_threads(1)
    model = Vit() if network == 'vit' else ConvNext()
    names = adapt(model, adapter)
    layout = json.loads((directory / 'weights.json').read_text())
    values = np.fromfile(directory / 'weights.f32', np.float32)
    used = set()
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            key, form = names.get(name, (name, 'plain'))
            used.add(key)
            entry = layout[key]
            size = int(np.prod(entry['shape']))
            stored = torch.from_numpy(values[entry['offset']:entry['offset'] + size].copy()).reshape(entry['shape'])
            parameter.copy_(stored.t() if form == 'turned' else stored.reshape(parameter.shape))
            parameter.requires_grad_(trains(name, adapter))
    left = [key for key in layout if key not in used and not key.endswith('constant')]
    assert not left, f'PyTorch has no place for {left}'
    trained = [(name, parameter) for name, parameter in model.named_parameters() if parameter.requires_grad]
    decays = lambda name, parameter: parameter.ndim > 1 and not name.endswith(('.scale', '.shift'))
    groups = [{'params': [p for n, p in trained if decays(n, p) == group], 'weight_decay': decay if group else 0.0} for group in (True, False)]
    optimizer = torch.optim.SGD(groups, rate, momentum=0.9) if optimizer_name == 'sgd' else torch.optim.AdamW(groups, rate)
    shape = json.loads((directory / 'batches.json').read_text())
    batches = torch.from_numpy(np.fromfile(directory / 'batches.f32', np.float32)).reshape(3, *shape)
    labels = torch.arange(3 * shape[0]).reshape(3, shape[0]) * 3 % CLASSES
    losses = []
    for step in range(steps):
        loss = F.cross_entropy(model(batches[step % 3]), labels[step % 3])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(float(loss))
    print(json.dumps({'losses': losses, 'trained': sum(parameter.numel() for _, parameter in trained)}))


main()
