// A place of `npm run bench panel`: a set, a number of training images per class, a seed and a size of images; and what
// all recipes there share.
import { readdirSync } from 'node:fs'
import { onnxEngine } from '@graft/engines'
import { createRandom, deriveSeed, readNetwork, shuffle, stripHead } from '@graft/network'
import { openModelFiles } from '@graft/network/node'
import { realData } from '../../bench-kit.mjs'
import { atSize, openImages } from './training.mjs'

const mostTested = 30

/** Gives the function that opens a place; features are kept in the folder. */
export async function openPanel(home) {
  const backbone = await readNetwork(await openModelFiles(`${realData}/mobilenet_v1_0.75_224`))
  const common = { tensors: backbone.tensors, engine: onnxEngine, cacheDirectory: `${home}/features` }
  const stripped = stripHead(backbone.network)
  return ({ set, size, seed, pixels }) =>
    withShared({ ...common, stripped: atSize(stripped, pixels), seed, size, ...samplesOf(set, size, seed) })
}

/**
 * The place with its images, which are decoded once, and `once`, which makes what several recipes need (the probe, the
 * trained last stage) the first time that one of them asks. `measure` gives a recipe's share of right test images.
 */
function withShared(place) {
  const loaders = new Map()
  const made = new Map()
  const images = (samples, transforms = []) => {
    const key = JSON.stringify([samples === place.testSamples, transforms])
    if (!loaders.has(key)) loaders.set(key, openImages(place, samples, transforms))
    return loaders.get(key)
  }
  const { trainSamples, testSamples } = place
  const cell = {
    ...place,
    images,
    train: images(trainSamples),
    test: images(testSamples),
    once(name, make) {
      if (!made.has(name)) made.set(name, make())
      return made.get(name)
    },
  }
  return {
    async measure(recipe) {
      const answers = await recipe.answers(cell)
      return testSamples.filter(({ label }, row) => answers[row] === label).length / testSamples.length
    },
    close: () => Promise.all([...loaders.values()].map((loader) => loader.close())),
  }
}

function samplesOf(set, size, seed) {
  const root = `${realData}/panel/${set}`
  const classNames = readdirSync(root).toSorted()
  const parts = classNames.map((name, label) => {
    const files = readdirSync(`${root}/${name}`).toSorted()
    const order = shuffle(files, createRandom(deriveSeed(seed, `${set} ${name}`)))
    return order.map((file) => ({ path: `${root}/${name}/${file}`, fingerprint: `${set}/${name}/${file}`, label }))
  })
  // At least ten of a class are kept for the test, where there are that many.
  const taken = (part) => Math.max(1, Math.min(size, part.length - Math.min(10, part.length >> 1)))
  return {
    classNames,
    trainSamples: parts.flatMap((part) => part.slice(0, taken(part))),
    testSamples: parts.flatMap((part) => part.slice(-mostTested).slice(-(part.length - taken(part)))),
  }
}
