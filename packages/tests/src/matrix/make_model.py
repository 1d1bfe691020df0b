"""Makes one model of the matrix: its ONNX files, and what PyTorch computes with it.

Usage: python make_model.py --list            prints the names
       python make_model.py DIRECTORY MODEL VARIANT,VARIANT...
Writes input.f32, logits.f32, parameters.f32, step-frozen.f32 and step-batch.f32 (every parameter, before and after one step of SGD) and reference.json, which says where
each lies; then VARIANT.onnx, or VARIANT.error with the exporter's reason. What is there already is kept.
Variants: L11 L13 L17 (old exporter, batch normalisation folded), L17p (old, as for further training), L17b1 (old, batch of 1), D (new exporter), Db1 (new, one image and nothing
else given), Dn (new, not optimised).
"""
import copy
import json
import os
import shutil
import sys
import warnings
from pathlib import Path

warnings.filterwarnings('ignore')
os.environ.setdefault('TVSHIM', '1')

import torch  # noqa: E402

from matrix_models import CLASSES, all_models  # noqa: E402

NORMS = (torch.nn.modules.batchnorm._BatchNorm,)
RATE = 0.1


def deep_blocks(model):
    return [module for module in model.modules() if getattr(module, 'use_res_connect', False)]


def prepare(model, images):
    """Seeded values that hide no mistake: nothing constant, statistics that fit the network and are not quite those of the images.

    The statistics are measured on the images and on noise beside them: with a handful of values for a channel, some variance is near zero, and the logits
    of the next image are in the thousands and say nothing (onnxruntime is then as far from PyTorch as anybody).
    """
    with torch.no_grad():
        for parameter in model.parameters():
            if parameter.numel() > 1 and bool((parameter == parameter.flatten()[0]).all()):
                parameter.add_(torch.randn_like(parameter) * 0.1)
        for block in deep_blocks(model):
            # As in trained networks, a block adds a little to what it gets: or else many of them blow rounding up a thousandfold.
            [*(module for module in block.modules() if isinstance(module, NORMS))][-1].weight.mul_(0.2)
        for module in model.modules():
            for p in ('p', 'drop_prob'):
                if isinstance(module, torch.nn.Dropout) or type(module).__name__.endswith(('DropPath', 'StochasticDepth')):
                    if isinstance(getattr(module, p, None), float):
                        setattr(module, p, 0.0)
            # Dropout that is written as a function reads this.
            if isinstance(getattr(module, 'drop_rate', None), float):
                module.drop_rate = 0.0
            if type(module).__name__ == 'StochasticDepth':
                module.p = 0.0
        norms = [module for module in model.modules() if isinstance(module, NORMS) and module.running_mean is not None]
        momenta = [norm.momentum for norm in norms]
        for norm in norms:
            norm.momentum = 1.0
        if norms:
            model.train()
            model(torch.cat([images, torch.randn(28 if images.shape[-1] < 100 else 4, *images.shape[1:])]))
        for norm, momentum in zip(norms, momenta):
            norm.momentum = momentum
            norm.running_mean.add_(torch.randn_like(norm.running_mean) * 0.1 * norm.running_var.sqrt())
            norm.running_var.mul_(torch.rand_like(norm.running_var) * 0.4 + 0.8)
    return model.eval()


def stepped(model, images, statistics):
    model = copy.deepcopy(model).train()
    if statistics == 'frozen':
        for module in model.modules():
            if isinstance(module, NORMS):
                module.eval()
    loss = torch.nn.functional.cross_entropy(logits_of(model, images), torch.arange(len(images)) * 3 % CLASSES)
    loss.backward()
    with torch.no_grad():
        for parameter in model.parameters():
            if parameter.grad is not None:
                parameter.sub_(RATE * parameter.grad)
    return model, float(loss)


def logits_of(model, images):
    result = model(images)
    if isinstance(result, torch.Tensor):
        return result
    # Distilled networks give two answers in training; the file has their mean.
    return sum(result) / len(result)


def save(path, tensors):
    torch.cat([tensor.detach().float().flatten() for tensor in tensors]).numpy().tofile(path)


