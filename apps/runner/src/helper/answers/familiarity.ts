import { featuresOf, solvable } from '@graft/engines'
import type { DatasetValue, Sample } from '@graft/graph-schema'
import { addHead, freeze, stripHead } from '@graft/network'
import { createImageLoader, readSamples } from '@graft/nodes'
import { findHome } from '../../home.js'
import { openBlobStore } from '../../store/file-blob-store.js'
import type { HelperCalls } from '../helper-protocol.js'
import { directionsOf, distancesTo, judge } from './nearness.js'
import type { Directions } from './nearness.js'
import { openModel, sampleOfFile } from './open-model.js'
import type { KeptWeights, OpenedModel } from './open-model.js'

/** So many images are measured at most, spread evenly: more make no other judgement, and someone waits for it. */
const mostTraining = 200
const mostValidation = 100

/** The images that a network was taught and checked on, as it sees them; those asked about last. */
export interface KeptSurroundings {
  last: { readonly key: string; readonly training: Directions; readonly distances: readonly number[] } | null
}

/**
 * Whether an image lies farther from the training images than nearly all validation images. Throws NodeError when the
 * model is no classifier, or one of the images can't be read any more.
 */
export async function measureFamiliarity(
  { model, image, train, validation }: HelperCalls['familiarity']['ask'],
  kept: KeptWeights,
  surroundings: KeptSurroundings,
): Promise<HelperCalls['familiarity']['answer']> {
  const opened = await openModel(model, kept)
  const look = trunkOf(opened)
  const key = `${opened.key} ${train.samples.sha256} ${validation.samples.sha256}`
  if (surroundings.last?.key !== key) {
    const training = await look(await spread(train, mostTraining))
    const distances = distancesTo(training, await look(await spread(validation, mostValidation)))
    surroundings.last = { key, training, distances }
  }
  const { training, distances } = surroundings.last
  const [distance = 0] = distancesTo(training, await look([await sampleOfFile(image, opened.network)]))
  return {
    ...judge(distance, distances),
    validation: distances.length,
    training: training.values.length / training.columns,
  }
}

/** Gives what the network sees of images before its head: the last map, averaged. */
function trunkOf({
  network,
  tensors,
  forward,
  fallback,
}: OpenedModel): (samples: readonly Sample[]) => Promise<Directions> {
  const headed = freeze(
    addHead(stripHead(network), { classNames: ['a', 'b'], pooling: 'average', hidden: [], dropout: 0, seed: 0 }),
    { frozen: true },
  )
  const { features: layer, columns } = solvable(headed)
  return async (samples) => {
    const source = createImageLoader({ samples, transforms: [], preprocessing: network.preprocessing, seed: 0 })
    try {
      // The new head is only there to say what is averaged; it is never computed.
      const found = await featuresOf(headed, tensors, source, [layer], { engines: { forward, fallback } })
      try {
        const read = await found.layers[layer]?.read(samples.map((_, index) => index))
        return directionsOf({ values: Float32Array.from(read?.data ?? []), columns })
      } finally {
        await found.dispose()
      }
    } finally {
      await source.close()
    }
  }
}

async function spread(dataset: Pick<DatasetValue, 'samples' | 'root'>, most: number): Promise<readonly Sample[]> {
  const samples = await readSamples(
    { samples: dataset.samples, ...(dataset.root !== undefined && { root: dataset.root }) },
    openBlobStore(findHome().store),
  )
  if (samples.length <= most) return samples
  return Array.from({ length: most }, (_, index) => samples[Math.floor((index * samples.length) / most)] as Sample)
}
