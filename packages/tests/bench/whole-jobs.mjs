// Whole jobs from photos on disk to a trained network: Graft's templates, as `graft run` does them, against an honest
// PyTorch script doing the same job.
//   node packages/tests/bench/whole-jobs.mjs [--engine NAME] [--epochs N [--turns 2]] [JOB ...]
// Hymenoptera (244 training and 153 validation photos), MobileNet v1 0.75 at 224 with the same ImageNet weights on both
// sides. Times run from the start of the process to the trained network, decoding and a validation after every epoch
// included; what happens once per machine (measuring the engines, as `graft doctor` or the first long job does) is done
// before and its time printed. PyTorch's script (whole-jobs.py): DataLoader with two workers, channels last, eager;
// normalisation that follows the batches where it is trained, as in Graft, and folded where it is frozen. It repeats
// its epochs alike, so only some are run and the rest is counted at their mean; where all ran, its accuracy is shown.
// With --epochs both sides do so many, Graft, PyTorch, Graft, PyTorch; times are then medians of the turns, ratios
// medians of the turns' ratios, and processor time stands beside the clock's, which a machine that others use spoils.
// Writes results/whole-jobs.json, or whole-jobs-ENGINE.json where one is named (other jobs keep their rows, and every
// row says on which machine it was measured). Needs a build and ../shared/real; says so and stops where PyTorch is not installed.
import { spawn, spawnSync } from 'node:child_process'
import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { cpus, loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { foldBatchNorm, freeze, readNetwork, resolveAttributes, stripHead } from '@graft/network'
import { openModelFiles } from '@graft/network/node'
import { askedFor, keepResults, machineFacts, median, realData, root } from './bench-kit.mjs'

const python = process.env.GRAFT_PYTHON ?? '/usr/bin/python3'
const photos = join(realData, 'hymenoptera')
const mobilenet = join(realData, 'mobilenet_v1_0.75_224')
const threads = cpus().length
const augment = { horizontalFlip: true, minCrop: 0.6, brightness: 0, contrast: 0, saturation: 0 }

/**
 * `graft`: parameters by node over those of the photos template; `peer`: the same in the script's words; `epochs`: all,
 * and those that PyTorch runs.
 */
const jobs = [
  {
    name: 'frozen backbone, 25 epochs',
    target: 20,
    epochs: [25, 25],
    graft: { train: { learningRate: 0.005 } },
    peer: { trainFrom: 'head', rate: 0.005 },
  },
  {
    name: 'frozen backbone, 25 epochs, 4 cached views',
    target: 10,
    epochs: [25, 2],
    augment,
    graft: { train: { learningRate: 0.005, views: 4 } },
    peer: { trainFrom: 'head', rate: 0.005 },
  },
  {
    name: 'frozen backbone, 25 epochs, augmented anew',
    target: 3,
    epochs: [25, 2],
    augment,
    graft: { train: { learningRate: 0.005 } },
    peer: { trainFrom: 'head', rate: 0.005 },
  },
  {
    name: 'last two stages, 10 epochs',
    target: 2,
    epochs: [10, 2],
    graft: { freeze: { to: 'stage2' }, train: { learningRate: 0.001, backboneMultiplier: 0.01 } },
    peer: { trainFrom: 'stage3', rate: 0.001, backbone: 0.01 },
  },
  {
    name: 'cut after stage3, stage1 and above trained, augmented, 4 epochs',
    target: null,
    epochs: [4, 2],
    augment,
    graft: {
      strip: { after: 'stage3' },
      freeze: { to: 'stem' },
      train: { learningRate: 0.001, backboneMultiplier: 0.1 },
    },
    peer: { trainFrom: 'stage1', cutAfter: 'stage3', rate: 0.001, backbone: 0.1 },
  },
  {
    name: 'everything from scratch, augmented, 4 epochs',
    target: null,
    epochs: [4, 2],
    augment,
    scratch: true,
    graft: { train: { learningRate: 0.003, backboneMultiplier: 1 } },
    peer: { trainFrom: 'stem', rate: 0.003, backbone: 1, scratch: true },
  },
]

if (spawnSync(python, ['-c', 'import torch, torchvision']).status !== 0) {
  console.log(
    `Skipped: ${python} has no PyTorch to compare with (apt-get install python3-torch python3-torchvision, or set GRAFT_PYTHON).`,
  )
  process.exit(0)
}
const { values, positionals: wanted } = parseArgs({
  allowPositionals: true,
  options: {
    engine: { type: 'string', default: 'auto' },
    epochs: { type: 'string' },
    turns: { type: 'string', default: '2' },
  },
})
const { engine } = values
const name = engine === 'auto' ? 'whole-jobs' : `whole-jobs-${engine}`
const folder = mkdtempSync(join(tmpdir(), 'graft-jobs-'))
const kept = new URL(`./results/${name}.json`, import.meta.url)
const rows = engine !== 'auto' && existsSync(kept) ? rowsOf(JSON.parse(readFileSync(kept, 'utf8'))) : []
let torch = ''
try {
  const layers = await describeForPyTorch()
  // Only where one is to be chosen, or asked what it has.
  const measured = engine === 'auto' || engine === 'torch' ? measureEngines() : null
  const asked = askedFor(
    jobs.map(({ name }) => name),
    wanted,
  )
  for (const job of jobs.filter(({ name }) => asked.includes(name))) {
    if (values.epochs !== undefined) {
      keep(await inTurns({ ...job, epochs: [Number(values.epochs), Number(values.epochs)] }, layers, measured))
      continue
    }
    // Before and after the other side: a shared machine changes its speed within minutes.
    const first = await graftSide(job, measured)
    const peer = await peerSide(job, layers)
    const second = await graftSide(job, measured)
    const graft = { ...first, seconds: (first.seconds + second.seconds) / 2 }
    torch = peer.torch
    const seconds = peer.start + (job.epochs[0] * peer.epochs.reduce((sum, time) => sum + time, 0)) / peer.epochs.length
    keep({
      name: job.name,
      graft: graft.seconds,
      peer: seconds,
      ratio: seconds / graft.seconds,
      unit: 's',
      target: job.target,
      graftAccuracy: graft.accuracy,
      peerAccuracy: job.epochs[0] === job.epochs[1] ? peer.accuracy : null,
    })
    console.log(
      `${job.name}: ${graft.seconds.toFixed(1)} s against ${seconds.toFixed(1)} s, ${(seconds / graft.seconds).toFixed(1)}x${job.target === null ? '' : ` (target ${job.target})`}`,
    )
  }
} finally {
  rmSync(folder, { recursive: true, force: true })
}
keepResults(name, rows, machineFacts({ torch, threads }))

/** Rows kept earlier, each with the machine of its time. */
function rowsOf({ machine, rows: earlier }) {
  return earlier.map((row) => ({ machine, ...row }))
}

/** In place of what was measured of it before. */
function keep(row) {
  const at = rows.findIndex((other) => other.name === row.name)
  const measuredOn = engine === 'auto' ? {} : { machine: machineFacts({ torch, threads }) }
  rows.splice(at < 0 ? rows.length : at, at < 0 ? 0 : 1, { ...row, ...measuredOn })
}

/** The same epochs on both sides, which take turns. */
async function inTurns(job, layers, measured) {
  const sides = { graft: [], peer: [] }
  for (let turn = 0; turn < Number(values.turns); turn++) {
    sides.graft.push(await graftSide(job, measured))
    const peer = await peerSide(job, layers)
    torch = peer.torch
    sides.peer.push(peer)
  }
  const middle = (side, fact) => median(side.map((one) => one[fact]))
  const ratio = (fact) => median(sides.peer.map((peer, turn) => peer[fact] / sides.graft[turn][fact]))
  const row = {
    name: job.name,
    graft: middle(sides.graft, 'seconds'),
    peer: middle(sides.peer, 'seconds'),
    ratio: ratio('seconds'),
    unit: 's',
    target: 1 / 1.1,
    epochs: job.epochs[0],
    turns: Number(values.turns),
    load: loadavg()[1],
    graftProcessorTime: middle(sides.graft, 'processorTime'),
    peerProcessorTime: middle(sides.peer, 'processorTime'),
    processorTimeRatio: ratio('processorTime'),
  }
  console.log(row)
  return row
}

/** A command with what it and its children took of the processor. */
function timed(command, environment) {
  const start = performance.now()
  const words = ['-c', 'TIMEFORMAT="took %U %S"; time "$@"', 'bash', ...command]
  const child = spawn('bash', words, { env: environment })
  const said = { stdout: '', stderr: '' }
  for (const stream of ['stdout', 'stderr']) child[stream].on('data', (data) => (said[stream] += data))
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (status) => {
      const [, user, system] = /took ([\d.]+) ([\d.]+)\s*$/.exec(said.stderr) ?? []
      if (status !== 0) reject(new Error(`${command.join(' ')} ended with ${status}: ${said.stderr}`))
      else
        resolve({ ...said, seconds: (performance.now() - start) / 1000, processorTime: Number(user) + Number(system) })
    })
  })
}

