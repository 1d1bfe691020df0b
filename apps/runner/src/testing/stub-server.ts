import { findHome } from '../home.js'
import { runPlaces } from '../runs/machines/machines.js'
import { startServer } from '../server/start-server.js'
import { stubSurroundings } from './stub-surroundings.js'

// A server over stub nodes whose runs are scripted; started, and killed, by tests. Words: what to do with orphans, runs
// at once, where runs go, port.
const [onRestart = 'mark', parallel = '1', runsOn = 'auto', port = '0'] = process.argv.slice(2)
const server = await startServer({
  ...stubSurroundings,
  home: findHome(),
  port: Number(port),
  runsOn: runPlaces.find((place) => place === runsOn) ?? 'auto',
  runProgram: new URL('./scripted-child.js', import.meta.url),
  onRestart: onRestart === 'resume' ? 'resume' : 'mark',
  parallel: Number(parallel),
  limits: { requestsPerSecond: 100_000, expensivePerSecond: 100_000 },
  log: (line) => process.stderr.write(`${line}\n`),
})
process.on('SIGTERM', () => void server.close().then(() => process.exit(0)))
process.on('disconnect', () => process.exit(0))
process.send?.({ port: server.port })
