// What reading all stages costs: the pass over images for a head on all stages against that for a head on the last one,
// without decoding (noise as images) and without keeping.
//   node packages/tests/bench/stage-features.mjs [ROUNDS]
// In turns; a figure is the fastest of the rounds. Writes results/stage-features.json.
import { featuresOf, onnxEngine } from '@graft/engines'
import { addHead, freeze, loadTensors, readNetwork, stripHead } from '@graft/network'
import { openModelFiles } from '@graft/network/node'
import { keepResults, machineFacts, realData } from './bench-kit.mjs'

const rounds = Number(process.argv[2] ?? 5)
const images = 64
const backbone = await readNetwork(await openModelFiles(`${realData}/mobilenet_v1_0.75_224`))

async function passOf(features) {
  const plan = { classNames: ['a', 'b'], pooling: 'average', hidden: [], dropout: 0, seed: 1, features }
  const network = freeze(addHead(stripHead(backbone.network), plan), { frozen: true })
  const own = Object.fromEntries(Object.entries(network.parameters).filter(([name]) => name.startsWith('head')))
  const fresh = await loadTensors({ ...network, parameters: own }, () => Promise.reject(new Error('no blobs')))
  const tensors = new Map([...backbone.tensors, ...fresh].filter(([name]) => network.parameters[name] !== undefined))
  const layer = features === 'all' ? 'head.join' : 'head.flatten'
  const data = Float32Array.from({ length: 3 * 224 * 224 }, (_, place) => Math.sin(place))
  const source = {
    count: images,
    labels: new Array(images).fill(0),
    random: false,
    key: (index) => String(index),
    load: (indices) => {
      const batch = new Float32Array(indices.length * data.length)
      indices.forEach((_, row) => batch.set(data, row * data.length))
      return Promise.resolve({ shape: [indices.length, 3, 224, 224], data: batch })
    },
  }
  return async () => {
    const start = performance.now()
    const found = await featuresOf(network, tensors, source, [layer], { engines: { forward: onnxEngine } })
    await found.dispose()
    return (performance.now() - start) / 1000
  }
}

const passes = { last: await passOf('last'), all: await passOf('all') }
const seconds = { last: [], all: [] }
for (let round = 0; round <= rounds; round++)
  for (const name of ['last', 'all']) {
    const taken = await passes[name]()
    // The first warms up.
    if (round > 0) seconds[name].push(taken)
  }
const [last, all] = [Math.min(...seconds.last), Math.min(...seconds.all)]
keepResults(
  'stage-features',
  [{ network: 'MobileNet v1 0.75, 224', images, lastSeconds: last, allSeconds: all, ratio: all / last }],
  machineFacts({ rounds, wanted: 'ratio of 1.1 at most' }),
)
