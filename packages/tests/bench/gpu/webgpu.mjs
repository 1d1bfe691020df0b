// The onnx engine on WebGPU, held against the processor: every case of the conformance suite, 30 training steps of a
// MobileNet, and images per second of both.
//   node packages/tests/bench/gpu/webgpu.mjs [--batch 64] [--rounds 7]       needs a build
//   node packages/tests/bench/gpu/pack-webgpu.mjs FILE.tar.xz                for a machine that has neither Graft nor Node
// Writes results/gpu-webgpu.json. Without a GPU it says so and ends; --dry-run does a few cases and steps with whatever is
// there, and keeps nothing. Ends with 1 where a case fails, or losses are apart by more than 1e-3.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { dirname, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { createOnnxEngine, onnxEngine, singleLabel } from '@graft/engines'
import { createRandom, findArchitecture, loadTensors, normal } from '@graft/network'
import { conformanceCases } from '../../../engines/dist/conformance/conformance-cases.js'
import { holdGradients, holdValues } from '../../../engines/dist/conformance/hold-operator.js'

const { values } = parseArgs({
  options: {
    'dry-run': { type: 'boolean', default: false },
    batch: { type: 'string', default: '64' },
    rounds: { type: 'string', default: '7' },
    out: { type: 'string', default: fileURLToPath(new URL('../results/gpu-webgpu.json', import.meta.url)) },
  },
})
const dry = values['dry-run']
const webgpu = createOnnxEngine('webgpu')
const found = await webgpu.probe()
const gpu = gpuName()
if (!dry && (!found.available || gpu === null)) {
  const why = found.problem ?? 'WebGPU is there, but by a driver that computes on the processor.'
  console.log(`no GPU here: ${why} Nothing is measured (--dry-run tries the script).`)
  process.exit(0)
}
// A driver that computes on the processor is good enough to try the script.
const engine = found.available ? webgpu : onnxEngine
const info = found.available ? found : await engine.probe()
console.log(`${gpu ?? 'no GPU'}, ${engine.id} on ${info.backend}, ${JSON.stringify(info.versions)}`)
const [batch, rounds, steps, size] = dry ? [2, 1, 3, 64] : [Number(values.batch), Number(values.rounds), 30, 224]

const failures = []
let passed = 0
for (const entry of dry ? conformanceCases.slice(0, 8) : conformanceCases) {
  await check(`${entry.operator}, values: ${entry.title}`, () => holdValues(engine, onnxEngine, entry))
  if (info.trains && entry.withoutGradient === undefined)
    await check(`${entry.operator}, gradients: ${entry.title}`, () => holdGradients(engine, onnxEngine, entry))
}
console.log(`conformance: ${passed} passed, ${failures.length} failed`)

const network = findArchitecture('mobilenet_v2').build({ classes: 10, inputSize: size, seed: 5 })
const tensors = await loadTensors(network, () => {
  throw new Error('A drawn network refers to no file.')
})
const random = createRandom(1)
const draw = (rows) => ({
  shape: [rows, 3, size, size],
  data: Float32Array.from({ length: rows * 3 * size * size }, () => normal(random)),
})
const spec = {
  tensors,
  optimizer: { name: 'sgd', momentum: 0.9, nesterov: false, weightDecay: 1e-4 },
  loss: singleLabel.loss,
  seed: 1,
}
const targetsOf = (rows) =>
  singleLabel.targets(
    Array.from({ length: rows }, (_, index) => index % 10),
    10,
    { labelSmoothing: 0 },
  )

const few = Array.from({ length: 3 }, () => draw(dry ? 2 : 8))
const [losses, expected] = [await train(engine), await train(onnxEngine)]
const apart = Math.max(...losses.map((loss, at) => Math.abs(loss / expected[at] - 1)))
console.log(`${steps} steps: losses apart by ${apart}, from ${expected[0]} to ${expected.at(-1)}`)

const images = draw(batch)
const rates = {}
for (const [name, one] of [
  ['gpu', engine],
  ['processor', onnxEngine],
]) {
  const forward = await one.forward(network, { tensors, many: true })
  const trainer = await one.trainer(network, spec)
  const targets = targetsOf(batch)
  rates[name] = {
    forward: await rateOf(() => forward.run(images)),
    training: await rateOf((at) => trainer.step(images, targets, 1e-4, at)),
  }
  await forward.dispose()
  await trainer.dispose()
  console.log(
    `${name}: ${rates[name].forward.toFixed(1)} images/s forward, ${rates[name].training.toFixed(1)} in training`,
  )
}
const right = failures.length === 0 && apart < 1e-3
if (dry) console.log('dry run: nothing was kept, and the figures say nothing')
else {
  const machine = { gpu, versions: info.versions, processor: cpus()[0]?.model, node: process.version }
  const date = new Date().toISOString().slice(0, 10)
  const rows = [{ name: 'mobilenet_v2', batch, size, ...rates, steps, apart, conformance: { passed, failures } }]
  const file = resolve(values.out)
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, `${JSON.stringify({ name: 'gpu-webgpu', machine: { ...machine, date }, rows }, null, 2)}\n`)
  console.log(`wrote ${file}`)
}
process.exit(right ? 0 : 1)

/** What the driver calls the GPU; null where there is only a driver that computes on the processor. */
function gpuName() {
  const query = ['--query-gpu=name,driver_version', '--format=csv,noheader']
  const { status, stdout } = spawnSync('nvidia-smi', query, { encoding: 'utf8' })
  if (status === 0) return stdout.trim().split('\n')[0]
  return process.platform !== 'linux' || existsSync('/dev/dri') || existsSync('/dev/dxg') ? 'GPU' : null
}

async function check(what, work) {
  try {
    await work()
    passed += 1
  } catch (error) {
    failures.push(`${what}: ${error.message}`)
    console.log(`FAILED ${failures.at(-1)}`)
  }
}

async function train(one) {
  const trainer = await one.trainer(network, spec)
  const losses = []
  for (let at = 0; at < steps; at++) {
    const given = few[at % few.length]
    losses.push((await trainer.step(given, targetsOf(given.shape[0]), 1e-3, at)).loss)
  }
  await trainer.dispose()
  return losses
}

/** Images per second, by the median of the rounds; the first warms up. */
async function rateOf(work) {
  const times = []
  for (let round = 0; round <= rounds; round++) {
    const start = performance.now()
    await work(round)
    if (round > 0) times.push(performance.now() - start)
  }
  return (batch * 1000) / times.toSorted((one, other) => one - other)[Math.floor(times.length / 2)]
}
