// Forward passes and training steps of torchvision networks: Graft (onnx, tfjs) against PyTorch (eager, channels last),
// the same threads, taking turns.
//   node packages/tests/bench/training-step.mjs [--models resnet18,mobilenet_v2,efficientnet_b0] [--rounds 7] [--size
// 224] [--batch 16] [--engines onnx,tfjs] Random weights, frozen batch-norm statistics, SGD with momentum. Figures are
// medians of the rounds; a ratio is the median of the rounds' ratios, because a shared machine changes its speed while
// it is measured. tfjs gets three rounds. In "last two stages" and "head" the frozen part runs in both, once per step,
// as in PyTorch's usual script (Graft's prefix cache is measured by feature-extraction.mjs). Both sides get the
// environment of Graft's runs. Needs a build. Writes results/training-step.json; says so and stops where
// /usr/bin/python3 has no torchvision.
import { spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { createRandom, inferShapes, normal, readNetwork, splitFrozenPrefix } from '@graft/network'
import { openModelFiles } from '@graft/network/node'
import { computingEnvironment, EngineError, onnxEngine, singleLabel, tfjsEngine } from '@graft/engines'
import { keepResults, machineFacts, median } from './bench-kit.mjs'

const { values: options } = parseArgs({
  options: {
    models: { type: 'string', default: 'resnet18,mobilenet_v2,efficientnet_b0' },
    rounds: { type: 'string', default: '7' },
    size: { type: 'string', default: '224' },
    batch: { type: 'string', default: '16' },
    engines: { type: 'string', default: 'onnx,tfjs' },
  },
})
const [rounds, size, batch] = [Number(options.rounds), Number(options.size), Number(options.batch)]
const threads = availableParallelism()
const python = process.env.GRAFT_PYTHON ?? '/usr/bin/python3'
/** The whole network last where it may not fit: TensorFlow.js has no use for a memory that ran over once. */
const modesOf = {
  onnx: ['forward', 'full', 'last two stages', 'head'],
  tfjs: ['forward', 'last two stages', 'head', 'full'],
}
/** Parameter-name prefixes of the last two stages and the classifier. */
const lastStages = {
  resnet18: ['layer3.', 'layer4.', 'fc.'],
  mobilenet_v2: ['features.14.', 'features.15.', 'features.16.', 'features.17.', 'features.18.', 'classifier.'],
  efficientnet_b0: ['features.6.', 'features.7.', 'features.8.', 'classifier.'],
}
/**
 * Lets the C library keep what PyTorch frees: by itself it gives memory back after every layer, and PyTorch then runs
 * at a third of its speed, or not, by luck.
 */
const keepMemory = {
  MALLOC_MMAP_THRESHOLD_: String(2 ** 30),
  MALLOC_TRIM_THRESHOLD_: String(2 ** 34),
  MALLOC_TOP_PAD_: String(2 ** 30),
}
const spec = {
  optimizer: { name: 'sgd', momentum: 0.9, nesterov: false, weightDecay: 1e-4 },
  loss: singleLabel.loss,
  seed: 1,
}

if (spawnSync(python, ['-c', 'import torchvision']).status !== 0) {
  console.log(
    `Skipped: ${python} has no torchvision to compare with (apt-get install python3-torchvision, or set GRAFT_PYTHON).`,
  )
  process.exit(0)
}
const inThisEnvironment = computingEnvironment(process.env)
if (inThisEnvironment !== process.env) {
  // The C library reads its tunables when a process starts.
  process.exit(
    spawnSync(process.execPath, process.argv.slice(1), { env: inThisEnvironment, stdio: 'inherit' }).status ?? 1,
  )
}

const engines = [onnxEngine, tfjsEngine].filter(({ id }) => options.engines.split(',').includes(id))
const roundsOf = { onnx: rounds, tfjs: Math.min(rounds, 3) }
const rate = (milliseconds) => (batch * 1000) / milliseconds
const directory = mkdtempSync(join(tmpdir(), 'graft-training-step-'))
const rows = []
let torch = ''
try {
  for (const model of options.models.split(',')) await measureModel(model)
} finally {
  rmSync(directory, { recursive: true })
}
keepResults('training-step', rows, machineFacts({ torch, threads, size, batch, rounds, models: options.models }))

async function measureModel(model) {
  const peer = await startPeer(model)
  torch = peer.torch
  const loaded = await readNetwork(await openModelFiles(join(directory, `${model}.onnx`)))
  const random = createRandom(1)
  const images = {
    shape: [batch, 3, size, size],
    data: Float32Array.from({ length: batch * 3 * size * size }, () => normal(random)),
  }
  for (const engine of engines)
    for (const mode of modesOf[engine.id]) await compare(engine, peer, loaded, model, mode, images)
  peer.stop()
}

/** Rounds in which both sides take turns; the first one warms up: memory, compiled graphs. */
async function compare(engine, peer, loaded, model, mode, images) {
  const name = `${model}, ${mode}, ${engine.id}`
  const times = []
  try {
    const side = await prepareSide(engine, loaded, model, mode, images)
    for (let round = 0; round <= roundsOf[engine.id]; round++) {
      const pair = { graft: await side.run(), peer: await peer.run(mode) }
      if (round > 0) times.push(pair)
    }
    await side.dispose()
  } catch (error) {
    if (!(error instanceof EngineError)) throw error
    rows.push({ name, graft: null, peer: null, ratio: null, unit: 'images/s', problem: error.message })
    console.log(`${name}: ${error.message}`)
    return
  }
  const row = {
    name,
    graft: rate(median(times.map(({ graft }) => graft))),
    peer: rate(median(times.map((pair) => pair.peer))),
    ratio: median(times.map((pair) => pair.peer / pair.graft)),
    unit: 'images/s',
  }
  rows.push(row)
  console.log(`${row.name}: ${row.graft.toFixed(1)} against ${row.peer.toFixed(1)} images/s, ${row.ratio.toFixed(2)}x`)
}

async function prepareSide(engine, { network, tensors }, model, mode, images) {
  if (mode === 'forward') {
    const forward = await engine.forward(network, { tensors, many: true })
    return { run: () => timed(() => forward.run(images)), dispose: () => forward.dispose() }
  }
  const prefixes = mode === 'full' ? [''] : mode === 'head' ? ['fc.', 'classifier.'] : lastStages[model]
  const { prefix, suffix, boundary } = splitFrozenPrefix(withTrainable(network, prefixes))
  const forward = prefix ? await engine.forward(prefix, { tensors, many: true }) : null
  const trainer = await engine.trainer(suffix, { ...spec, tensors })
  const outputs = inferShapes(network).get(network.output)[1]
  const targets = singleLabel.targets(
    Array.from({ length: batch }, (_, index) => index),
    outputs,
    { labelSmoothing: 0 },
  )
  let step = 0
  const run = () =>
    timed(async () => {
      const input = forward ? (await forward.run(images))[boundary] : images
      await trainer.step(input, targets, 1e-4, step++)
    })
  return {
    run,
    dispose: async () => {
      await forward?.dispose()
      await trainer.dispose()
    },
  }
}

/** Trains the parameters of the named layers; everything before them is frozen, statistics included. */
function withTrainable(network, prefixes) {
  const trains = (name) => prefixes.some((prefix) => name.startsWith(prefix))
  return {
    ...network,
    layers: network.layers.map((layer) =>
      layer.operator === 'BatchNormalization' ? { ...layer, statistics: 'frozen' } : layer,
    ),
    parameters: Object.fromEntries(
      Object.entries(network.parameters).map(([name, parameter]) => [
        name,
        { ...parameter, trainable: parameter.trainable && trains(name) },
      ]),
    ),
  }
}

async function timed(work) {
  const start = performance.now()
  await work()
  return performance.now() - start
}

async function startPeer(model) {
  const child = spawn(
    python,
    [
      fileURLToPath(new URL('training-step.py', import.meta.url)),
      directory,
      model,
      String(size),
      String(batch),
      String(threads),
      JSON.stringify(lastStages[model]),
    ],
    { env: { ...process.env, ...keepMemory }, stdio: ['pipe', 'pipe', 'inherit'] },
  )
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const next = async () => {
    const { value, done } = await lines.next()
    if (done) throw new Error(`PyTorch ended while it ran ${model}; its message is above.`)
    return value.startsWith('{') ? JSON.parse(value) : next()
  }
  const { torch: version } = await next()
  return {
    torch: version,
    run: async (mode) => {
      child.stdin.write(`${JSON.stringify({ mode })}\n`)
      return (await next()).ms
    },
    stop: () => child.stdin.end(),
  }
}