/** The file in which a home keeps what engines are measured at. */
function measureEngines() {
  const home = mkdtempSync(join(folder, 'doctor-'))
  const start = performance.now()
  const { status, stderr } = spawnSync(process.execPath, [join(root, 'apps/runner/bin/graft.mjs'), 'doctor'], {
    env: { ...process.env, GRAFT_HOME: home },
    encoding: 'utf8',
  })
  if (status !== 0) throw new Error(`graft doctor failed: ${stderr}`)
  console.log(`Engines measured, once per machine: ${((performance.now() - start) / 1000).toFixed(1)} s`)
  return join(home, 'engines.json')
}

/** `graft run` in a home of its own, up to the trained network. */
async function graftSide(job, measured) {
  const graph = join(folder, 'job.graft.json')
  writeFileSync(graph, JSON.stringify(graphOf(job)))
  const home = mkdtempSync(join(folder, 'home-'))
  if (measured !== null) copyFileSync(measured, join(home, 'engines.json'))
  const command = [process.execPath, join(root, 'apps/runner/bin/graft.mjs'), 'run', graph, '--to', 'train', '--json']
  const options = ['--engine', engine, ...(engine === 'torch' ? ['--device', 'cpu'] : []), '--out', join(home, 'out')]
  const environment = { ...process.env, GRAFT_HOME: home }
  const { stdout, seconds, processorTime } = await timed([...command, ...options], environment)
  const events = stdout
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line))
  const points = events.filter((event) => event.type === 'metric' && event.name === 'accuracy' && event.split === 'val')
  return { seconds, processorTime, accuracy: Math.max(...points.map(({ value }) => value)) }
}

