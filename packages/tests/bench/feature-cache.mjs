// What a feature cache in half precision would bring: Graft's own cache with float32 records and with float16 ones
// (always rounded, fresh or read), side by side on the real photos: bytes on disk, time to write and to read, and
// whether losses and predictions change.
//   GRAFT_REAL_DATA=... node packages/tests/bench/feature-cache.mjs [--seeds 3]
// Writes results/feature-cache.json (graft: float16, peer: float32). Needs a build and ../shared/real.
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { createFeatureCache, fit, onnxEngine, predictLogits, selectEngines } from '@graft/engines'
import { addHead, freeze, loadTensors, readNetwork, splitFrozenPrefix, stripHead } from '@graft/network'
import { openModelFiles } from '@graft/network/node'
import { createImageLoader } from '@graft/nodes'
import { keepResults, machineFacts, median, realData } from './bench-kit.mjs'
import { checkHalves, decodeHalves, encodeHalves } from './support/half-floats.mjs'

const [batch, repeats] = [16, 5]
const seeds = Number(parseArgs({ options: { seeds: { type: 'string', default: '3' } } }).values.seeds)
const loaded = await readNetwork(await openModelFiles(`${realData}/mobilenet_v1_0.75_224`))
const sourceOf = (split) => {
  const samples = ['ants', 'bees'].flatMap((name, label) =>
    readdirSync(`${realData}/hymenoptera/${split}/${name}`)
      .filter((file) => /\.jpe?g$/i.test(file))
      .toSorted()
      .map((file) => join(realData, 'hymenoptera', split, name, file))
      .map((path) => ({ id: path, path, label, fingerprint: path })),
  )
  return createImageLoader({ samples, transforms: [], preprocessing: loaded.network.preprocessing, seed: 0 })
}

/** The job's network with a fresh head, frozen up to a stage. */
async function jobNetwork(to, seed) {
  const network = freeze(
    addHead(stripHead(loaded.network), {
      classNames: ['ants', 'bees'],
      pooling: 'average',
      hidden: [],
      dropout: 0,
      seed,
    }),
    { frozen: true, to },
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
  return { network, tensors: new Map([...loaded.tensors, ...fresh]) }
}

const jobs = [
  {
    name: 'frozen backbone',
    to: 'stage4',
    settings: { epochs: 25, batchSize: 32, learningRate: 1e-3, backboneMultiplier: 1, schedule: 'constant' },
  },
  {
    name: 'last two stages',
    to: 'stage2',
    settings: {
      epochs: 4,
      batchSize: 32,
      learningRate: 1e-3,
      backboneMultiplier: 1,
      schedule: 'constant',
      stageMultipliers: { stage3: 0.01, stage4: 0.01 },
    },
  },
]
const [train, validation] = [sourceOf('train'), sourceOf('val')]
const rows = []
const add = (name, graft, peer, unit, ratio = peer / graft) => rows.push({ name, graft, peer, ratio, unit })

/** The features of a job's frozen part, one after the other. */
async function featuresOf({ network, tensors }) {
  const { prefix } = splitFrozenPrefix(network)
  const forward = await onnxEngine.forward(prefix, { tensors })
  const parts = []
  for (let start = 0; start < train.count; start += batch) {
    const indices = Array.from({ length: Math.min(batch, train.count - start) }, (_, index) => start + index)
    parts.push(Object.values(await forward.run(await train.load(indices, 0)))[0].data)
  }
  await forward.dispose()
  const all = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0))
  parts.reduce((offset, part) => (all.set(part, offset), offset + part.length), 0)
  return { all, length: all.length / train.count }
}

/** Two halves in the place of one float32: the same cache, half as long records. */
const halves = {
  length: (length) => length / 2,
  encode: (values) => {
    const target = new Float32Array(values.length / 2)
    encodeHalves(values, new Uint16Array(target.buffer))
    return target
  },
  decode: (values) =>
    decodeHalves(
      new Uint16Array(values.buffer, values.byteOffset, values.length * 2),
      new Float32Array(values.length * 2),
    ),
}
const floats = { length: (length) => length, encode: (values) => values, decode: (values) => values }

