import { serveRun } from '../process/serve-run.js'
import { stubEngine } from './run-stub-graph.js'
import { stubLibrary } from './stub-nodes.js'

// Executes runs of stub nodes; started by tests.
const engine = stubEngine('1.0')
serveRun(stubLibrary, async () => ({ engines: { forward: engine, training: engine } }))
