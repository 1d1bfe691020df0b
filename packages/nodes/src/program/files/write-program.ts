import { readFile } from 'node:fs/promises'
import { must } from '@graft/errors'
import { writers, writeSafetensors } from '@graft/network'
import { modelFile } from '../network/model-file.js'
import { libraryModelFile } from '../library/library-model-file.js'
import { asWritten, stateDict } from '../network/torch-network.js'
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
  'folding.py',
  'freezing.py',
  'data.py',
  'inputs.py',
  'memory.py',
  'processes.py',
  'readers.py',
  'schedules.py',
  'soup.py',
  'training.py',
  'train.py',
  'evaluate.py',
  'predict.py',
  'weights_file.py',
  'pyproject.toml',
]

/** All files of the program that does what the graph does. */
export async function writeProgram(
  source: ProgramSource,
  document: Parameters<typeof readmeFile>[1],
): Promise<ProgramFiles> {
  const readme = new TextEncoder().encode(readmeFile(source.plan, document, madeBy(source)))
  return new Map([...(await programFiles(source)), ['README.md', readme]])
}

const madeBy = ({ torch }: ProgramSource): Parameters<typeof readmeFile>[2] =>
  'parts' in torch ? { library: torch.models.library, name: torch.name } : undefined

/** The same without what tells a person about it. */
export async function programFiles(source: ProgramSource): Promise<ProgramFiles> {
  const { plan, torch } = source
  const encode = (text: string): Uint8Array => new TextEncoder().encode(text)
  const model = 'parts' in torch ? libraryModelFile(torch) : modelFile(torch)
  // What the phases before have learned stays: only what changed is written.
  const later = [...source.laterTensors].map(([name, changed]): [string, Uint8Array] => [
    name,
    writeSafetensors(stateDict(torch, changed)),
  ])
  return new Map([
    ...(await staticParts(plan, model)),
    ['requirements.txt', encode(await requirements(torch))],
    ['settings.py', encode(settingsFile(plan, torch))],
    ['model.py', encode(model)],
    ['weights.safetensors', await weightsFile(source)],
    ...later,
    ...source.files,
  ])
}

/** With the network's description where its layers are written out; under a library's names it is known by these. */
async function weightsFile({ torch, network, tensors }: ProgramSource): Promise<Uint8Array> {
  const values = stateDict(torch, tensors)
  if ('parts' in torch) return writeSafetensors(values)
  const writer = must(
    writers.find(({ id }) => id === 'safetensors'),
    'the writer of safetensors',
  )
  return writer.write(asWritten(torch, network), values)
}

/** With the library whose constructor is called, in the versions that go with the oldest and the newest PyTorch. */
async function requirements(torch: ProgramSource['torch']): Promise<string> {
  const always = await readFile(new URL('requirements.txt', parts), 'utf8')
  return 'parts' in torch ? `${always}${libraries[torch.models.library]}\n` : always
}

const libraries = { torchvision: 'torchvision>=0.14,<0.29', timm: 'timm>=1.0,<1.1' } as const

const parts = new URL('../../../programs/pytorch/', import.meta.url)

/** What heads that are computed at once need. */
function headParts({ phases }: ProgramPlan): readonly string[] {
  const methods = new Set(phases.flatMap(({ head }) => head?.method ?? []))
  return methods.size === 0 ? [] : ['heads.py', ...[...methods].map((method) => `${method}.py`)]
}

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
    ...headParts(plan).map((name): [string, string] => [name, name]),
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
