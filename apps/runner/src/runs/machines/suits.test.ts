import type { Worker } from '@graft/graph-schema'
import type { NodeDefinition } from '@graft/nodes'
import { expect, it } from 'vitest'
import { graphOf } from '../../testing/run-stub-graph.js'
import { stubLibrary } from '../../testing/stub-nodes.js'
import { unsuited } from './suits.js'

const [constant] = stubLibrary as readonly [NodeDefinition]
const blur = { ...constant, type: 'blur/gives', plugin: { name: 'blur', version: '1.2.0' } }
const worker = (plugins: Worker['plugins'], engines: Worker['engines'] = [{ id: 'onnx', device: 'cpu' }]): Worker => ({
  ...{ id: 'w', name: 'w', version: '1', platform: 'p', processor: 'p', cores: 1, memoryTotal: 1 },
  ...{ plugins, engines },
})
const run = { document: graphOf({ one: { type: 'blur/gives' } }), engine: 'auto', device: 'auto' }
const known = { library: [...stubLibrary, blur] }

it.each([
  ['which it does not have', [], 'it has no plugin "blur" 1.2.0'],
  [
    'of which it has another version',
    [{ name: 'blur', version: '1.3.0' }],
    'it has version 1.3.0 of plugin "blur", and 1.2.0 is here',
  ],
])('a worker does no run with a plugin %s, and says so by name', (_, plugins, reason) => {
  expect(unsuited(run, worker(plugins), known)).toContain(reason)
})

it('a worker does what it has the plugins, engine and device for', () => {
  expect(unsuited(run, worker([{ name: 'blur', version: '1.2.0' }]), known)).toBeNull()
  const plain = { ...run, document: graphOf({ one: { type: 'constant' } }) }
  expect(unsuited({ ...plain, device: 'cuda' }, worker([]), known)).toContain('"cuda"')
  expect(unsuited({ ...plain, device: 'cuda' }, worker([], [{ id: 'onnx', device: 'cuda' }]), known)).toBeNull()
  expect(unsuited({ ...plain, engine: 'tfjs' }, worker([]), known)).toContain('"tfjs"')
  expect(unsuited(plain, worker([], []), known)).toContain('no engine that works')
})

it('a run that trains in several processes here, or with other machines, stays with the machine that it was begun on', () => {
  const plain = { ...run, document: graphOf({ one: { type: 'constant' } }) }
  expect(unsuited({ ...plain, together: { processes: 2 } }, worker([]), known)).toContain('graft resume')
})
