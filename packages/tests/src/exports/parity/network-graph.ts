import { must } from '@graft/errors'
import { type GraphDocument, parseDocument, setParam } from '@graft/graph-schema'
import { findArchitecture } from '@graft/network'
import { readTemplate } from '@graft/nodes'

export interface TemplateCase {
  /** The template's, and what is set otherwise where it isn't only how long it trains. */
  readonly name: string
  readonly template: string
  readonly settings: Readonly<Record<string, string>>
  readonly photos: boolean
  /** Whether it has a rate of its own, at which the steps are to move something. */
  readonly ownRate: boolean
}

/** Sides of images: as small as leaves every network a map to look at. */
export const imageSize = 64

export interface NetworkCase {
  /** An architecture's name. */
  readonly id: string
  readonly optimizer: 'sgd' | 'adamw'
  /** What batch normalisations use while training: stored statistics, or those of each batch. */
  readonly statistics: 'frozen' | 'batch'
}

/** Every architecture of the comparison, with each optimizer and, where it has batch normalisations, each policy. */
export const networkCases: readonly NetworkCase[] = [
  ...['resnet18', 'mobilenet_v2', 'efficientnet_b0'].flatMap((id) => casesOf(id, ['frozen', 'batch'])),
  ...['convnext_tiny', 'vit_tiny_patch16_224'].flatMap((id) => casesOf(id, ['frozen'])),
]

function casesOf(id: string, policies: readonly NetworkCase['statistics'][]): readonly NetworkCase[] {
  const optimizers = ['sgd', 'adamw'] as const
  return policies.flatMap((statistics) => optimizers.map((optimizer) => ({ id, optimizer, statistics })))
}

/**
 * Every template, as far as 30 steps of each phase go; those on photos with the photos and network that are given.
 */
export const templateCases: readonly TemplateCase[] = [
  { template: 'small-similar', settings: { 'train.epochs': '6' } },
  { template: 'small-different', settings: { 'train.epochs': '6' } },
  { template: 'large-similar', settings: { 'train.epochs': '2', 'finetune.epochs': '1' } },
  { template: 'large-different', settings: { 'train.epochs': '1' } },
  // From scratch at the template's own rate rounding grows too fast for 30 steps.
  {
    template: 'large-different',
    settings: { 'train.epochs': '1', 'train.learningRate': '0.00003' },
    as: 'at a hundredth of its rate',
  },
  { template: 'several-objects', settings: { 'train.epochs': '3' } },
  { template: 'photos', settings: {}, photos: true },
  { template: 'photos', settings: { 'train.method': 'descent', 'train.epochs': '5' }, photos: true, as: 'in steps' },
  { template: 'photos-two-phase', settings: { 'train.epochs': '5', 'finetune.epochs': '4' }, photos: true },
  { template: 'photos-probe-fine-tune', settings: { 'finetune.epochs': '4' }, photos: true },
  {
    template: 'photos-probe-fine-tune',
    settings: { 'finetune.batchSize': '8', 'finetune.epochs': '1' },
    photos: true,
    as: 'in batches of 8',
  },
  // After the probe so little is left to learn that rounding is a good part of the losses.
  {
    template: 'photos-probe-fine-tune',
    settings: { 'finetune.batchSize': '8', 'finetune.epochs': '1', 'finetune.learningRate': '0.000002' },
    photos: true,
    as: 'in batches of 8, at a hundredth of its rate',
  },
].map(({ as, ...one }) => ({
  photos: false,
  ...one,
  ownRate: Object.keys(one.settings).some((key) => key.endsWith('.learningRate')),
  name: as === undefined ? one.template : `${one.template}, ${as}`,
}))

/** So low that rounding grows slowly, and so high that the steps move the losses by a few hundredths at least. */
const rates = { sgd: 0.0002, adamw: 0.00001 } as const

/** Of these rates, where more is too much: gradients are larger with batch normalisation. */
const shares: Readonly<Record<string, Readonly<Record<NetworkCase['optimizer'], number>>>> = {
  resnet18: { sgd: 0.2, adamw: 0.2 },
  mobilenet_v2: { sgd: 0.2, adamw: 0.5 },
  efficientnet_b0: { sgd: 0.75, adamw: 0.3 },
}

const rateOf = ({ id, optimizer }: NetworkCase): number => rates[optimizer] * (shares[id]?.[optimizer] ?? 1)

/**
 * A graph that trains a network with a new head on augmented images, all but its first stage, for a little more than 30
 * steps of 12 images.
 * @param source file of the network
 */
export function networkGraph(one: NetworkCase, source: string): GraphDocument {
  const { id, optimizer, statistics } = one
  const [first] = findArchitecture(id).build({ classes: null, inputSize: imageSize }).stages
  const settings = {
    'backbone.source': source,
    'strip.after': '',
    'freeze.to': must(first, 'a stage').name,
    'freeze.statistics': statistics,
    'train.optimizer': optimizer,
    'train.learningRate': String(rateOf(one)),
    'train.batchSize': '12',
    'train.epochs': '2',
  }
  const whole = { type: 'freeze-range', version: 1, params: { action: 'unfreeze', statistics } }
  const { nodes, edges, ...rest } = withSettings('small-different', settings)
  // Evaluated once, on few images.
  const unused = ({ from, to }: GraphDocument['edges'][number]): boolean =>
    from.node === 'split' && from.port !== 'train' && (to.node === 'train' || to.node === 'evaluate')
  return {
    ...rest,
    name: `${id}, ${optimizer}, ${statistics} statistics`,
    nodes: { ...nodes, whole },
    edges: [
      ...edges.filter((edge) => edge.to.node !== 'freeze' && !unused(edge)),
      { from: { node: 'split', port: 'val' }, to: { node: 'evaluate', port: 'images' } },
      { from: { node: 'head', port: 'model' }, to: { node: 'whole', port: 'model' } },
      { from: { node: 'whole', port: 'model' }, to: { node: 'freeze', port: 'model' } },
    ],
  }
}

/** A template with parameters set. Throws where one can't be. */
export function withSettings(template: string, settings: Readonly<Record<string, string>>): GraphDocument {
  const { document } = parseDocument(readTemplate(template))
  return withParams(must(document, `the template ${template}`), settings)
}

/** A graph with parameters set, as `--set` does. Throws where one can't be. */
export function withParams(document: GraphDocument, settings: Readonly<Record<string, string>>): GraphDocument {
  return Object.entries(settings).reduce((before, [key, value]) => {
    const changed = setParam(before, `${key}=${value}`)
    if ('document' in changed) return changed.document
    throw new Error(`${document.name} can't have ${key}=${value}`)
  }, document)
}
