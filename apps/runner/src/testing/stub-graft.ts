import { runProgram } from '../cli/program.js'
import { graphOf } from './run-stub-graph.js'
import { stubLibrary } from './stub-nodes.js'

// The command line over stub nodes; started by tests.
const template = graphOf({ one: { type: 'constant' }, add: { type: 'sum' }, out: { type: 'write' } }, ['one.value -> add.terms', 'add.value -> out.value'])

process.exitCode = await runProgram(process.argv.slice(2), {
  library: stubLibrary,
  templates: [{ id: 'one-and-sum', title: 'One and sum', quadrant: { size: 'small', similarity: 'similar' }, summary: 'Adds up.' }],
  readTemplate: (id) => (id === 'one-and-sum' ? template : null),
  runProgram: new URL('./stub-child.js', import.meta.url),
})
