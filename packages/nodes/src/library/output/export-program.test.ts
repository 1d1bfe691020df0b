import { expect, it } from 'vitest'
import type { ProgramOf } from '../../sdk/node-context.js'
import { createTestContext } from '../../testing/test-context.js'
import { exportProgram } from './export-program.js'

const document = {
  nodes: { fit: { type: 'train' }, node: { type: 'export-program' } },
  edges: [{ from: { node: 'fit', port: 'model' }, to: { node: 'node', port: 'model' } }],
}

it.each([
  [{}, false],
  [{ library: true }, true],
])('asks for the program of the Train before it, as it is set: %j', async (given, byLibrary) => {
  const asked: ProgramOf[] = []
  const context = Object.assign(createTestContext(), {
    document,
    program: async (of: ProgramOf) => {
      asked.push(of)
      return { files: new Map([['train.py', Uint8Array.of(1)]]), remarks: ['Dropout draws other numbers.'] }
    },
  })
  const inputs = { model: null } as never
  const { program } = await exportProgram.run({ params: exportProgram.params.parse(given), inputs, context })
  expect(asked).toEqual([{ train: 'fit', byLibrary }])
  expect(program).toMatchObject({ kind: 'file', blob: { name: 'program.zip' } })
})
