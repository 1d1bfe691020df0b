"""Writes the weights of a TensorFlow.js MobileNet v1 into Keras' own formats.

Usage: python mobilenet_to_keras.py FOLDER DIRECTORY
FOLDER holds model.json and its shards. Needs Keras 3; writes DIRECTORY/mobilenet.h5 and DIRECTORY/mobilenet.keras.
"""
import json
import os
import sys
from pathlib import Path

os.environ.setdefault('TF_CPP_MIN_LOG_LEVEL', '3')
import keras
import numpy as np


def weights_in(folder):
    manifest = json.loads((folder / 'model.json').read_text())['weightsManifest']
    weights = {}
    for group in manifest:
        values = np.frombuffer(b''.join((folder / path).read_bytes() for path in group['paths']), '<f4')
        for spec in group['weights']:
            count = int(np.prod(spec['shape']))
            weights[spec['name']], values = values[:count].reshape(spec['shape']), values[count:]
    return weights


def main(folder, directory):
    weights = weights_in(Path(folder))
    alpha = weights['conv1/kernel'].shape[-1] / 32
    model = keras.applications.MobileNet(alpha=alpha, weights=None)
    for variable in model.weights:
        layer, name = variable.path.split('/')[-2:]
        found = weights.get(f'{layer}/{name}', weights.get(f'{layer}/depthwise_{name}'))
        variable.assign(found.reshape(variable.shape))
    model.save(Path(directory) / 'mobilenet.h5')
    model.save(Path(directory) / 'mobilenet.keras')


main(*sys.argv[1:])
