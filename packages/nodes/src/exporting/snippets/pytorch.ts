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
