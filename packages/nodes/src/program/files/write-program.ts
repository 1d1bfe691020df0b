import { readFile } from 'node:fs/promises'
import { must } from '@graft/errors'
import { writers, writeSafetensors } from '@graft/network'
import { modelFile } from '../network/model-file.js'
import { asWritten, stateDict, torchNetwork } from '../network/torch-network.js'
import type { ProgramPlan, ProgramSource } from '../plan/program-plan.js'
import { readmeFile } from './readme-file.js'
import { settingsFile } from './settings-file.js'
import { programTransforms } from './augmentation.js'

/** Files of a program by their paths. */
export type ProgramFiles = ReadonlyMap<string, Uint8Array>

/** Parts that every program has. */
const always = [
  'checkpoints.py',
  'configuration.py',
  'rng.py',
  'images.py',
  'geometry.py',
  'data.py',
  'inputs.py',
  'processes.py',
  'schedules.py',
  'training.py',
  'train.py',
  'evaluate.py',
  'predict.py',
  'weights_file.py',
  'requirements.txt',
  'pyproject.toml',
]

/** All files of the program that does what the graph does. */
export async function writeProgram(
  source: ProgramSource,
  document: Parameters<typeof readmeFile>[1],
): Promise<ProgramFiles> {
  const readme = new TextEncoder().encode(readmeFile(source.plan, document))
  return new Map([...(await programFiles(source)), ['README.md', readme]])
}

/** The same without what tells a person about it. */
export async function programFiles(source: ProgramSource): Promise<ProgramFiles> {
  const { plan, network, tensors } = source
  const torch = torchNetwork(network)
  const writer = must(
    writers.find(({ id }) => id === 'safetensors'),
    'the writer of safetensors',
  )
  const encode = (text: string): Uint8Array => new TextEncoder().encode(text)
  const model = modelFile(torch)
  // What the phases before have learned stays: only what changed is written.
  const later = [...source.laterTensors].map(([name, changed]): [string, Uint8Array] => [
    name,
    writeSafetensors(stateDict(torch, changed)),
  ])
  return new Map([
    ...(await staticParts(plan, model)),
    ['settings.py', encode(settingsFile(plan, torch))],
    ['model.py', encode(model)],
    ['weights.safetensors', await writer.write(asWritten(torch, network), stateDict(torch, tensors))],
    ...later,
    ...source.files,
  ])
}

const parts = new URL('../../../programs/pytorch/', import.meta.url)

async function staticParts(plan: ProgramPlan, model: string): Promise<[string, Uint8Array][]> {
  const used = new Set(
    plan.phases.flatMap(({ augmentation }) =>
      augmentation.map(({ name }) => programTransforms.find((one) => one.name === name)?.module),
    ),
  )
  const wanted: [string, string][] = [
    ...always.map((name): [string, string] => [name, name]),
    ['task.py', `tasks/${plan.task.replace('-', '_')}.py`],
    ...(used.has('colours') || used.has('policies') ? ([['colours.py', 'colours.py']] as [string, string][]) : []),
    ...(used.has('policies') ? ([['policies.py', 'policies.py']] as [string, string][]) : []),
    ...(model.includes('from layers import') ? ([['layers.py', 'layers.py']] as [string, string][]) : []),
    ...(plan.phases.some(({ solver }) => solver !== null) ? ([['solver.py', 'solver.py']] as [string, string][]) : []),
  ]
  return Promise.all(
    wanted.map(
      async ([name, part]): Promise<[string, Uint8Array]> => [
        name,
        new Uint8Array(await readFile(new URL(part, parts))),
      ],
    ),
  )
}
