import { taskOf } from '@graft/engines'
import { pythonAnswers, pythonPreparation } from '../../report/sections/usage.js'
import type { Snippet, SnippetFacts } from './snippet.js'

/** What a model is built with besides its number of classes, so that it is the one that was trained. */
function extrasOf({ architecture, network }: SnippetFacts): string {
  const [, size = 0] = network.input.shape
  const { library, name } = architecture ?? { library: 'torchvision', name: '' }
  if (library === 'timm') return /^(vit|deit|swin)/.test(name) ? `, img_size=${size}` : ''
  if (name.startsWith('vit_')) return `, image_size=${size}`
  return name === 'googlenet' || name === 'inception_v3' ? ', aux_logits=False, init_weights=False' : ''
}

const answersYesOrNo = (network: SnippetFacts['network']): boolean =>
  network.head !== null && taskOf(network).task.activation?.operator === 'Sigmoid'

function program(facts: SnippetFacts, imports: readonly string[], state: string): string {
  const { network, architecture } = facts
  if (architecture?.library === 'transformers') return transformersProgram(facts, imports, state)
  const { library, name } = architecture ?? { library: 'torchvision', name: network.name }
  const make = library === 'timm' ? `timm.create_model('${name}', ` : `torchvision.models.${name}(`
  return `# pip install torch torchvision ${library === 'timm' ? 'timm ' : ''}pillow numpy
import sys
import numpy as np
${library === 'timm' ? 'import timm\nimport torch' : 'import torch\nimport torchvision'}
from PIL import Image, ImageOps
${imports.map((line) => `${line}\n`).join('')}
${pythonPreparation(network, 'channels first')}
model = ${make}num_classes=${network.head?.names.length ?? 0}${extrasOf(facts)})
model.load_state_dict(${state}, strict=True)
model.eval()
with torch.no_grad():
    logits = model(torch.from_numpy(prepare(sys.argv[1])))[0]
probabilities = logits.${answersYesOrNo(network) ? 'sigmoid()' : 'softmax(0)'}.numpy()
${pythonAnswers(network).trimEnd()}`
}

/** Its names differ between versions of transformers, which `from_pretrained` knows; whether all fit is looked at here. */
function transformersProgram(
  { network, architecture }: SnippetFacts,
  imports: readonly string[],
  state: string,
): string {
  const config = architecture?.name || 'FOLDER'
  return `# pip install torch transformers safetensors pillow numpy
import sys
import numpy as np
import torch
from PIL import Image, ImageOps
from transformers import AutoConfig, AutoModelForImageClassification
${imports.map((line) => `${line}\n`).join('')}
${pythonPreparation(network, 'channels first')}
# ${config === 'FOLDER' ? 'FOLDER: where the config.json lies that the network came with' : 'the settings of the network that it was made from'}
config = AutoConfig.from_pretrained('${config}', num_labels=${network.head?.names.length ?? 0}, image_size=${network.input.shape[1] ?? 0})
kind = type(AutoModelForImageClassification.from_config(config))
model, found = kind.from_pretrained(None, config=config, state_dict=${state}, output_loading_info=True)
assert not found['missing_keys'] and not found['unexpected_keys'] and not found['mismatched_keys'], found
model.eval()
with torch.no_grad():
    logits = model(torch.from_numpy(prepare(sys.argv[1]))).logits[0]
probabilities = logits.${answersYesOrNo(network) ? 'sigmoid()' : 'softmax(0)'}.numpy()
${pythonAnswers(network).trimEnd()}`
}

export const pytorchSnippets: readonly Snippet[] = [
  {
    language: 'python',
    title: 'Python, PyTorch',
    writers: ['pytorch'],
    program: (facts) => program(facts, [], `torch.load('${facts.fileName}', weights_only=True)`),
  },
  {
    language: 'python',
    title: 'Python, PyTorch and safetensors',
    writers: ['safetensors-pytorch'],
    program: (facts) => program(facts, ['from safetensors.torch import load_file'], `load_file('${facts.fileName}')`),
  },
]
