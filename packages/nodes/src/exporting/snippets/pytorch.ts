import type { Snippet, SnippetFacts } from './snippet.js'

const program = ({ network, architecture }: SnippetFacts, imports: readonly string[], state: string): string => {
  const classes = network.head?.names.length ?? 0
  const name = architecture ?? network.name
  return `# pip install torch torchvision
import torch
import torchvision
${imports.map((line) => `${line}\n`).join('')}
model = torchvision.models.${name}(num_classes=${classes})  # or: timm.create_model("${name}", num_classes=${classes})
model.load_state_dict(${state}, strict=True)
model.eval()`
}

export const pytorchSnippets: readonly Snippet[] = [
  {
    language: 'python',
    title: 'Python, PyTorch',
    writers: ['pytorch'],
    program: (facts) => program(facts, [], `torch.load("${facts.fileName}", weights_only=True)`),
  },
  {
    language: 'python',
    title: 'Python, PyTorch and safetensors',
    writers: ['safetensors-pytorch'],
    program: (facts) => program(facts, ['from safetensors.torch import load_file'], `load_file("${facts.fileName}")`),
  },
]
