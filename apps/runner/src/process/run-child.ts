import { library } from '@graft/nodes'
import { serveRun } from './serve-run.js'

// The program of the process that executes a run; started by run-in-child.ts.
serveRun(library)
