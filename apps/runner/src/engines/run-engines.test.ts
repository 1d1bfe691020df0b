import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { runEngines } from './run-engines.js'

const home = { measurements: join(mkdtempSync(join(tmpdir(), 'graft-engines-')), 'engines.json') }
const open = { engine: 'auto', device: 'auto' } as const

it('a run that goes on keeps the engine that it was with where that works here, whatever is faster', async () => {
  const { computing } = await runEngines(open, { home, prefers: 'tfjs' })
  expect([computing.name, computing.settle]).toEqual(['tfjs', undefined])
})

it.each([
  ['is not here', open, 'onnx on nothing'],
  ['was not asked for', { engine: 'onnx', device: 'cpu' } as const, 'tfjs'],
])('and takes another where that one %s', async (_, wish, prefers) => {
  const [preferring, plain] = [await runEngines(wish, { home, prefers }), await runEngines(wish, { home })]
  expect(preferring.computing.name).toBe(plain.computing.name)
  expect(await preferring.computing.identity()).toBe(await plain.computing.identity())
})
