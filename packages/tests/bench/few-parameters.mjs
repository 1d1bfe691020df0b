// Training steps that move few parameters against full ones: norms and biases alone, LoRA, scale and shift, of ViT-S and
// ConvNeXt-T with random weights, in turns.
//   node packages/tests/bench/few-parameters.mjs [--rounds 3] [--size 224] [--batch 8]
// A ratio is the median of the rounds' ratios to the full step. Needs a build. Writes results/few-parameters.json.
import { spawnSync } from 'node:child_process'
import { parseArgs } from 'node:util'
import { computingEnvironment, onnxEngine, singleLabel } from '@graft/engines'
import { addAdapters, countParameters, findArchitecture, freeze, loadTensors } from '@graft/network'
import { keepResults, machineFacts, median } from './bench-kit.mjs'

const { values: options } = parseArgs({
  options: {
    rounds: { type: 'string', default: '3' },
    size: { type: 'string', default: '224' },
    batch: { type: 'string', default: '8' },
  },
})
const [rounds, size, batch] = [Number(options.rounds), Number(options.size), Number(options.batch)]
const inThisEnvironment = computingEnvironment(process.env)
if (inThisEnvironment !== process.env)
  process.exit(
    spawnSync(process.execPath, process.argv.slice(1), { env: inThisEnvironment, stdio: 'inherit' }).status ?? 1,
  )

const classes = 10
const recipes = {
  full: (network) => network,
  'norms and biases': (network) => freeze(network, { frozen: true, kinds: ['weights', 'embeddings', 'statistics'] }),
  LoRA: (network) => addAdapters(network, { adapter: 'lora', rank: 8, alpha: 16, seed: 1 }),
  'scale and shift': (network) => addAdapters(network, { adapter: 'scale-and-shift', rank: 8, alpha: 16, seed: 1 }),
}
const images = { shape: [batch, 3, size, size], data: new Float32Array(batch * 3 * size * size).fill(0.3) }
const labels = Array.from({ length: batch }, (_, index) => index % classes)
const targets = singleLabel.targets(labels, classes, { labelSmoothing: 0 })
const optimizer = { name: 'adamw', beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0.05 }

const rows = []
for (const name of ['vit_small_patch16_224', 'convnext_tiny']) {
  const built = findArchitecture(name).build({ classes, inputSize: size, seed: 1 })
  const times = Object.fromEntries(Object.keys(recipes).map((recipe) => [recipe, []]))
  for (let round = 0; round < rounds; round++)
    for (const [recipe, make] of Object.entries(recipes)) times[recipe].push(await secondsOfStep(make(built)))
  for (const [recipe, make] of Object.entries(recipes)) {
    const ratios = times[recipe].map((seconds, round) => seconds / times.full[round])
    rows.push({
      name: `${name}, ${recipe}`,
      trained: countParameters(make(built)).trainable,
      graft: median(times[recipe]),
      unit: 's',
      ratio: median(ratios),
    })
  }
}
keepResults('few-parameters', rows, machineFacts({ batch, size }))

async function secondsOfStep(network) {
  const tensors = await loadTensors(network, async () => null)
  const trainer = await onnxEngine.trainer(network, { tensors, optimizer, loss: singleLabel.loss, seed: 1 })
  const times = []
  for (let step = 0; step < 4; step++) {
    const start = performance.now()
    await trainer.step(images, targets, 1e-5, step)
    times.push((performance.now() - start) / 1000)
  }
  await trainer.dispose()
  return median(times.slice(1))
}
