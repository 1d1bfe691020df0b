import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { GraphDocument } from '@graft/graph-schema'
import { readSafetensors, type Tensors, writeSafetensors } from '@graft/network'
import { library } from '@graft/nodes'
import { checkpointOfProgram, exportProgram } from '@graft/runner'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { Workplace } from '../../acceptance/run-graft.js'
import { drawnNetwork } from '../parity/drawn-network.js'
import { imageSize, type NetworkCase, networkGraph, withParams, withSettings } from '../parity/network-graph.js'
import { hasPyTorch, python, runPython } from './python.js'

const workplace = new Workplace()
beforeAll(() => {
  vi.stubEnv('GRAFT_HOME', workplace.home)
  vi.stubEnv('TVSHIM', '1')
})
afterAll(() => {
  workplace.remove()
  vi.unstubAllEnvs()
})

const script = fileURLToPath(new URL('same_network.py', import.meta.url))

/** Whether that Python has a library; TVSHIM lets torchvision load where its compiled part doesn't. */
function has(name: string): boolean {
  const there = spawnSync(python, ['-c', `import ${name}`], { env: { ...process.env, TVSHIM: '1' } }).status === 0
  if (!there) console.log(`skipped: ${python} has no ${name}`)
  return there
}

/** Which take steps, one of each library, and up to where their stages stay as they are: a part of each model. */
const stages: Readonly<Record<string, string>> = { resnet18: 'layer3', vit_tiny_patch16_224: 'blocks.9' }

const models = [
  ...(hasPyTorch && has('torchvision') ? ['resnet18', 'mobilenet_v2', 'efficientnet_b0', 'convnext_tiny'] : []),
  ...(hasPyTorch && has('timm') ? ['vit_tiny_patch16_224'] : []),
]

/** One of each library whose head can have dropout. */
const droppingOut = models.filter((id) => id === 'mobilenet_v2' || id === 'vit_tiny_patch16_224')

async function write(document: GraphDocument, name: string, byLibrary: boolean): Promise<string> {
  const { files } = await exportProgram({ document, base: workplace.directory, byLibrary }, library)
  const folder = join(workplace.directory, `${name}-${byLibrary ? 'library' : 'written'}`)
  for (const [path, bytes] of files) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), bytes)
  }
  return folder
}

async function graphOf(id: string, statistics: NetworkCase['statistics'] = 'batch'): Promise<GraphDocument> {
  const source = join(workplace.directory, `${id}.safetensors`)
  if (!existsSync(source)) writeFileSync(source, await drawnNetwork(id, imageSize))
  return networkGraph({ id, optimizer: 'sgd', statistics }, source)
}