def write_reference(directory, model, images):
    parameters = dict(model.named_parameters())
    statistics = {name: buffer for name, buffer in model.named_buffers() if name.endswith(('running_mean', 'running_var'))}
    reference = {'recipe': recipe(model), 'input': list(images.shape), 'parameters': {}, 'losses': {}, 'widths': sorted({size for parameter in parameters.values() for size in parameter.shape})}
    offset = 0
    used = unused(model, images)
    for name, value in {**parameters, **statistics}.items():
        reference['parameters'][name] = {'offset': offset, 'shape': list(value.shape), 'learned': name in parameters and name not in used}
        offset += value.numel()
    with torch.no_grad():
        save(directory / 'logits.f32', [model(images)])
    save(directory / 'input.f32', [images])
    save(directory / 'parameters.f32', [*parameters.values(), *statistics.values()])
    for kind in ('frozen', 'batch'):
        trained, loss = stepped(model, images, kind)
        after = {**dict(trained.named_parameters()), **dict(trained.named_buffers())}
        save(directory / f'step-{kind}.f32', [after[name] for name in reference['parameters']])
        reference['losses'][kind] = loss
    (directory / 'reference.json').write_text(json.dumps(reference))


def unused(model, images):
    """Parameters that the logits don't depend on (mask tokens, text towers, poolers)."""
    model = copy.deepcopy(model)
    logits_of(model, images).sum().backward()
    return {name for name, parameter in model.named_parameters() if parameter.grad is None}


def recipe(model):
    """Raised when the same seed gives other statistics: files of different recipes don't belong together."""
    return 3 if deep_blocks(model) else 2


def recipe_of(directory):
    path = directory / 'reference.json'
    return json.loads(path.read_text()).get('recipe', 1) if path.exists() else None


def export(model, images, variant, path):
    names = {'input_names': ['input'], 'output_names': ['logits']}
    if variant.startswith('L'):
        mode = torch.onnx.TrainingMode.PRESERVE if variant.endswith('p') else torch.onnx.TrainingMode.EVAL
        fixed = variant.endswith('b1')
        dynamic = {} if fixed else {'dynamic_axes': {'input': {0: 'batch'}, 'logits': {0: 'batch'}}}
        # Fresh opset numbers only: the first two digits.
        older = {} if torch.__version__.startswith('1.') else {'dynamo': False}
        torch.onnx.export(model, images[:1] if fixed else images, str(path), **older, opset_version=int(variant[1:3]), training=mode, do_constant_folding=not variant.endswith('p'), **names, **dynamic)
    elif variant == 'Db1':
        torch.onnx.export(model, images[:1], str(path), dynamo=True, verbose=False)
    else:
        torch.onnx.export(model, (images,), str(path), dynamo=True, verbose=False, optimize=variant != 'Dn', dynamic_shapes=({0: torch.export.Dim('batch', min=1, max=64)},), **names)


def main():
    if sys.argv[1] == '--list':
        print(json.dumps(list(all_models())))
        return
    directory, name, variants = Path(sys.argv[1]), sys.argv[2], sys.argv[3].split(',')
    directory.mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(1)
    size, build = all_models()[name]
    images = torch.randn(4, 3, size, size, generator=torch.Generator().manual_seed(8))
    torch.manual_seed(7)
    model = prepare(build(), images)
    if recipe_of(directory) != recipe(model) and any(isinstance(module, NORMS) for module in model.modules()):
        shutil.rmtree(directory)
        directory.mkdir()
    if not (directory / 'reference.json').exists():
        write_reference(directory, model, images)
    for variant in variants:
        path = directory / variant / 'model.onnx'
        error = directory / f'{variant}.error'
        if path.exists() or error.exists():
            continue
        path.parent.mkdir(exist_ok=True)
        try:
            export(copy.deepcopy(model).eval(), images, variant, path)
        except Exception as failure:
            path.unlink(missing_ok=True)
            error.write_text(f'{type(failure).__name__}: {failure}'[:2000])


main()
