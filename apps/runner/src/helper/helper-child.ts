import { library } from '@graft/nodes'
import { serveHelper } from './serve-helper.js'

// The program of the server's helper process; started by helper-process.ts.
serveHelper(library)