describe.skipIf(models.length === 0)(`programs that call a library's constructor (${python})`, () => {
  it.each(models)(
    'have the network that is written out, in stages too, under the names of the library: %s',
    async (id) => {
      const document = await graphOf(id)
      const folders = [await write(document, id, true), await write(document, id, false)]
      const found = JSON.parse(runPython(folders[0] ?? '', [script, ...folders, String(imageSize)])) as Record<
        string,
        number
      >
      for (const part of ['values', 'stages', 'gradient']) expect(found[part], part).toBeLessThan(1e-5)
      const { tensors } = readSafetensors(readFileSync(join(folders[0] ?? '', 'weights.safetensors')))
      const named = { resnet18: 'layer1.0.bn1.weight', vit_tiny_patch16_224: 'blocks.0.attn.qkv.weight' }[id]
      expect([...tensors.keys()]).toContain(named ?? 'features.0.0.weight')
    },
  )

  it('take the same steps, with stages that stay as they are, and their checkpoints go on here', async () => {
    const id = models.findLast((one) => one in stages) ?? ''
    const document = withParams(await graphOf(id), { 'freeze.to': stages[id] ?? '' })
    const folders = [await write(document, 'steps', true), await write(document, 'steps', false)]
    const [own, other] = folders.map((folder) => {
      train(folder)
      return [...eventsOf(folder, 'step').map(({ loss }) => loss), evaluatedLoss(folder)]
    })
    expect(own).toHaveLength(3)
    own?.forEach((loss, at) => expect(loss / (other?.[at] ?? Number.NaN)).toBeCloseTo(1, 5))

    const [made, written] = await Promise.all(
      folders.map((folder) => taken(document, readFileSync(join(folder, 'runs', 'checkpoint.safetensors')))),
    )
    expect(made).toMatchObject({ node: 'train', checkpoint: { epoch: 2, trainer: { step: 2 } } })
    for (const part of ['weights', 'slots'] as const)
      expect(apart(made!.checkpoint.trainer[part], written!.checkpoint.trainer[part]), part).toBeLessThan(1e-4)
  })

  it.each(droppingOut)(
    'are validated as they are evaluated, with dropout in the head behind stages that stay as they are: %s',
    async (id) => {
      const graph = await graphOf(id, 'frozen')
      const validation = { from: { node: 'split', port: 'val' }, to: { node: 'train', port: 'validation' } }
      const document = withParams(
        { ...graph, edges: [...graph.edges, validation] },
        { 'head.dropout': '0.5', 'train.epochs': '1' },
      )
      const folder = await write(document, `dropout-${id}`, true)
      expect(readFileSync(join(folder, 'settings.py'), 'utf8')).toMatch(/fixed_stages=[1-9]/)
      train(folder)
      const [epoch] = eventsOf(folder, 'epoch')
      expect((epoch?.validation?.loss ?? Number.NaN) / evaluatedLoss(folder)).toBeCloseTo(1, 5)
    },
  )

  it('is refused where the network is none of a library', async () => {
    await expect(write(withSettings('small-similar', {}), 'none', true)).rejects.toThrow(/none of the networks/)
  })
})

it('A checkpoint under other names, of a network that no library makes, is refused by the names that are written out', async () => {
  const state = { epoch: 0, position: 0, loss: 0, hits: 0, seen: 0, best_epoch: 0, waited: 0, stopped: false }
  const facts = { phase: 0, step: 0, state: { ...state, best_value: null, thresholds: null, scores: null, values: [] } }
  const bytes = writeSafetensors(new Map([['network/features.0.0.weight', { shape: [1], data: Float32Array.of(1) }]]), {
    checkpoint: JSON.stringify(facts),
  })
  await expect(taken(withSettings('small-different', {}), bytes)).rejects.toThrow(/The checkpoint has no "stem/)
})

const taken = (document: GraphDocument, bytes: Uint8Array): ReturnType<typeof checkpointOfProgram> =>
  checkpointOfProgram({ document, base: workplace.directory }, library, bytes)

/** Largest difference of values, as a share of each tensor's largest. */
function apart(one: Tensors, other: Tensors): number {
  expect([...one.keys()].toSorted()).toEqual([...other.keys()].toSorted())
  const largest = (values: Float32Array): number => values.reduce((most, value) => Math.max(most, Math.abs(value)), 0)
  return Math.max(
    ...[...one].map(([name, { data }]) => {
      const theirs = other.get(name)!.data
      return largest(data.map((value, at) => value - theirs[at]!)) / Math.max(1e-6, largest(theirs))
    }),
  )
}

/** On few images of each part. */
function train(folder: string): void {
  for (const table of ['train', 'validation']) keepRows(folder, table, 12)
  runPython(folder, ['train.py', '--device', 'cpu'])
}

const evaluatedLoss = (folder: string): number =>
  (JSON.parse(runPython(folder, ['evaluate.py', '--device', 'cpu'])) as { readonly loss: number }).loss

function keepRows(folder: string, table: string, rows: number): void {
  const path = join(folder, 'data', `${table}.csv`)
  writeFileSync(
    path,
    `${readFileSync(path, 'utf8')
      .split('\n')
      .slice(0, rows + 1)
      .join('\n')}\n`,
  )
}

interface Event {
  readonly event: string
  readonly loss: number
  readonly validation?: { readonly loss: number }
}

const eventsOf = (folder: string, wanted: string): readonly Event[] =>
  readFileSync(join(folder, 'runs', 'metrics.jsonl'), 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Event)
    .filter(({ event }) => event === wanted)
