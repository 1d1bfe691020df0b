import { serveHelper } from '../helper/serve-helper.js'
import { stubLibrary } from './stub-nodes.js'

// Answers questions about graphs of stub nodes; started by tests.
serveHelper(stubLibrary)
