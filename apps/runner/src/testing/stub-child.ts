import { serveRun } from '../process/serve-run.js'
import { stubComputing } from './run-stub-graph.js'
import { stubLibrary } from './stub-nodes.js'

// Executes runs of stub nodes; started by tests.
serveRun(stubLibrary, async () => ({ computing: stubComputing('1.0') }))
