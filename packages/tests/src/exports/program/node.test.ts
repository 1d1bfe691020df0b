import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { GraphDocument } from '@graft/graph-schema'
import { parseDocument, serializeDocument } from '@graft/graph-schema'
import { library, readTemplate } from '@graft/nodes'
import { exportProgram } from '@graft/runner'
import { afterAll, describe, expect, it, vi } from 'vitest'
import { Workplace } from '../../acceptance/run-graft.js'
import { withSettings } from '../parity/network-graph.js'

const workplace = new Workplace()
afterAll(() => {
  workplace.remove()
  vi.unstubAllEnvs()
})

describe('Export Program', () => {
  it('gives the program of the Train before it as a zip file', async () => {
    vi.stubEnv('GRAFT_HOME', workplace.home)
    const document = withNode()
    const graph = join(workplace.directory, 'graph.graft.json')
    writeFileSync(graph, serializeDocument(document))
    const run = await workplace.run(graph, '--set', 'train.epochs=1', '--to', 'program', '--engine', 'onnx')
    expect(run.code, run.stderr).toBe(0)
    const zip = readFileSync(join(run.out, 'mine.zip'))
    const trained = { ...document.nodes['train']!, params: { ...document.nodes['train']!.params, epochs: 1 } }
    const changed = { ...document, nodes: { ...document.nodes, train: trained } }
    const { files } = await exportProgram({ document: changed, base: workplace.directory, last: 'train' }, library)
    // The entries of a zip file that isn't compressed stand in it as they are.
    for (const name of ['model.py', 'settings.py', 'train.py', 'weights.safetensors', 'README.md']) {
      expect(zip.includes(`mine/${name}`), name).toBe(true)
      expect(zip.includes(Buffer.from(files.get(name)!)), name).toBe(true)
    }
  })

  it('is refused where no Train is before it', async () => {
    const document = withNode('backbone')
    const graph = join(workplace.directory, 'without.graft.json')
    writeFileSync(graph, serializeDocument(document))
    const run = await workplace.run(graph, '--to', 'program')
    expect(run.code).not.toBe(0)
    const failed = run.events.find((event) => event.type === 'node-failed')
    expect(failed).toMatchObject({ node: 'program', problem: { field: 'model' } })
  })

  it('is refused for nearest neighbours between other Trains, whose network has another head', async () => {
    vi.stubEnv('GRAFT_HOME', workplace.home)
    const document = withSettings('large-similar', { 'train.method': 'nearestNeighbours' })
    const written = exportProgram({ document, base: workplace.directory }, library)
    await expect(written).rejects.toMatchObject({
      field: 'method',
      message: expect.stringMatching(/"train" puts its training images .* which "finetune" trains/),
      fix: expect.stringMatching(/earlier Train/),
    })
  })
})

/** A template with the node behind one of its others. */
function withNode(behind = 'train'): GraphDocument {
  const { document } = parseDocument(readTemplate('small-similar'))
  return {
    ...document!,
    nodes: { ...document!.nodes, program: { type: 'export-program', version: 1, params: { name: 'mine' } } },
    edges: [...document!.edges, { from: { node: behind, port: 'model' }, to: { node: 'program', port: 'model' } }],
  }
}
