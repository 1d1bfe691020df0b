"""Saves networks of keras.applications with seeded random weights in every format that Graft reads.

Usage: python export_keras.py DIRECTORY [NAME ...]
Needs Keras 3 with a backend. For every network below, or the named ones, writes NAME.keras, NAME.h5, NAME-tfjs2/ and
NAME-tfjs3/ (TensorFlow.js layers models with the description in Keras 2's and Keras 3's words) and NAME.json: image and
output of Keras. Prints the names.
"""
import io
import json
import os
import sys
import zipfile
from pathlib import Path

os.environ.setdefault('TF_CPP_MIN_LOG_LEVEL', '3')
import h5py
import keras
import numpy as np

NETWORKS = {
    'MobileNet': 64, 'MobileNetV2': 64, 'MobileNetV3Small': 64, 'MobileNetV3Large': 64, 'ResNet50': 64,
    'ResNet50V2': 64, 'DenseNet121': 64, 'EfficientNetB0': 64, 'EfficientNetV2B0': 64, 'ConvNeXtTiny': 64,
    'InceptionV3': 75, 'Xception': 71, 'NASNetMobile': 64, 'VGG16': 32, 'InceptionResNetV2': 75,
}


def randomise(model, random):
    """Kernels that keep magnitudes, statistics and scales near those of trained networks."""
    for variable in model.weights:
        shape, name = variable.shape, variable.path.split('/')[-1]
        if name in ('moving_variance', 'variance'):
            value = random.uniform(0.5, 1.5, shape)
        elif name in ('gamma', 'scale'):
            value = random.uniform(0.7, 1.3, shape)
        elif len(shape) > 1:
            rows = np.prod(shape[:-1]) if 'depthwise' not in name else np.prod(shape[:2])
            value = random.normal(0, np.sqrt(1.6 / rows), shape)
        else:
            value = random.normal(0, 0.1, shape)
        if 'seed' not in variable.path and 'count' not in name:
            variable.assign(value.astype(np.float32))


def words_of_keras_2(config):
    """The description of a Keras 3 model as TensorFlow 2's Keras writes it."""
    functions = {'Add': '__operators__.add', 'Multiply': 'math.multiply', 'Subtract': 'math.subtract',
                 'TrueDivide': 'math.truediv', 'Divide': 'math.truediv'}

    def formula(given):
        """A step such as x + 3."""
        node = given['inbound_nodes'][0]['args']
        (tensor,) = tensors_in(node)
        (number,) = [value for value in node if isinstance(value, float)]
        return {'class_name': 'TFOpLambda', 'name': given['name'],
                'config': {'name': given['name'], 'trainable': True, 'function': functions[given['class_name']]},
                'inbound_nodes': [[*tensor, {'y': number, 'name': None}]]}

    def layer(given):
        if given.get('module', '').startswith('keras.src.ops'):
            return formula(given)
        settings = {}
        for key, value in given['config'].items():
            if isinstance(value, dict) and value.get('class_name') == 'DTypePolicy':
                value = value['config']['name']
            settings['batch_input_shape' if key == 'batch_shape' else key] = value
        if 'layers' in settings:
            settings = body(settings)
        nodes = [[[*tensor, {}] for tensor in tensors_in(node['args'])] for node in given.get('inbound_nodes', [])]
        return {'class_name': given['class_name'], 'name': given.get('name'), 'config': settings, 'inbound_nodes': nodes}

    def tensors_in(value):
        if isinstance(value, dict):
            return [value['config']['keras_history']] if value.get('class_name') == '__keras_tensor__' else []
        return [found for item in value for found in tensors_in(item)] if isinstance(value, list) else []

    def body(settings):
        ends = {key: [settings[key]] if isinstance(settings[key][0], str) else settings[key]
                for key in ('input_layers', 'output_layers') if key in settings}
        return {**settings, **ends, 'layers': [layer(each) for each in settings['layers']]}

    return {'class_name': config['class_name'], 'config': body(config['config'])}


def save_for_tensorflow_js(model, folder, config, version):
    """As tensorflowjs_converter lays it out."""
    folder.mkdir(exist_ok=True)
    weights = [(variable.path, np.asarray(variable.numpy(), np.float32)) for variable in model.weights
               if 'seed_generator' not in variable.path]
    with open(folder / 'group1-shard1of1.bin', 'wb') as file:
        for _, value in weights:
            file.write(value.tobytes())
    specs = [{'name': name, 'shape': list(value.shape), 'dtype': 'float32'} for name, value in weights]
    (folder / 'model.json').write_text(json.dumps({
        'format': 'layers-model', 'generatedBy': f'keras v{version}',
        'modelTopology': {'keras_version': version, 'backend': 'tensorflow', 'model_config': config},
        'weightsManifest': [{'paths': ['group1-shard1of1.bin'], 'weights': specs}],
    }))


def save(model, name, directory, images):
    model.save(directory / f'{name}.keras')
    model.save(directory / f'{name}.h5')
    config = json.loads(zipfile.ZipFile(directory / f'{name}.keras').read('config.json'))
    save_for_tensorflow_js(model, directory / f'{name}-tfjs3', config, keras.__version__)
    save_for_tensorflow_js(model, directory / f'{name}-tfjs2', words_of_keras_2(config), '2.15.0')
    output = np.asarray(model.predict(images, verbose=0))
    layers = [sum(int(np.prod(v.shape)) for v in values) for values in (model.trainable_weights, model.weights)]
    (directory / f'{name}.json').write_text(json.dumps({
        'shape': list(images.shape), 'image': images.ravel().tolist(),
        'output': output.ravel().tolist(), 'outputShape': list(output.shape), 'trainable': layers[0],
    }))


def main(directory, *names):
    directory = Path(directory)
    for name in names or NETWORKS:
        random = np.random.default_rng(7)
        size = NETWORKS[name]
        keras.utils.clear_session()
        model = getattr(keras.applications, name)(
            input_shape=(size, size, 3), weights=None, classes=10, classifier_activation=None)
        randomise(model, random)
        scales = any(isinstance(layer, keras.layers.Rescaling) or isinstance(layer, keras.layers.Normalization)
                     for layer in model.layers)
        images = random.uniform(0, 255, (2, size, size, 3)) if scales else random.uniform(-1, 1, (2, size, size, 3))
        save(model, name, directory, images.astype(np.float32))
        print(name, flush=True)


main(*sys.argv[1:])
