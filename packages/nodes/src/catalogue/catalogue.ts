import { readFileSync } from 'node:fs'
import { architectures } from '@graft/network'
import { z } from 'zod'
import { didYouMean, nearest } from '@graft/graph-schema'

const triple = z.tuple([z.number(), z.number(), z.number()])

const networkSchema = z.strictObject({
  /** As Load Backbone's `source` has it. */
  name: z.string().regex(/^(torchvision|timm|tfjs):[\w.-]+$/),
  title: z.string(),
  family: z.string(),
  /** Why one would take it, one sentence. */
  why: z.string(),
  /** torchvision's or timm's name; absent: the file has its own layers. */
  architecture: z.string().optional(),
  /** Which of the hub's weights: torchvision's name for them, timm's tag. */
  weights: z.string().optional(),
  /** Of the file; or, for the Hugging Face hub, the repository. */
  address: z.url().optional(),
  repository: z.string().optional(),
  /** Beginning of the file's sha256. */
  sha256: z
    .string()
    .regex(/^[0-9a-f]{8,64}$/)
    .optional(),
  /** To download, about. */
  bytes: z.int().positive().optional(),
  parameters: z.int().positive().optional(),
  /** Of convolutions and matrix products, for one image. */
  multiplyAdds: z.int().positive().optional(),
  /** Published, on ImageNet's validation images of `size` pixels, in per cent. */
  accuracy: z.strictObject({ top1: z.number().min(0).max(100), size: z.int() }).optional(),
  licence: z.string().optional(),
  /** What its classifier tells apart; absent: it has none, or other classes. */
  classes: z.literal('imagenet').optional(),
  preprocessing: z.strictObject({
    height: z.int().positive(),
    width: z.int().positive(),
    resize: z.enum(['crop', 'stretch']),
    cropFraction: z.number().positive().max(1),
    interpolation: z.enum(['bilinear', 'bicubic']),
    channelOrder: z.enum(['rgb', 'bgr']),
    mean: triple,
    deviation: triple,
  }),
})

/** What is known of a network that can be had by name; what isn't known is absent. */
export type CatalogueNetwork = z.output<typeof networkSchema>

const fileSchema = z.strictObject({ from: z.string(), networks: z.array(networkSchema) })

let read: readonly CatalogueNetwork[] | null = null

/**
 * Every network of the catalogue, buildable or not, in its order: the data of
 * `assets/catalogue/networks.json`, which a script writes (`packages/nodes/scripts/catalogue`).
 */
export function catalogue(): readonly CatalogueNetwork[] {
  read ??= fileSchema.parse(
    JSON.parse(readFileSync(new URL('../../assets/catalogue/networks.json', import.meta.url), 'utf8')),
  ).networks
  return read
}

/** Whether Graft can build it: its file has its own layers, or its architecture is in the list. */
export function isBuildable({ architecture }: Pick<CatalogueNetwork, 'architecture'>): boolean {
  return (
    architecture === undefined ||
    architectures.some(({ id, aliases }) => id === architecture || aliases.includes(architecture))
  )
}

/** The networks that can be used. */
export function usableNetworks(): readonly CatalogueNetwork[] {
  return catalogue().filter(isBuildable)
}

/** The network of this name; of timm's also without the tag. Undefined when the catalogue has none. */
export function findNetwork(name: string): CatalogueNetwork | undefined {
  const plain = name.replace(/^timm\//, 'timm:')
  return (
    catalogue().find((network) => network.name === plain) ??
    catalogue().find(({ name: full }) => full.startsWith('timm:') && full.split('.')[0] === plain)
  )
}

/**
 * Names like the one that wasn't found, for messages: `Did you mean ...? ` or nothing. Those that begin so behind their
 * hub's prefix go first, as people leave that out.
 */
export function likeName(name: string): string {
  const names = usableNetworks().map((network) => network.name)
  const bare = name.toLowerCase().replace(/^[a-z]+[:/]/, '')
  const begun = names.filter((full) => full.slice(full.indexOf(':') + 1).startsWith(bare)).slice(0, 3)
  if (bare.length > 2 && begun.length > 0) return `Did you mean ${begun.join(' or ')}? `
  const near = nearest(bare, [...new Set(names.map(plainOf))])
  const mistyped = names.filter((full) => plainOf(full) === near)
  return mistyped.length > 0 ? `Did you mean ${mistyped.join(' or ')}? ` : didYouMean(name, names)
}

/** A name without hub and tag: `resnet50` of `timm:resnet50.a1_in1k`. */
const plainOf = (full: string): string => full.slice(full.indexOf(':') + 1).replace(/\.[a-z].*$/, '')

/** The word of the catalogue's names and families nearest to one that is in none, for messages: `Did you mean "..."? ` or nothing. */
export function likeWord(word: string): string {
  const texts = usableNetworks().map(({ name, family }) => `${plainOf(name)} ${family}`.toLowerCase())
  if (texts.some((text) => text.includes(word.toLowerCase()))) return ''
  return didYouMean(word, [...new Set(texts.flatMap((text) => text.split(/[^a-z0-9]+/)))])
}

export type SpeedClass = 'fast' | 'medium' | 'slow'

/** By multiply-adds of one image: up to half a thousand million, up to five, more. Null where they aren't known. */
export function speedOf({ multiplyAdds }: CatalogueNetwork): SpeedClass | null {
  if (multiplyAdds === undefined) return null
  return multiplyAdds <= 0.6e9 ? 'fast' : multiplyAdds <= 5e9 ? 'medium' : 'slow'
}

/**
 * What the templates for own photos start from: small, permissive, of plain layers, and the one whose real weights the
 * project's own tests run on (docs/decisions.md).
 */
export const firstChoice = 'tfjs:mobilenet_v1_0.75_224'
