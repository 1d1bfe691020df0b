// `--engine torch` in one, two and four processes: the loss curves of all of them against one process's, and the weights
// of trainings of four in which a worker, or everything, is killed in the middle of an epoch.
//   node packages/tests/bench/torch-processes.mjs [--epochs 3] [--kills 1]      GRAFT_PYTHON names a Python with PyTorch
// Writes results/torch-processes.json. Ends with 1 when a curve is off by more than 1e-4, or weights are others. Needs a
// build, and Linux, whose /proc says which processes are whose.
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { parseArgs } from 'node:util'
import { hasPyTorch, python, pytorchVersion } from '../dist/exports/program/python.js'
import { keepResults, machineFacts, node, outputOf, root, trainingOf } from './bench-kit.mjs'

if (!hasPyTorch) process.exit(0)
const { values } = parseArgs({
  options: { epochs: { type: 'string', default: '3' }, kills: { type: 'string', default: '1' } },
})
const epochs = Number(values.epochs)
// Batches that four processes can't share evenly, of which the last is smaller; batch statistics, dropout-free.
const batchSize = 18
const folder = mkdtempSync(join(tmpdir(), 'graft-processes-'))
const graph = join(folder, 'processes.graft.json')
writeFileSync(graph, JSON.stringify(documentOf()))

const rows = []
try {
  const curves = new Map()
  let whole = null
  for (const processes of [1, 2, 4]) {
    const run = await begin(`whole-${processes}`, processes)
    curves.set(processes, run.losses)
    whole = run
    if (processes > 1)
      rows.push(rowOf(run, { processes, what: 'undisturbed', apart: apart(run.losses, curves.get(1)) }))
  }
  const perEpoch = whole.losses.filter(({ name }) => name === 'stepLoss').length / epochs
  for (let kill = 0; kill < Number(values.kills); kill++) {
    // Behind the checkpoint inside of an epoch, and before it.
    const step = perEpoch * (1 + (kill % (epochs - 1))) + (kill % 2 === 0 ? 12 : 3)
    const rank = 1 + (kill % 3)
    const lost = await begin(`worker-${kill}`, 4, { step, kill: (run) => process.kill(workerOf(run, rank), 'SIGKILL') })
    rows.push(compared(lost, whole, { what: `worker ${rank} killed`, step }))
    const home = `all-${kill}`
    const dead = await begin(home, 4, { step, kill: killAll })
    if (dead.code === 0) throw new Error('The run was over before everything was killed.')
    const left = dead.seen.flatMap((pid) => (isAlive(pid) ? [pid] : []))
    const resumed = await follow(home, ['resume', 'last', '--json'])
    rows.push({ ...compared(resumed, whole, { what: 'all killed, resumed', step }), left: left.length })
  }
} finally {
  rmSync(folder, { recursive: true, force: true })
}
keepResults('torch-processes', rows, machineFacts({ python, pytorch: pytorchVersion(), batchSize, epochs }))
const passed = rows.every((row) => (row.apart ?? 0) <= 1e-4 && row.same !== false && !row.left)
for (const { processes, apart: share } of rows) if (share !== undefined) console.log(`${processes} processes: ${share}`)
console.log(passed ? 'One process, many, and those that were killed learn the same.' : 'FAILED')
process.exit(passed ? 0 : 1)

/** A training of a home of its own, from its beginning. */
function begin(home, processes, disturbance) {
  const words = [
    'run',
    graph,
    '--to',
    'train',
    '--engine',
    'torch',
    '--device',
    'cpu',
    '--processes',
    String(processes),
    '--json',
  ]
  return follow(home, words, disturbance)
}

/** Follows a command to its end; `kill` is called when `step` steps are told. */
function follow(home, words, { step = Number.POSITIVE_INFINITY, kill } = {}) {
  const directory = join(folder, home)
  mkdirSync(directory, { recursive: true })
  const child = spawn(
    process.execPath,
    [join(root, 'apps/runner/bin/graft.mjs'), ...words, '--out', join(directory, 'out')],
    {
      env: { ...process.env, GRAFT_HOME: directory, GRAFT_CHECKPOINT_SECONDS: '0' },
      detached: true,
    },
  )
  const run = { pid: child.pid, events: [], losses: [], seen: [], code: null }
  let said = ''
  let steps = 0
  child.stderr.on('data', (data) => (said += data))
  createInterface({ input: child.stdout }).on('line', (line) => {
    const event = JSON.parse(line)
    run.events.push(event)
    if (event.type !== 'metric') return
    if (/loss/i.test(event.name)) run.losses.push(event)
    if (event.name === 'stepLoss' && ++steps === step) {
      run.seen = descendants(run.pid)
      kill(run)
    }
  })
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code) => {
      if (code !== 0 && kill !== killAll) reject(new Error(`graft ${words[0]} ended with ${code}: ${said}`))
      else resolve(Object.assign(run, { code }))
    })
  })
}

/** The command, the process of its run, and all that train. */
function killAll({ pid }) {
  for (const one of [pid, ...descendants(pid)]) process.kill(one, 'SIGKILL')
}

function workerOf({ pid }, rank) {
  const isIt = (one) =>
    textOf(one, 'cmdline').includes('drive.py') && textOf(one, 'environ').split('\0').includes(`RANK=${rank}`)
  const found = descendants(pid).find(isIt)
  if (found === undefined) throw new Error(`Process ${rank} wasn't found.`)
  return found
}

function descendants(pid) {
  const parents = new Map(
    readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .map((name) => [Number(name), Number(textOf(name, 'stat').split(') ').at(-1).split(' ')[1])]),
  )
  const below = (one) => [...parents].flatMap(([child, parent]) => (parent === one ? [child, ...below(child)] : []))
  return below(pid)
}

function textOf(pid, name) {
  try {
    return readFileSync(`/proc/${pid}/${name}`, 'utf8')
  } catch {
    return ''
  }
}

function isAlive(pid) {
  return !['', 'Z'].includes(textOf(pid, 'stat').split(') ').at(-1).split(' ')[0])
}

function keyOf({ name, split, step }) {
  return `${name} ${split} ${step}`
}

/** Largest relative difference of losses, of steps and of epochs. */
function apart(losses, expected) {
  const others = new Map(expected.map((point) => [keyOf(point), point.value]))
  if (losses.length !== others.size) return Number.POSITIVE_INFINITY
  return Math.max(...losses.map((point) => Math.abs(point.value / others.get(keyOf(point)) - 1)))
}

function rowOf(run, facts) {
  const points = run.losses.filter(({ name }) => name === 'stepLoss').length
  return { ...facts, steps: points, weights: weightsOf(run).slice(0, 12), same: null }
}

function compared(run, whole, facts) {
  const same = weightsOf(run) === weightsOf(whole)
  const again = run.events.find((event) => event.type === 'log' && /goes? on from|Going on from/i.test(event.message))
  return { ...rowOf(run, { processes: 4, ...facts }), same, 'goes on': again?.message ?? null }
}

function weightsOf({ events }) {
  const { parameters } = outputOf(events, 'train', 'model').network
  const blobs = Object.entries(parameters).map(([name, { source }]) => `${name} ${JSON.stringify(source)}`)
  return createHash('sha256').update(blobs.toSorted().join('\n')).digest('hex')
}

function documentOf() {
  return trainingOf('processes', {
    images: node('sample-data', { set: 'small-similar' }),
    freeze: { to: 'stage3', statistics: 'batch' },
    train: { epochs, batchSize, learningRate: 0.003 },
  })
}
