// One cell of `npm run bench panel`: a set, a number of training images per class and a seed; and what a recipe makes
// of it.
import { readdirSync } from 'node:fs'
import { onnxEngine } from '@graft/engines'
import { createRandom, deriveSeed, readNetwork, shuffle, stripHead } from '@graft/network'
import { openModelFiles } from '@graft/network/node'
import { realData } from '../../bench-kit.mjs'
import { openImages } from './training.mjs'

const mostTested = 30

/** Gives the function that measures a recipe's share of right test images on a cell; features are kept in the folder. */
export async function openPanel(home) {
  const backbone = await readNetwork(await openModelFiles(`${realData}/mobilenet_v1_0.75_224`))
  const common = {
    stripped: stripHead(backbone.network),
    tensors: backbone.tensors,
    engine: onnxEngine,
    cacheDirectory: `${home}/features`,
  }
  return async (recipe, { set, size, seed }) => {
    const cell = { ...common, seed, ...samplesOf(set, size, seed) }
    const { trainSamples, testSamples } = cell
    const [train, test] = [openImages(cell, trainSamples), openImages(cell, testSamples)]
    try {
      const answers = await recipe.answers({ ...cell, train, test })
      return testSamples.filter(({ label }, row) => answers[row] === label).length / testSamples.length
    } finally {
      await Promise.all([train.close(), test.close()])
    }
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
