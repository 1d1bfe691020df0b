import { readFile } from 'node:fs/promises'
import { z } from 'zod'
import { bindWeights, classifierHead, type LoadedNetwork, type Network, openSafetensors } from '@graft/network'
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
  const file = openSafetensors(new Uint8Array(await readFile(new URL('weights.safetensors', folder))))
  const { network: built, tensors } = await bindWeights(
    { ...file, read: async (name) => file.read(name) },
    backbone.title,
    { architecture: backbone.architecture, inputSize: card.inputSize },
  )
  const network: Network = {
    ...built,
    name: card.name,
    preprocessingOrigin: { how: 'file', reason: 'it was trained with it', certain: true },
    head: classifierHead(card.classNames),
    provenance: {
      source: `embedded:${backbone.id}`,
      licence: card.licence,
      history: [
        `pre-trained by Graft on ${card.classNames.length} kinds of generated pictograms (accuracy ${(100 * card.sourceAccuracy).toFixed(1)}% on unseen ones)`,
      ],
    },
  }
  return { network, tensors }
}
