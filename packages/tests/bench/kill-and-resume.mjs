// Kills trainings with SIGKILL at random moments, resumes them, and compares the weights with those of a training that was left alone.
//   node packages/tests/bench/kill-and-resume.mjs [--kills 20] [--data FOLDER] [--epochs 8] [--seed N]
// Without --data (and without ../shared/real) the embedded pictures are used. Ends with 1 when any run ends with other weights.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { existsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { findHome, openDatabase, RunStore, superviseRun } from '../../../apps/runner/dist/index.js'

const root = fileURLToPath(new URL('../../../', import.meta.url))
const { values } = parseArgs({ options: { kills: { type: 'string', default: '20' }, data: { type: 'string' }, epochs: { type: 'string', default: '8' }, seed: { type: 'string' }, out: { type: 'string' } } })
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

const edge = (from, to) => {
  const end = (text) => ({ node: text.split('.')[0], port: text.split('.')[1] })
  return { from: end(from), to: end(to) }
}
/** Late stages learn, with dropout and augmentation: everything that has state is in play. */
const document = {
  format: 'graft-graph', version: 1, name: 'kill and resume', description: '',
  nodes: {
    images: data === undefined ? { type: 'sample-data', version: 1, params: { set: 'small-similar' } } : { type: 'image-folder', version: 1, params: { path: data } },
    split: { type: 'split', version: 1, params: {} },
    augment: { type: 'augment', version: 1, params: {} },
    backbone: { type: 'load-backbone', version: 1, params: {} },
    strip: { type: 'strip-head', version: 1, params: {} },
    head: { type: 'add-head', version: 1, params: { classes: 0 } },
    freeze: { type: 'freeze-range', version: 1, params: { to: 'stage4' } },
    train: { type: 'train', version: 1, params: { epochs: Number(values.epochs), batchSize: 16 } },
  },
  edges: [
    edge('images.images', 'split.images'), edge('split.train', 'augment.images'), edge('backbone.model', 'strip.model'), edge('strip.model', 'head.model'), edge('split.train', 'head.images'),
    edge('head.model', 'freeze.model'), edge('freeze.model', 'train.model'), edge('augment.images', 'train.train'), edge('split.val', 'train.validation'),
  ],
  layout: { positions: {}, frames: [], notes: [] },
}

/** Runs once to its end, or until it is killed after a while of training. */
async function attempt(store, id, killAfter) {
  const never = new AbortController().signal
  let timer
  let weights = null
  let killed = false
  let started = 0
  for await (const event of superviseRun(id, { store, cancel: never })) {
    if (event.type === 'node-started' && event.node === 'train') {
      started = Date.now()
      if (killAfter !== null) {
        timer = setTimeout(() => {
          const worker = store.find(id)?.worker
          if (!worker) return
          killed = true
          process.kill(worker.pid, 'SIGKILL')
        }, killAfter)
      }
    }
    if (event.type === 'node-finished' && event.node === 'train') {
      clearTimeout(timer)
      weights = Object.values(event.outputs.model.network.parameters).map((parameter) => parameter.source.blob).find(Boolean)
    }
    if (event.type === 'node-failed' && !killed) throw new Error(`${event.node}: ${event.problem.message}`)
  }
  clearTimeout(timer)
  return { weights, killed, milliseconds: Date.now() - started }
}

function newStore() {
  const directory = mkdtempSync(join(tmpdir(), 'graft-kill-'))
  process.env.GRAFT_HOME = directory
  const database = openDatabase(findHome())
  return { directory, database, store: new RunStore(database) }
}
const request = () => ({ document, graph: 'kill', base: '/', engine: 'auto', ignoreCache: false, debug: false, to: ['train'] })

console.log(`seed ${seed}, ${data ?? 'embedded pictures'}, ${wanted} kills`)
const reference = newStore()
const whole = await attempt(reference.store, reference.store.startNow({ request: request() }).summary.id, null)
console.log(`left alone: weights ${whole.weights?.slice(0, 16)} after ${whole.milliseconds} ms of training`)
reference.database.close()
const rounds = []
let kills = 0
while (kills < wanted) {
  const { directory, database, store } = newStore()
  const id = store.startNow({ request: request() }).summary.id
  let killsOfRound = 0
  let outcome
  for (;;) {
    const isLast = killsOfRound >= 4 || kills >= wanted
    outcome = await attempt(store, id, isLast ? null : Math.floor(random() * whole.milliseconds * 0.9))
    if (!outcome.killed) break
    kills += 1
    killsOfRound += 1
    if (store.resumeNow(id) === null) throw new Error(`run ${id} could not be resumed`)
  }
  const resumes = store.events(id).filter((event) => event.type === 'log' && event.message.startsWith('Going on from a checkpoint')).length
  const sequences = store.events(id).every((event, index) => event.sequence === index)
  rounds.push({ kills: killsOfRound, resumesFromCheckpoint: resumes, same: outcome.weights === whole.weights, sequences })
  console.log(`round ${rounds.length}: ${killsOfRound} kills, ${resumes} resumed from a checkpoint, weights ${outcome.weights?.slice(0, 16)} ${outcome.weights === whole.weights ? 'the same' : 'DIFFERENT'}`)
  database.close()
  rmSync(directory, { recursive: true, force: true })
}
rmSync(reference.directory, { recursive: true, force: true })
const passed = rounds.every((round) => round.same && round.sequences)
const result = { seed, data: data === undefined ? 'embedded' : 'hymenoptera', epochs: Number(values.epochs), kills, rounds, passed }
const file = values.out ?? join(root, 'packages/tests/bench/results/kill-and-resume.json')
mkdirSync(dirname(file), { recursive: true })
writeFileSync(file, `${JSON.stringify(result, null, 2)}\n`)
console.log(`${kills} kills, ${rounds.length} runs: ${passed ? 'every one ended with the same weights' : 'FAILED'}`)
process.exit(passed ? 0 : 1)
