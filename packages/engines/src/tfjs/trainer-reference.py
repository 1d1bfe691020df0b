"""Trains networks with PyTorch exactly as asked: the independent reference of trainer.test.ts. In double precision, so that
what is compared is the engine's rounding alone, and not that of the kernels which PyTorch has for this processor.

Reads DIRECTORY/cases.json (networks as Graft's plain data, settings, batches), DIRECTORY/tensors.safetensors and prints per case the losses,
gradient norms and the sums of the final parameters as JSON.
"""
import json
import struct
import sys
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F


def read_safetensors(path):
    raw = path.read_bytes()
    (length,) = struct.unpack('<Q', raw[:8])
    header = json.loads(raw[8:8 + length])
    tensors = {}
    for name, entry in header.items():
        if name != '__metadata__':
            start, end = entry['data_offsets']
            values = np.frombuffer(raw, np.float32, (end - start) // 4, 8 + length + start)
            tensors[name] = torch.tensor(values.reshape(entry['shape']).astype(np.float64))
    return tensors


def run_layer(layer, values, parameters, training):
    slots = {slot: parameters[name] for slot, name in layer['parameters'].items()}
    attributes = layer['attributes']
    x = values[layer['inputs'][0]]
    operator = layer['operator']
    if operator == 'Conv':
        return F.conv2d(x, slots['weight'], slots.get('bias'), attributes['strides'], attributes['pads'][:2], 1, attributes['group'])
    if operator == 'BatchNormalization':
        batch = training and layer['statistics'] == 'batch'
        return F.batch_norm(x, slots['mean'], slots['variance'], slots['scale'], slots['shift'], batch, 0.1, attributes['epsilon'])
    if operator == 'Clip':
        return F.hardtanh(x, attributes['min'], attributes['max'])
    if operator == 'Add':
        return x + values[layer['inputs'][1]]
    if operator == 'GlobalAveragePool':
        return x.mean((2, 3), keepdim=True)
    if operator == 'Flatten':
        return x.flatten(1)
    if operator == 'Gemm':
        return F.linear(x, slots['weight'], slots['bias'])
    raise ValueError('no reference for operator ' + operator)


def forward(network, parameters, x, training):
    values = {network['input']['name']: x}
    for layer in network['layers']:
        values[layer['name']] = run_layer(layer, values, parameters, training)
    return values[network['output']]


def optimizer_for(case, parameters):
    spec, rate = case['optimizer'], case['learningRate']
    groups = [
        {'params': [parameters[name]], 'lr': rate * case.get('learningRateScale', {}).get(name, 1), 'weight_decay': spec['weightDecay'] if name.endswith('weight') else 0}
        for name, parameter in case['network']['parameters'].items() if parameter['trainable']
    ]
    if spec['name'] == 'sgd':
        return torch.optim.SGD(groups, rate, momentum=spec['momentum'], nesterov=spec['nesterov'])
    kind = torch.optim.Adam if spec['name'] == 'adam' else torch.optim.AdamW
    return kind(groups, rate, betas=(spec['beta1'], spec['beta2']), eps=spec['epsilon'])


def train(case, tensors):
    network = case['network']
    parameters = {name: tensors[name].clone().requires_grad_(entry['trainable']) for name, entry in network['parameters'].items()}
    trainable = [parameter for parameter in parameters.values() if parameter.requires_grad]
    optimizer = optimizer_for(case, parameters)
    weights = torch.tensor(case['loss']['classWeights'], dtype=torch.float64) if 'classWeights' in case['loss'] else None
    losses, norms = [], []
    for step in range(case['steps']):
        batch = step % case['batches']
        logits = forward(network, parameters, tensors[f'batch.{batch}'], True)
        loss = F.cross_entropy(logits, torch.tensor(case['labels'][batch]), weights, label_smoothing=case['loss']['labelSmoothing'])
        optimizer.zero_grad()
        loss.backward()
        norms.append(float(torch.nn.utils.clip_grad_norm_(trainable, case.get('clipNorm', float('inf')))))
        optimizer.step()
        losses.append(float(loss))
    with torch.no_grad():
        logits = forward(network, parameters, tensors['batch.0'], False)
    return {
        'losses': losses,
        'norms': norms,
        'evaluated': logits.flatten().tolist(),
        'magnitudes': {name: float(parameter.detach().double().abs().sum()) for name, parameter in parameters.items()},
    }


directory = Path(sys.argv[1])
torch.set_num_threads(1)
reference_tensors = read_safetensors(directory / 'tensors.safetensors')
print(json.dumps([train(case, reference_tensors) for case in json.loads((directory / 'cases.json').read_text())]))
