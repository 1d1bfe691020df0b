import { existsSync, readFileSync } from 'node:fs'
import { architectures, classifierHead, findArchitecture, imageNetClasses, type Network } from '@graft/network'
import { type CatalogueNetwork, findNetwork } from './catalogue.js'

/**
 * The network that a name stands for as far as it is known without its file: layers, stages and shapes, without weights.
 * Of the catalogue, and of timm's names whose architecture is in the list. Null where only the file tells.
 * @param name with the hub's prefix
 * @param inputSize of the image, where it is set
 */
export function outlineOf(name: string, inputSize?: number): Network | null {
  const known = findNetwork(name)
  const architecture = known === undefined ? architectureOf(name) : known.architecture
  const network = architecture === undefined ? storedOutline(known) : built(architecture, known, inputSize)
  return network === null ? null : { ...network, isOutline: true }
}

function built(architecture: string, known: CatalogueNetwork | undefined, inputSize: number | undefined): Network {
  const size = inputSize ?? known?.preprocessing.height
  const isClassifier = known === undefined || known.classes === 'imagenet'
  const network = findArchitecture(architecture).build({
    classes: isClassifier ? imageNetClasses.length : null,
    ...(size !== undefined && { inputSize: size }),
  })
  return isClassifier ? { ...network, head: classifierHead(imageNetClasses) } : network
}

/** timm's names begin with that of their architecture. */
function architectureOf(name: string): string | undefined {
  const [, wanted] = /^timm[:/]([^.@]+)/.exec(name) ?? []
  return architectures.some(({ id, aliases }) => id === wanted || (wanted !== undefined && aliases.includes(wanted)))
    ? wanted
    : undefined
}

/** Of networks whose file has its own layers; written by `packages/nodes/scripts/catalogue/write_outlines.mjs`. */
function storedOutline(known: CatalogueNetwork | undefined): Network | null {
  if (known === undefined) return null
  const file = new URL(`../../assets/catalogue/outlines/${known.name.replace(':', '-')}.json`, import.meta.url)
  if (!existsSync(file)) return null
  const outline = JSON.parse(readFileSync(file, 'utf8')) as Omit<Network, 'head'>
  return { ...outline, head: known.classes === 'imagenet' ? classifierHead(imageNetClasses) : null }
}
