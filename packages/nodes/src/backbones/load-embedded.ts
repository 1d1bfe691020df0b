import { readFile } from 'node:fs/promises'
import { z } from 'zod'
import { architectures, readSafetensors, type LoadedNetwork } from '@graft/network'
import type { EmbeddedBackbone } from './backbone.js'

const cardSchema = z.object({
  name: z.string(),
  inputSize: z.number().int().positive(),
  classNames: z.array(z.string()),
  sourceAccuracy: z.number(),
  licence: z.string(),
})

/** Builds an embedded backbone with its pre-trained weights and the classifier of its source task. */
export async function loadEmbeddedBackbone(backbone: EmbeddedBackbone): Promise<LoadedNetwork> {
  const folder = new URL(`../../${backbone.folder}/`, import.meta.url)
  const card = cardSchema.parse(JSON.parse(await readFile(new URL('card.json', folder), 'utf8')))
  const { tensors } = readSafetensors(new Uint8Array(await readFile(new URL('weights.safetensors', folder))))
  const architecture = architectures.find((candidate) => candidate.id === backbone.architecture)
  if (architecture === undefined)
    throw new Error(`The embedded backbone "${backbone.id}" names an unknown architecture "${backbone.architecture}".`)
  const built = architecture.build({ classes: card.classNames.length, inputSize: card.inputSize })
  const network = {
    ...built,
    name: card.name,
    classNames: card.classNames,
    provenance: {
      source: `embedded:${backbone.id}`,
      licence: card.licence,
      history: [
        `pre-trained by Graft on ${card.classNames.length} kinds of generated pictograms (accuracy ${(100 * card.sourceAccuracy).toFixed(1)} % on unseen ones)`,
      ],
    },
  }
  return { network, tensors }
}