async function timeCache({ all, length }, codec) {
  const directory = mkdtempSync(join(tmpdir(), 'graft-feature-cache-'))
  const keys = Array.from({ length: train.count }, (_, index) => `photo ${index}`)
  const batches = Array.from({ length: Math.ceil(keys.length / batch) }, (_, index) =>
    keys.slice(index * batch, (index + 1) * batch),
  )
  const time = async (work) => {
    const start = performance.now()
    await work()
    return performance.now() - start
  }
  const open = (memoryBytes) =>
    createFeatureCache(directory, { memoryBytes }).open('ab'.repeat(32), codec.length(length))
  const epoch = async (store) => {
    for (const batchKeys of batches) codec.decode(await store.read(batchKeys))
  }
  try {
    const written = await open(0)
    const write = await time(async () => {
      for (const [index, batchKeys] of batches.entries())
        await written.put(
          batchKeys,
          codec.encode(all.subarray(index * batch * length, (index * batch + batchKeys.length) * length)),
        )
    })
    await written.close()
    const [onDisk, inMemory] = [await open(0), await open(2 ** 30)]
    const check = await time(() => onDisk.missing(keys))
    await inMemory.missing(keys)
    const result = { write, check, disk: await time(() => epoch(onDisk)), memory: await time(() => epoch(inMemory)) }
    await onDisk.close()
    await inMemory.close()
    const folder = join(directory, readdirSync(directory)[0])
    return { ...result, bytes: readdirSync(folder).reduce((sum, file) => sum + statSync(join(folder, file)).size, 0) }
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}

async function compareTimes(job) {
  const features = await featuresOf(await jobNetwork(job.to, 1))
  const measured = { half: [], float: [] }
  for (let repeat = 0; repeat <= repeats; repeat++) {
    for (const [name, codec] of [
      ['half', halves],
      ['float', floats],
    ]) {
      const result = await timeCache(features, codec)
      if (repeat > 0) measured[name].push(result)
    }
  }
  const of = (which, key) => median(measured[which].map((result) => result[key]))
  const label = `${job.name}, ${train.count} features of ${features.length}`
  add(`${label}: on disk`, of('half', 'bytes') / 2 ** 20, of('float', 'bytes') / 2 ** 20, 'MiB')
  for (const [key, title] of [
    ['write', 'write'],
    ['check', 'checksums of a later run'],
    ['disk', 'an epoch from disk'],
    ['memory', 'an epoch from memory'],
  ])
    add(`${label}: ${title}`, of('half', key), of('float', key), 'ms')
  console.log(
    `largest feature ${features.all.reduce((most, value) => Math.max(most, Math.abs(value)), 0)} (float16 ends at 65504)`,
  )
}

/**
 * An engine whose results are rounded to halves: what comes out of the frozen part is then what a float16 cache would
 * give back, fresh or read.
 */
const rounding = (engine) => ({
  ...engine,
  forward: async (network, options) => {
    const forward = await engine.forward(network, options)
    return {
      run: async (images) =>
        Object.fromEntries(
          Object.entries(await forward.run(images)).map(([name, { shape, data }]) => [
            name,
            {
              shape,
              data: decodeHalves(encodeHalves(data, new Uint16Array(data.length)), new Float32Array(data.length)),
            },
          ]),
        ),
      dispose: () => forward.dispose(),
    }
  },
})

async function trainJob(job, seed, half) {
  const { network, tensors } = await jobNetwork(job.to, seed)
  const engines = await selectEngines('onnx')
  const start = performance.now()
  const result = await fit({
    network,
    tensors,
    engines: half ? { ...engines, forward: rounding(engines.forward) } : engines,
    train,
    validation,
    settings: { ...job.settings, seed, restoreBest: false },
  })
  const seconds = (performance.now() - start) / 1000
  // As Evaluate and an exported model compute: in one piece, without rounding.
  const { logits } = await predictLogits(onnxEngine, network, result.tensors, validation)
  return {
    seconds,
    losses: result.curves.filter(({ name, split }) => name === 'loss' && split === 'train').map(({ value }) => value),
    accuracy: result.validation.accuracy,
    predictions: Array.from({ length: validation.count }, (_, index) =>
      Number(logits[2 * index + 1] > logits[2 * index]),
    ),
  }
}

async function compareTraining(job) {
  const pairs = []
  // Once to warm up; then each goes first in turn.
  await trainJob(job, 0, false)
  for (let seed = 1; seed <= seeds; seed++) {
    const first = await trainJob(job, seed, seed % 2 === 0)
    const second = await trainJob(job, seed, seed % 2 === 1)
    pairs.push(seed % 2 === 0 ? [first, second] : [second, first])
  }
  const difference = ([a, b]) => Math.max(...a.losses.map((loss, epoch) => Math.abs(loss / b.losses[epoch] - 1)))
  const changed = ([a, b]) => a.predictions.filter((value, index) => value !== b.predictions[index]).length
  const exact = pairs.map(([, b]) => b)
  const between = exact.slice(1).map((b, index) => [exact[index], b])
  const mean = (side) => pairs.reduce((sum, pair) => sum + pair[side].accuracy, 0) / pairs.length
  add(`${job.name}, ${seeds} seeds: validation accuracy`, mean(0), mean(1), 'accuracy', mean(0) / mean(1))
  // Here "peer" is what chance does: one seed against the next, both in float32.
  add(
    `${job.name}: largest difference of an epoch's loss, float16 to float32 (peer: seed to seed)`,
    1e6 * Math.max(...pairs.map(difference)),
    1e6 * Math.max(...between.map(difference)),
    'millionths',
    null,
  )
  add(
    `${job.name}: predictions of ${validation.count} that change, float16 to float32 (peer: seed to seed)`,
    pairs.reduce((sum, pair) => sum + changed(pair), 0) / pairs.length,
    between.reduce((sum, pair) => sum + changed(pair), 0) / Math.max(1, between.length),
    'predictions',
    null,
  )
  add(
    `${job.name}: the whole job without a disk, ${job.settings.epochs} epochs`,
    median(pairs.map(([a]) => a.seconds)),
    median(exact.map(({ seconds }) => seconds)),
    's',
  )
}

checkHalves()
for (const job of jobs) await compareTimes(job)
for (const job of jobs) await compareTraining(job)
await train.close()
await validation.close()
keepResults('feature-cache', rows, machineFacts())
