"""Exports small vision transformers with seeded random weights to ONNX.

Usage: /usr/bin/python3 export_transformers.py DIRECTORY
Writes NAME-OPSET.onnx for every network below, for opset 13 (before LayerNormalization) and 17, and prints how many learnable numbers each network has.
"""
import json
import sys
import warnings
from pathlib import Path

import torch
import torchvision
from torch import nn

warnings.filterwarnings('ignore')
SIZE, PATCH, WIDTH, CLASSES = 32, 8, 24, 6


class Attention(nn.Module):
    """As in timm: one linear layer for queries, keys and values."""

    def __init__(self, heads):
        super().__init__()
        self.heads, self.scale = heads, (WIDTH // heads) ** -0.5
        self.qkv = nn.Linear(WIDTH, 3 * WIDTH)
        self.proj = nn.Linear(WIDTH, WIDTH)

    def forward(self, x):
        batch, tokens, width = x.shape
        q, k, v = self.qkv(x).reshape(batch, tokens, 3, self.heads, width // self.heads).permute(2, 0, 3, 1, 4).unbind(0)
        weights = ((q * self.scale) @ k.transpose(-2, -1)).softmax(dim=-1)
        return self.proj((weights @ v).transpose(1, 2).reshape(batch, tokens, width))


class Mlp(nn.Sequential):
    def __init__(self):
        super().__init__(nn.Linear(WIDTH, 2 * WIDTH), nn.GELU(), nn.Linear(2 * WIDTH, WIDTH))


class Block(nn.Module):
    def __init__(self, layer_scale):
        super().__init__()
        self.norm1, self.attn, self.norm2, self.mlp = nn.LayerNorm(WIDTH, eps=1e-6), Attention(3), nn.LayerNorm(WIDTH, eps=1e-6), Mlp()
        self.gamma1 = nn.Parameter(torch.empty(WIDTH).uniform_(0.5, 1.5)) if layer_scale else 1
        self.gamma2 = nn.Parameter(torch.empty(WIDTH).uniform_(0.5, 1.5)) if layer_scale else 1

    def forward(self, x):
        x = x + self.gamma1 * self.attn(self.norm1(x))
        return x + self.gamma2 * self.mlp(self.norm2(x))


class Transformer(nn.Module):
    """A plain DeiT: `tokens` learned tokens before the patches, whose logits (one classifier each) are averaged; without any, the mean of the patches."""

    def __init__(self, depth, tokens=(1,), classifiers=1, layer_scale=False):
        super().__init__()
        patches = (SIZE // PATCH) ** 2
        self.patch_embed = nn.Conv2d(3, WIDTH, PATCH, PATCH)
        self.tokens = nn.ParameterList(nn.Parameter(torch.randn(1, count, WIDTH)) for count in tokens)
        self.pos_embed = nn.Parameter(torch.randn(1, patches + sum(tokens), WIDTH) * 0.2)
        self.blocks = nn.Sequential(*[Block(layer_scale) for _ in range(depth)])
        self.norm = nn.LayerNorm(WIDTH, eps=1e-6)
        self.heads = nn.ModuleList(nn.Linear(WIDTH, CLASSES) for _ in range(classifiers))

    def forward(self, x):
        x = self.patch_embed(x).flatten(2).transpose(1, 2)
        x = torch.cat([*[token.expand(x.shape[0], -1, -1) for token in self.tokens], x], dim=1)
        x = self.norm(self.blocks(x + self.pos_embed))
        if len(self.tokens) == 0:
            return self.heads[0](x.mean(dim=1))
        return sum(head(x[:, index]) for index, head in enumerate(self.heads)) / len(self.heads)


def networks():
    return {
        'vit': torchvision.models.vision_transformer.VisionTransformer(image_size=SIZE, patch_size=PATCH, num_layers=13, num_heads=3, hidden_dim=WIDTH, mlp_dim=2 * WIDTH, num_classes=CLASSES),
        'deit': Transformer(3),
        'deit-distilled': Transformer(3, tokens=(1, 1), classifiers=2),
        'deit-registers': Transformer(3, tokens=(1, 4), layer_scale=True),
        'deit-mean': Transformer(3, tokens=()),
    }


def main():
    directory = Path(sys.argv[1])
    torch.set_num_threads(1)
    torch.manual_seed(7)
    counts = {}
    for name, model in networks().items():
        with torch.no_grad():
            for parameter in model.parameters():
                parameter.add_(torch.randn_like(parameter) * 0.05)
        counts[name] = sum(parameter.numel() for parameter in model.parameters())
        for opset in (13, 17):
            torch.onnx.export(
                model.eval(), torch.randn(2, 3, SIZE, SIZE), str(directory / f'{name}-{opset}.onnx'), opset_version=opset,
                input_names=['input'], output_names=['logits'], dynamic_axes={'input': {0: 'batch'}, 'logits': {0: 'batch'}},
            )
    print(json.dumps(counts))


main()
