"""Exports torchvision classifiers with seeded random weights to ONNX.

Usage: /usr/bin/python3 export_torchvision.py DIRECTORY MODEL[:MODE] ...   (MODE: eval | preserve; default eval)
Writes MODEL.onnx (or MODEL-preserve.onnx) for each model, and beside it MODEL.onnx.count: how many numbers the model learns. `preserve` keeps batch
normalisation as it is trained.
"""
import sys
import warnings
from pathlib import Path

import torch
import torchvision

warnings.filterwarnings('ignore')


def randomise_constants(model: torch.nn.Module) -> None:
    """Fresh biases, norms and some heads are all equal: mistakes in them would not show, and the exporter would share them."""
    with torch.no_grad():
        for parameter in model.parameters():
            if parameter.numel() > 1 and float(parameter.std()) == 0:
                parameter.add_(torch.randn_like(parameter) * 0.1)
    for module in model.modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            module.running_mean.normal_(0.0, 0.2)
            module.running_var.uniform_(0.5, 1.5)


def export(directory: Path, name: str, mode: str) -> None:
    torch.manual_seed(7)
    extra = {'init_weights': True} if name in ('googlenet', 'inception_v3') else {}
    model = getattr(torchvision.models, name)(weights=None, **extra)
    randomise_constants(model)
    model.eval()
    modes = {'eval': torch.onnx.TrainingMode.EVAL, 'preserve': torch.onnx.TrainingMode.PRESERVE}
    file = directory / (f'{name}.onnx' if mode == 'eval' else f'{name}-{mode}.onnx')
    torch.onnx.export(
        model, torch.randn(2, 3, 224, 224), str(file), opset_version=13, training=modes[mode], do_constant_folding=mode == 'eval',
        input_names=['input'], output_names=['logits'], dynamic_axes={'input': {0: 'batch'}, 'logits': {0: 'batch'}},
    )
    Path(f'{file}.count').write_text(str(sum(parameter.numel() for parameter in model.parameters())))
    print(file.name, flush=True)


def main() -> None:
    directory = Path(sys.argv[1])
    directory.mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(1)
    for argument in sys.argv[2:]:
        name, _, mode = argument.partition(':')
        try:
            export(directory, name, mode or 'eval')
        except Exception as error:  # one model that can't be exported must not hide the others
            print(f'{name}: {type(error).__name__}: {error}', file=sys.stderr, flush=True)


main()
