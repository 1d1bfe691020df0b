import { predictLogits, taskOf } from '@graft/engines'
import type { ImagePart } from '@graft/graph-schema'
import { createImageLoader, NodeError, seenPart } from '@graft/nodes'
import type { HelperCalls } from '../helper-protocol.js'
import { cellsOf, coveredImages, partUnder } from './cover.js'
import { openModel, sampleOfFile } from './open-model.js'
import type { KeptWeights } from './open-model.js'

/** Probabilities this near to 0 and 1 count as no nearer: float32 tells no more apart. */
const surest = 1e-7

/**
 * What in an image speaks for a class: the image is covered part by part, and what that takes from the odds of the class is
 * the part's share. Works for every network and every head, since it only asks for answers. Throws NodeError when the model
 * is no classifier or has no such class, or the file is no image.
 */
export async function explainImage(
  { model, image, sample, classIndex }: HelperCalls['explain']['ask'],
  kept: KeptWeights,
): Promise<HelperCalls['explain']['answer']> {
  const started = performance.now()
  const { network, tensors, forward, fallback } = await openModel(model, kept)
  const { preprocessing } = network
  const shown = sample ?? (await sampleOfFile(image ?? '', network))
  const loader = createImageLoader({ samples: [shown], transforms: [], preprocessing, seed: 0 })
  try {
    const covered = coveredImages(await loader.load([0], 0))
    const { logits, classes } = await predictLogits(forward, network, tensors, covered, { fallback })
    const { task, head } = taskOf(network)
    const answers = task.decode({ values: logits, width: classes }, head).map(({ probabilities }) => probabilities)
    const [whole = [], ...rest] = answers
    const asked = classIndex ?? whole.indexOf(Math.max(...whole))
    const className = head.names[asked]
    if (className === undefined)
      throw new NodeError('class', `There is no class ${asked}.`, `Give a number from 0 to ${classes - 1}.`)
    const probability = whole[asked] ?? 0
    const left = rest.map((probabilities) => probabilities[asked] ?? 0)
    const most = left.indexOf(Math.min(...left))
    const { aspect, part: seen } = await seenPart(shown, preprocessing)
    return {
      ...{ classIndex: asked, className, probability, aspect, seen },
      cells: cellsOf(left.map((value) => logOdds(probability) - logOdds(value))),
      most: { part: within(seen, partUnder(Math.max(0, most))), probability: left[most] ?? 0 },
      milliseconds: Math.round(performance.now() - started),
    }
  } finally {
    await loader.close()
  }
}

function logOdds(probability: number): number {
  const bounded = Math.min(1 - surest, Math.max(surest, probability))
  return Math.log(bounded / (1 - bounded))
}

/** A part of a part, as a part of the whole. */
function within(outer: ImagePart, inner: ImagePart): ImagePart {
  return {
    left: outer.left + inner.left * outer.width,
    top: outer.top + inner.top * outer.height,
    width: inner.width * outer.width,
    height: inner.height * outer.height,
  }
}
