"""Writes small.keras, small.h5 and small.json (image and logits of Keras) beside this file.

Usage: python make_fixtures.py, with Keras 3. The network has what large ones have: rescaling inside, padding with
strides, squeeze and excitation by formulas, separable and depthwise convolutions, two inner models with layers of the
same names, normalisations without scale, and a classifier with softmax.
"""
import json
import zipfile
from pathlib import Path

import h5py
import keras
import numpy as np
from keras import layers, ops

HERE = Path(__file__).parent


def inner(name, strides):
    return keras.Sequential([
        keras.Input((8, 8, 6) if strides == 2 else (4, 4, 6)),
        layers.ZeroPadding2D(((0, 1), (0, 1)), name='pad'),
        layers.DepthwiseConv2D(3, strides=strides, padding='valid' if strides == 2 else 'same', name='depthwise'),
        layers.BatchNormalization(scale=False, epsilon=2e-3, momentum=0.9, name='bn'),
        layers.LeakyReLU(negative_slope=0.1, name='activation'),
    ], name=name)


def build():
    image = keras.Input((16, 16, 3))
    x = layers.Rescaling(1 / 127.5, offset=-1)(image)
    x = layers.Conv2D(8, 3, strides=2, padding='same', activation='swish')(x)
    x = layers.BatchNormalization()(x)
    gate = layers.GlobalAveragePooling2D(keepdims=True)(x)
    gate = layers.Conv2D(8, 1)(gate)
    gate = layers.ReLU(6.0)(gate + 3.0) * (1.0 / 6.0)
    x = layers.Multiply()([x, gate])
    x = layers.SeparableConv2D(6, 3, padding='same', activation='gelu')(x)
    x = inner('first', 2)(x)
    x = inner('second', 1)(x)
    y = layers.LayerNormalization(epsilon=1e-6)(x)
    y = layers.Dense(6, activation='hard_sigmoid')(y)
    x = layers.Concatenate()([x, y, ops.subtract(x, y)])
    x = layers.MaxPooling2D(3, strides=2, padding='same')(x)
    x = layers.Flatten()(x)
    x = layers.Dropout(0.2)(x)
    logits = layers.Dense(5)(x)
    return keras.Model(image, layers.Softmax()(logits)), keras.Model(image, logits)


random = np.random.default_rng(3)
keras.utils.clear_session()
model, logits = build()
for weight in model.weights:
    if 'seed' not in weight.path:
        low, high = (0.5, 1.5) if 'variance' in weight.path or 'gamma' in weight.path else (-0.5, 0.5)
        weight.assign(random.uniform(low, high, weight.shape).astype(np.float32))
images = random.uniform(0, 255, (2, 16, 16, 3)).round().astype(np.float32)
model.save(HERE / 'small.keras')
model.save(HERE / 'small.h5')


def with_other_numbers(name, kind):
    """The same model, its weights as numbers of another kind."""
    with h5py.File(HERE / 'small.h5') as source, h5py.File(HERE / name, 'w', track_order=False) as target:
        for key, value in source.attrs.items():
            target.attrs[key] = value
        names = []
        source['model_weights'].visit(names.append)
        for name in names:
            item = source['model_weights'][name]
            if isinstance(item, h5py.Dataset) and item.dtype.kind == 'f':
                target[f'model_weights/{name}'] = item[()].astype(kind)


with_other_numbers('small-half.h5', '<f2')
with_other_numbers('small-big-endian.h5', '>f4')
# Packed again: 100 kB become 30, and readers meet a compressed one.
with zipfile.ZipFile(HERE / 'small.keras') as stored:
    entries = [(name, stored.read(name)) for name in stored.namelist()]
with zipfile.ZipFile(HERE / 'small.keras', 'w') as packed:
    for name, content in entries:
        packed.writestr(zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0)), content, zipfile.ZIP_DEFLATED)
(HERE / 'small.json').write_text(json.dumps({
    'shape': list(images.shape), 'image': [int(value) for value in images.ravel()],
    'output': [float(value) for value in np.asarray(logits.predict(images, verbose=0)).ravel()],
}) + '\n')
