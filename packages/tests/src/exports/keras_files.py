"""keras_files.py FOLDER: loads every FOLDER/NAME.keras as any user of Keras 3 would (no custom objects, safe mode), runs
FOLDER/NAME.bin (float32 [count, size, size, 3], as FOLDER/facts.json says) and writes FOLDER/NAME.out."""
import json
import os
import sys

os.environ.setdefault('TF_CPP_MIN_LOG_LEVEL', '3')
import keras
import numpy

folder = sys.argv[1]
for name, (count, size) in json.load(open(f'{folder}/facts.json')).items():
    model = keras.saving.load_model(f'{folder}/{name}.keras')
    images = numpy.fromfile(f'{folder}/{name}.bin', dtype='<f4').reshape(count, size, size, 3)
    model.predict(images, verbose=0).astype('<f4').tofile(f'{folder}/{name}.out')
    print(name, sum(int(numpy.prod(variable.shape)) for variable in model.trainable_weights))
