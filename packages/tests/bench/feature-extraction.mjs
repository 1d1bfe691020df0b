// Feature extraction and head training, Graft vs PyTorch: the same photos, the same MobileNet v1 weights, the same
// threads, side by side.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { fit, selectEngines, onnxEngine } from '@graft/engines'
import {
  addHead,
  foldBatchNorm,
  freeze,
  loadTensors,
  readNetwork,
  resolveAttributes,
  splitFrozenPrefix,
  stripHead,
} from '@graft/network'
import { openModelFiles } from '@graft/network/node'
import { createImageLoader } from '@graft/nodes'
import { keepResults, machineFacts, realData } from './bench-kit.mjs'

const [batch, epochs, threads] = [16, 25, cpus().length]
const folder = mkdtempSync(join(tmpdir(), 'graft-features-'))
const photos = ['ants', 'bees'].flatMap((name, label) =>
  readdirSync(`${realData}/hymenoptera/train/${name}`)
    .filter((file) => !file.endsWith('.gif'))
    .toSorted()
    .map((file) => ({ path: `${realData}/hymenoptera/train/${name}/${file}`, label })),
)
const loaded = await readNetwork(await openModelFiles(`${realData}/mobilenet_v1_0.75_224`))
const network = freeze(
  addHead(stripHead(loaded.network), {
    classNames: ['ants', 'bees'],
    pooling: 'average',
    hidden: [],
    dropout: 0,
    seed: 1,
  }),
  { frozen: true },
)
const fresh = await loadTensors(
  {
    ...network,
    parameters: Object.fromEntries(
      Object.entries(network.parameters).filter(([, parameter]) => parameter.source.kind === 'initializer'),
    ),
  },
  () => Promise.reject(new Error('no blobs')),
)
const tensors = new Map([...loaded.tensors, ...fresh])
const seconds = async (work) => {
  const start = performance.now()
  const result = await work()
  return [(performance.now() - start) / 1000, result]
}

/** Decoding, features and head training with Graft's own parts. */
async function graftSide() {
  const source = createImageLoader({
    samples: photos.map(({ path, label }) => ({ id: path, path, label, fingerprint: path })),
    transforms: [],
    preprocessing: network.preprocessing,
    seed: 0,
  })
  const indices = photos.map((_, index) => index)
  const chunks = Array.from({ length: Math.ceil(indices.length / batch) }, (_, index) =>
    indices.slice(index * batch, (index + 1) * batch),
  )
  chunks.forEach((chunk) => source.prefetch?.(chunk, 0))
  const batches = []
  const [decode] = await seconds(async () => {
    for (const chunk of chunks) batches.push(await source.load(chunk, 0))
  })
  const { prefix } = splitFrozenPrefix(network)
  const forward = await onnxEngine.forward(prefix, { tensors, threads })
  await forward.run(batches[0])
  const outputs = []
  const [extract] = await seconds(async () => {
    for (const images of batches) outputs.push(Object.values(await forward.run(images))[0])
  })
  await forward.dispose()
  const features = outputs.flatMap(({ data, shape }) =>
    Array.from({ length: shape[0] }, (_, row) =>
      data.subarray(row * (data.length / shape[0]), (row + 1) * (data.length / shape[0])),
    ),
  )
  const train = await headTraining(features)
  await source.close()
  return { decode, extract, train, first: [...features[0].subarray(0, 5)] }
}

async function headTraining(features) {
  const { suffix } = splitFrozenPrefix(network)
  const labels = Int32Array.from(photos, ({ label }) => label)
  const length = features[0].length
  const load = async (indices) => {
    const data = new Float32Array(indices.length * length)
    indices.forEach((index, row) => data.set(features[index], row * length))
    return { shape: [indices.length, length], data }
  }
  const source = { count: photos.length, labels, random: false, key: (index) => `feature ${index}`, load }
  const settings = {
    epochs,
    batchSize: 32,
    learningRate: 5e-3,
    optimizer: 'adamw',
    weightDecay: 1e-2,
    schedule: 'constant',
    cacheFeatures: 'off',
  }
  const engines = await selectEngines('auto')
  const parameters = Object.fromEntries(Object.keys(suffix.parameters).map((name) => [name, tensors.get(name)]))
  const [time] = await seconds(() =>
    fit({ network: suffix, tensors: new Map(Object.entries(parameters)), engines, train: source, settings }),
  )
  return time
}

/** The same layers, with folded weights, for PyTorch. */
function describeForPyTorch() {
  const folded = foldBatchNorm(stripHead(network), tensors)
  const keep = (name, values) => {
    const path = join(folder, name.replaceAll('/', '_'))
    writeFileSync(path, Buffer.from(values.buffer, values.byteOffset, values.byteLength))
    return path
  }
  return folded.network.layers.map((layer) => {
    if (layer.operator !== 'Conv') return { operator: layer.operator }
    const weight = folded.tensors.get(layer.parameters.weight)
    const { strides, pads, group } = resolveAttributes(layer)
    return {
      operator: 'Conv',
      weight: keep(layer.parameters.weight, weight.data),
      bias: keep(layer.parameters.bias, folded.tensors.get(layer.parameters.bias).data),
      shape: weight.shape,
      strides,
      pads,
      group,
    }
  })
}

const job = join(folder, 'job.json')
writeFileSync(
  job,
  JSON.stringify({
    layers: describeForPyTorch(),
    files: photos.map(({ path }) => path),
    labels: photos.map(({ label }) => label),
    batch,
    epochs,
  }),
)
const script = fileURLToPath(new URL('./feature-extraction.py', import.meta.url))
/** Alternating, best of three each: other work on the machine hits both alike. */
const rounds = []
for (let round = 0; round < 3; round++) {
  const graft = await graftSide()
  const { stdout, stderr, status } = spawnSync('/usr/bin/python3', [script, job, String(threads)], { encoding: 'utf8' })
  if (status !== 0) throw new Error(`PyTorch's side failed (install python3-torch and python3-torchvision): ${stderr}`)
  rounds.push({ graft, peer: JSON.parse(stdout) })
}
const best = (side, key) => Math.min(...rounds.map((round) => round[side][key]))
const rate = (name, key) => ({
  name,
  graft: photos.length / best('graft', key),
  peer: photos.length / best('peer', key),
  ratio: best('peer', key) / best('graft', key),
  unit: 'images/s',
})
const rows = [
  rate('decode and resize photos', 'decode'),
  rate('features, MobileNet v1 0.75 at 224', 'extract'),
  {
    name: `train a linear head, ${epochs} epochs on features`,
    graft: best('graft', 'train'),
    peer: best('peer', 'train'),
    ratio: best('peer', 'train') / best('graft', 'train'),
    unit: 's',
  },
]
keepResults('feature-extraction', rows, machineFacts({ torch: rounds[0].peer.torch, threads, photos: photos.length }))
const furthest = Math.max(...rounds[0].graft.first.map((value, index) => Math.abs(value - rounds[0].peer.first[index])))
if (!(furthest < 0.02))
  throw new Error(`The sides computed different features: ${rounds[0].graft.first} and ${rounds[0].peer.first}.`)
console.log(
  `\nFirst features agree: Graft ${rounds[0].graft.first.map((value) => value.toFixed(4)).join(' ')}, PyTorch ${rounds[0].peer.first.map((value) => value.toFixed(4)).join(' ')}.`,
)
rmSync(folder, { recursive: true, force: true })
process.exit(0)
