// Kills trainings with SIGKILL at random steps, one to three times each, resumes them, and compares the weights with
// those of a training that was left alone.
//   node packages/tests/bench/kill-and-resume.mjs [--kills 20] [--data FOLDER] [--epochs 20] [--seed N]
// Without --data (and without ../shared/real) the embedded images are used. Ends with 1 when any run ends with other
// weights.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { existsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { findHome, openDatabase, RunStore, superviseRun } from '../../../apps/runner/dist/index.js'
import { edge, machineFacts, node, printTable, trainingOf } from './bench-kit.mjs'

const root = fileURLToPath(new URL('../../../', import.meta.url))
const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '20' },
    data: { type: 'string' },
    epochs: { type: 'string', default: '20' },
    seed: { type: 'string' },
    out: { type: 'string' },
  },
})
const seed = Number(values.seed ?? Date.now() % 1_000_000)
const real = join(process.env.GRAFT_REAL_DATA ?? resolve(root, '../shared/real'), 'hymenoptera')
const data = values.data ?? (existsSync(real) ? real : undefined)
const wanted = Number(values.kills)
process.env.GRAFT_CHECKPOINT_SECONDS = '0'

let state = seed >>> 0
const random = () => {
  state = (state + 0x6d2b79f5) >>> 0
  let bits = Math.imul(state ^ (state >>> 15), state | 1)
  bits ^= bits + Math.imul(bits ^ (bits >>> 7), bits | 61)
  return ((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32
}

/** Late stages learn, with dropout and augmentation: everything that has state is in play. */
const document = documentOf()
function documentOf() {
  const training = trainingOf('kill and resume', {
    images: data === undefined ? node('sample-data', { set: 'small-similar' }) : node('image-folder', { path: data }),
    freeze: { to: 'stage4' },
    train: { epochs: Number(values.epochs), batchSize: 16 },
  })
  return {
    ...training,
    nodes: { ...training.nodes, augment: node('augment') },
    edges: [
      ...training.edges.filter(({ to }) => to.node !== 'train' || to.port !== 'train'),
      edge('split.train', 'augment.images'),
      edge('augment.images', 'train.train'),
    ],
  }
}

/**
 * Runs once to its end, or until it is killed. The kill comes `delay` milliseconds after the first sign that `step`
 * optimizer steps are done: so it lands in the middle of training however fast the machine is. `step` of the outcome:
 * steps that were seen done when it was killed.
 */
async function attempt(store, id, kill) {
  const outcome = { weights: null, killed: false, step: 0, total: 0, slowest: 0 }
  let timer
  let last = 0
  for await (const event of superviseRun(id, { store, cancel: new AbortController().signal })) {
    if (event.type === 'node-progress' && event.node === 'train' && event.unit === 'steps') {
      outcome.slowest = Math.max(outcome.slowest, last === 0 ? 0 : Date.now() - last)
      last = Date.now()
      Object.assign(outcome, { step: event.done, total: event.total })
      if (kill !== null && timer === undefined && event.done >= kill.step)
        timer = setTimeout(() => shoot(store, id, outcome), kill.delay)
    }
    if (event.type === 'node-finished' && event.node === 'train') {
      clearTimeout(timer)
      outcome.weights = Object.values(event.outputs.model.network.parameters)
        .map((parameter) => parameter.source.blob)
        .find(Boolean)
    }
    if (event.type === 'node-failed' && !outcome.killed) throw new Error(`${event.node}: ${event.problem.message}`)
  }
  clearTimeout(timer)
  return outcome
}

/** Only a process that has steps left to do is hit; a kill that would come too late is none. */
function shoot(store, id, outcome) {
  const { summary, worker } = store.find(id) ?? {}
  if (summary?.status !== 'running' || !worker || outcome.weights !== null || outcome.step >= outcome.total) return
  outcome.killed = true
  process.kill(worker.pid, 'SIGKILL')
}

function newStore() {
  const directory = mkdtempSync(join(tmpdir(), 'graft-kill-'))
  process.env.GRAFT_HOME = directory
  const database = openDatabase(findHome())
  return { directory, database, store: new RunStore(database) }
}
const request = () => ({
  document,
  graph: 'kill',
  base: '/',
  engine: 'auto',
  ignoreCache: false,
  debug: false,
  to: ['train'],
})

console.log(`seed ${seed}, ${data ?? 'embedded images'}, ${wanted} kills`)
const reference = newStore()
const whole = await attempt(reference.store, reference.store.startNow({ request: request() }).summary.id, null)
console.log(`left alone: weights ${whole.weights?.slice(0, 16)} after ${whole.total} steps`)
reference.database.close()
rmSync(reference.directory, { recursive: true, force: true })
const rows = []
let kills = 0
let missed = 0
while (kills < wanted) {
  const { directory, database, store } = newStore()
  const id = store.startNow({ request: request() }).summary.id
  const planned = Math.min(1 + Math.floor(random() * 3), wanted - kills)
  const at = []
  let outcome
  for (;;) {
    const from = at.at(-1) ?? 0
    // The last steps are left out: a kill there could come after the end.
    const room = Math.floor(whole.total * 0.8) - from - 1
    const kill =
      at.length < planned && room > 0
        ? { step: from + 1 + Math.floor(random() * room), delay: Math.floor(random() * whole.slowest) }
        : null
    outcome = await attempt(store, id, kill)
    if (!outcome.killed) {
      if (kill !== null) missed += 1
      break
    }
    kills += 1
    at.push(outcome.step)
    if (store.resumeNow(id) === null) throw new Error(`run ${id} could not be resumed`)
  }
  const events = store.events(id)
  const resumes = events.filter(
    (event) => event.type === 'log' && event.message.startsWith('Going on from a checkpoint'),
  ).length
  rows.push({
    run: rows.length + 1,
    kills: at.length,
    'killed after step': at.join(', '),
    of: whole.total,
    'resumed from checkpoint': resumes,
    weights: outcome.weights?.slice(0, 16),
    same: outcome.weights === whole.weights,
    'events in order': events.every((event, index) => event.sequence === index),
  })
  console.log(
    `run ${rows.length}: killed after steps ${at.join(', ') || '-'} of ${whole.total}, ${resumes} resumed from a checkpoint, weights ${outcome.weights === whole.weights ? 'the same' : 'DIFFERENT'}`,
  )
  database.close()
  rmSync(directory, { recursive: true, force: true })
}
printTable(rows)
const passed = rows.every((row) => row.same && row['events in order'])
const result = {
  name: 'kill-and-resume',
  machine: machineFacts(),
  seed,
  data: data === undefined ? 'embedded' : 'hymenoptera',
  epochs: Number(values.epochs),
  weights: whole.weights,
  kills,
  missed,
  passed,
  rows,
}
const file = values.out ?? join(root, 'packages/tests/bench/results/kill-and-resume.json')
mkdirSync(dirname(file), { recursive: true })
writeFileSync(file, `${JSON.stringify(result, null, 2)}\n`)
console.log(
  `${kills} kills in the middle of training (${missed} came too late and are not counted), ${rows.length} runs: ${passed ? 'every one ended with the same weights' : 'FAILED'}`,
)
process.exit(passed ? 0 : 1)
