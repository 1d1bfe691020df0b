// What the recipes of `npm run bench panel` share: a network with a new head, trained, and its answers for test images.
import { fit, predictLogits } from '@graft/engines'
import { addHead, freeze, loadTensors } from '@graft/network'
import { createImageLoader } from '@graft/nodes'

/** Images for the network, as they are or changed by transforms at random. */
export function openImages({ stripped, seed }, samples, transforms = []) {
  return createImageLoader({ samples, transforms, preprocessing: stripped.preprocessing, seed, threads: 1 })
}

/** The network for square images of so many pixels a side. */
export function atSize(network, pixels) {
  const { input, preprocessing } = network
  return {
    ...network,
    input: { ...input, shape: [input.shape[0], pixels, pixels] },
    preprocessing: { ...preprocessing, height: pixels, width: pixels },
  }
}

/** A frozen network with a new head that learns; `trunk` is the backbone as it is unless another one is given. */
export async function headed({ stripped, classNames, seed, tensors }, { trunk = stripped, head = {} } = {}) {
  const plan = { classNames, pooling: 'average', hidden: [], dropout: 0, seed, ...head }
  const network = freeze(addHead(trunk, plan), { frozen: true })
  return withValues(network, tensors)
}

/** The network with the values of its parameters: those that are known, and fresh ones for what is new. */
export async function withValues(network, tensors) {
  const own = Object.fromEntries(Object.entries(network.parameters).filter(([name]) => !tensors.has(name)))
  const fresh = await loadTensors({ ...network, parameters: own }, () => Promise.reject(new Error('no blobs')))
  const all = [...tensors, ...fresh].filter(([name]) => network.parameters[name] !== undefined)
  return { network, tensors: new Map(all) }
}

/** Trains; the images are the cell's unless others are given. */
export async function train(cell, { network, tensors }, settings, images = cell.train) {
  const { engine, cacheDirectory, seed } = cell
  const engines = { forward: engine, training: engine }
  const result = await fit({
    network,
    tensors,
    engines,
    train: images,
    settings: { seed, ...settings },
    cacheDirectory,
  })
  return { network: result.network ?? network, tensors: result.tensors, solver: result.solver }
}

/** Logits `[images, classes]` for the test images. */
export async function logitsOf({ engine, cacheDirectory, test }, { network, tensors }, images = test) {
  return predictLogits(engine, network, tensors, images, { cache: { directory: cacheDirectory } })
}

/** The class that each test image is taken for. */
export async function answersOf(cell, model) {
  return largest(await logitsOf(cell, model))
}

/** The same by the mean over the images and their mirror images. */
export async function mirroredAnswersOf(cell, model) {
  const turned = cell.images(cell.testSamples, [{ name: 'horizontalFlip', options: { probability: 1 }, seed: 0 }])
  const [plain, mirrored] = [await logitsOf(cell, model), await logitsOf(cell, model, turned)]
  return largest({ ...plain, logits: plain.logits.map((value, index) => value + mirrored.logits[index]) })
}

/** The solver's head on the last stage, which all else is compared with and begins from. */
export const probeOf = (cell) => cell.once('probe', async () => train(cell, await headed(cell), { method: 'solver' }))

function largest({ logits, classes }) {
  return Array.from({ length: logits.length / classes }, (_, row) => {
    const outputs = logits.subarray(row * classes, (row + 1) * classes)
    return outputs.indexOf(Math.max(...outputs))
  })
}
