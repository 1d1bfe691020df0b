import { library } from '@graft/nodes'
import { loadPlugins } from '../plugins/load-plugins.js'
import { serveHelper } from './serve-helper.js'

// The program of the server's helper process; started by helper-process.ts.
const { definitions } = await loadPlugins({ library })
serveHelper([...library, ...definitions])
