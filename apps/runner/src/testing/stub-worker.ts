import { parseArgs } from 'node:util'
import { workUntilInterrupted } from '../cli/work-until-interrupted.js'
import { findHome } from '../home.js'
import { version } from '../version.js'

const minute = 60_000

// A worker over stub nodes, without asking for engines, which takes seconds; started, and killed, by tests.
const { values } = parseArgs({
  options: {
    server: { type: 'string', default: '' },
    name: { type: 'string', default: 'stub' },
    mounted: { type: 'string' },
    limit: { type: 'string', default: '1000000' },
  },
})
process.exitCode = await workUntilInterrupted({
  server: { address: values.server },
  worker: {
    ...{ id: `${values.name}-${process.pid}`, name: values.name, version },
    ...{ platform: 'stub', processor: 'stub', cores: 1, memoryTotal: 1 },
    engines: [{ id: 'tfjs', device: 'cpu' }],
    plugins: [],
  },
  home: findHome(),
  program: new URL('./stub-child.js', import.meta.url),
  device: 'auto',
  mounted: values.mounted === undefined ? [] : [values.mounted],
  limitBytes: Number(values.limit),
  // A busy machine must not cost it its run.
  patience: { leave: 10 * minute, quit: minute },
  say: (message) => process.stdout.write(`${message}\n`),
})
