import type { Surroundings } from '../cli/surroundings.js'
import { graphOf } from './run-stub-graph.js'
import { stubLibrary } from './stub-nodes.js'

const template = graphOf({ one: { type: 'constant' }, add: { type: 'sum' }, out: { type: 'write' } }, [
  'one.value -> add.terms',
  'add.value -> out.value',
])

/** What the command line works with in tests: stub nodes and one template. */
export const stubSurroundings: Surroundings = {
  library: stubLibrary,
  templates: [
    {
      id: 'one-and-sum',
      title: 'One and sum',
      quadrant: { size: 'small', similarity: 'similar' },
      needsPhotos: false,
      summary: 'Adds up.',
    },
  ],
  readTemplate: (id) => (id === 'one-and-sum' ? template : null),
  runProgram: new URL('./stub-child.js', import.meta.url),
  helperProgram: new URL('./stub-helper.js', import.meta.url),
}
