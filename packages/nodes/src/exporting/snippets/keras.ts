import { pythonAnswers, pythonPreparation } from '../../report/sections/usage.js'
import type { Snippet } from './snippet.js'

export const kerasSnippets: readonly Snippet[] = [
  {
    language: 'python',
    title: 'Python, Keras 3',
    writers: ['keras'],
    program: ({ fileName, network }) => `# pip install keras tensorflow pillow numpy
import sys
import keras
import numpy as np
from PIL import Image, ImageOps

${pythonPreparation(network, 'channels last')}
model = keras.saving.load_model('${fileName}')
probabilities = model.predict(prepare(sys.argv[1]), verbose=0)[0]
${pythonAnswers(network).trimEnd()}`,
  },
]
