import { spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { GraphDocument } from '@graft/graph-schema'
import { readSafetensors } from '@graft/network'
import { library } from '@graft/nodes'
import { exportProgram } from '@graft/runner'
import { afterAll, describe, expect, it, vi } from 'vitest'
import { Workplace } from '../../acceptance/run-graft.js'
import { drawnNetwork } from '../parity/drawn-network.js'
import { imageSize, networkGraph, withSettings } from '../parity/network-graph.js'
import { hasPyTorch, python, runPython } from './python.js'

const workplace = new Workplace()
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

/** Up to where stages stay as they are, which is a part of each model. */
const stages: Readonly<Record<string, string>> = { resnet18: 'layer3', vit_tiny_patch16_224: 'blocks.9' }

const models = [
  ...(hasPyTorch && has('torchvision') ? ['resnet18', 'mobilenet_v2', 'efficientnet_b0', 'convnext_tiny'] : []),
  ...(hasPyTorch && has('timm') ? ['vit_tiny_patch16_224'] : []),
]

async function write(document: GraphDocument, name: string, byLibrary: boolean): Promise<string> {
  vi.stubEnv('GRAFT_HOME', workplace.home)
  vi.stubEnv('TVSHIM', '1')
  const { files } = await exportProgram({ document, base: workplace.directory, byLibrary }, library)
  const folder = join(workplace.directory, `${name}-${byLibrary ? 'library' : 'written'}`)
  for (const [path, bytes] of files) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), bytes)
  }
  return folder
}

async function graphOf(id: string): Promise<GraphDocument> {
  const source = join(workplace.directory, `${id}.safetensors`)
  writeFileSync(source, await drawnNetwork(id, imageSize))
  return networkGraph({ id, optimizer: 'sgd', statistics: 'batch' }, source)
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

  it('take the same steps, with stages that stay as they are', async () => {
    const id = models.at(-1) ?? ''
    const { nodes, ...rest } = await graphOf(id)
    const freeze = nodes['freeze']!
    const document = {
      ...rest,
      nodes: { ...nodes, freeze: { ...freeze, params: { ...freeze.params, to: stages[id] ?? 'stage3' } } },
    }
    const folders = [await write(document, 'steps', true), await write(document, 'steps', false)]
    const [own, other] = folders.map((folder) => {
      for (const table of ['train', 'validation']) keepRows(folder, table, 12)
      runPython(folder, ['train.py', '--device', 'cpu'])
      const { loss } = JSON.parse(runPython(folder, ['evaluate.py'])) as { readonly loss: number }
      return [...stepsOf(folder), loss]
    })
    expect(own).toHaveLength(3)
    own?.forEach((loss, at) => expect(loss / (other?.[at] ?? Number.NaN)).toBeCloseTo(1, 5))
  })

  it('is refused where the network is none of a library', async () => {
    await expect(write(withSettings('small-similar', {}), 'none', true)).rejects.toThrow(/none of the networks/)
  })
})

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

const stepsOf = (folder: string): readonly number[] =>
  readFileSync(join(folder, 'runs', 'metrics.jsonl'), 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as { readonly event: string; readonly loss: number })
    .filter(({ event }) => event === 'step')
    .map(({ loss }) => loss)