function graphOf({ graft, epochs, augment: augmentation, scratch }) {
  const template = JSON.parse(readFileSync(join(root, 'packages/nodes/templates/photos.graft.json'), 'utf8'))
  const params = {
    images: { path: photos },
    backbone: { source: mobilenet },
    ...graft,
    train: { ...graft.train, method: 'descent', epochs: epochs[0] },
  }
  const nodes = Object.fromEntries(
    Object.entries(template.nodes).map(([id, node]) => [id, { ...node, params: { ...node.params, ...params[id] } }]),
  )
  let edges = template.edges
  const insert = (id, type, [from, to], [input, output], own) => {
    nodes[id] = { type, version: 1, params: own }
    const old = edges.find(
      (edge) => `${edge.from.node}.${edge.from.port}` === from && `${edge.to.node}.${edge.to.port}` === to,
    )
    edges = [
      ...edges.filter((edge) => edge !== old),
      { from: old.from, to: { node: id, port: input } },
      { from: { node: id, port: output }, to: old.to },
    ]
  }
  if (augmentation) insert('augment', 'augment', ['split.train', 'train.train'], ['images', 'images'], augmentation)
  if (scratch) {
    insert('reinitialize', 'reinitialize', ['freeze.model', 'train.model'], ['model', 'model'], {})
    nodes.freeze.params = { action: 'unfreeze' }
  }
  return { ...template, nodes, edges }
}

async function peerSide(job, layers) {
  const file = join(folder, 'peer.json')
  writeFileSync(
    file,
    JSON.stringify({
      layers,
      photos,
      threads,
      batch: 32,
      epochs: job.epochs[1],
      augment: job.augment ?? null,
      ...job.peer,
    }),
  )
  const script = fileURLToPath(new URL('whole-jobs.py', import.meta.url))
  const { stdout, seconds, processorTime } = await timed([python, script, file], process.env)
  return { ...JSON.parse(stdout.trim().split('\n').at(-1)), seconds, processorTime }
}

/**
 * The same layers, each convolution with its normalisation and with both folded into one, and the stage that it belongs
 * to.
 */
async function describeForPyTorch() {
  const loaded = await readNetwork(await openModelFiles(mobilenet))
  const { network, tensors } = { network: stripHead(loaded.network), tensors: loaded.tensors }
  const folded = foldBatchNorm(freeze(network, { frozen: true, statistics: 'frozen' }), tensors)
  const stageOf = (name) => network.stages.find(({ layers }) => layers.includes(name))?.name ?? 'head'
  const keep = (name, { data }) => {
    const path = join(folder, name.replaceAll('/', '_'))
    writeFileSync(path, Buffer.from(data.buffer, data.byteOffset, data.byteLength))
    return path
  }
  const normalisationOf = (layer) => {
    const slots = ['scale', 'shift', 'mean', 'variance'].map((slot) => [
      slot,
      keep(layer.parameters[slot], tensors.get(layer.parameters[slot])),
    ])
    return { ...Object.fromEntries(slots), epsilon: resolveAttributes(layer).epsilon }
  }
  const plain = network.layers.filter(({ operator }) => operator !== 'BatchNormalization')
  return plain.map((layer) => {
    const stage = stageOf(layer.name)
    if (layer.operator !== 'Conv') return { operator: layer.operator, stage }
    const { strides, pads, group } = resolveAttributes(layer)
    const weight = tensors.get(layer.parameters.weight)
    const normalisation = network.layers.find(
      ({ operator, inputs }) => operator === 'BatchNormalization' && inputs[0] === layer.name,
    )
    // A folded convolution has the name of the normalisation, whose value it gives.
    const joined = folded.network.layers.find(({ name }) => name === normalisation.name).parameters
    return {
      operator: 'Conv',
      stage,
      shape: weight.shape,
      strides,
      pads,
      group,
      weight: keep(layer.parameters.weight, weight),
      normalisation: normalisationOf(normalisation),
      folded: keep(`folded ${layer.name} weight`, folded.tensors.get(joined.weight)),
      foldedBias: keep(`folded ${layer.name} bias`, folded.tensors.get(joined.bias)),
    }
  })
}
