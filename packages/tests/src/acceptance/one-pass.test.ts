import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { nodesThatRan, Workplace } from './run-graft.js'
import { trainingDetail } from './stored.js'

const place = new Workplace()
afterAll(() => place.remove())

interface Edge {
  readonly from: { readonly node: string; readonly port: string }
  readonly to: { readonly node: string; readonly port: string }
}
interface Document {
  readonly nodes: Readonly<Record<string, { readonly type: string; readonly params: object }>>
  readonly edges: readonly Edge[]
}

const branch = ['head', 'freeze', 'train', 'evaluate']

/** The template with a head on its last stage, and after it a branch with one on all stages. */
function twoHeads(): Document {
  const url = new URL('../../../nodes/templates/small-similar.graft.json', import.meta.url)
  const { nodes, edges, ...rest } = JSON.parse(readFileSync(url, 'utf8')) as Document
  const second = (id: string): string => (branch.includes(id) ? `${id}-all` : id)
  const solved: Document['nodes'] = { ...nodes, train: { ...nodes['train']!, params: { method: 'solver' } } }
  const copies = Object.fromEntries(branch.map((id) => [second(id), solved[id]!]))
  const all = { ...solved['head']!, params: { features: 'all' } }
  return {
    ...rest,
    nodes: { ...solved, ...copies, 'head-all': all },
    edges: [
      ...edges,
      ...edges
        .filter(({ to }) => branch.includes(to.node))
        .map(({ from, to }) => ({ from: { ...from, node: second(from.node) }, to: { ...to, node: second(to.node) } })),
    ],
  }
}

it('heads on the last stage and on all stages of one graph share one pass, in whatever order they stand', async () => {
  const graph = join(place.directory, 'two-heads.graft.json')
  writeFileSync(graph, JSON.stringify(twoHeads()))
  const run = await place.run(graph, '--to', 'evaluate', '--to', 'evaluate-all')
  expect(run.code, run.stderr).toBe(0)
  const [last, all] = [await trainingDetail(place, run), await trainingDetail(place, run, 'train-all')]
  expect(all.prefix.cached).toBe(0)
  expect(all.prefix.computed).toBeGreaterThan(0)
  expect(last.prefix).toMatchObject({ computed: 0, cached: all.prefix.computed })
  // Evaluate puts the test images through the network, so that of all stages goes first there, too.
  const order = nodesThatRan(run)
  expect(order.indexOf('evaluate-all')).toBeLessThan(order.indexOf('evaluate'))
})
