import { z } from 'zod'
import { taskOf } from '@graft/engines'
import { addHead as withHead, countParameters } from '@graft/network'
import { defineNode } from '../../sdk/define-node.js'
import { NodeError } from '../../sdk/node-error.js'
import { datasetPort, modelPort } from '../../sdk/ports.js'
import { atField } from '../support/run-surgery.js'

const params = z.strictObject({
  classes: z.number().int().min(0).max(100_000).default(0).meta({
    title: 'Classes',
    description: 'Number of classes. 0: as many as the connected images have, with their names.',
  }),
  pooling: z.enum(['average', 'max', 'averageAndMax', 'none']).default('average').meta({
    title: 'Pooling',
    description:
      "How the feature map (or a transformer's tokens) becomes a vector. `averageAndMax` joins both (as fastai does); `none` keeps every position.",
  }),
  features: z.enum(['last', 'all', 'chosen']).default('last').meta({
    title: 'Features from',
    description:
      'The `last` stage, `all` stages, or `chosen` ones: each pooled, joined, standardised by the training images and weighted. All stages help on images unlike those that the backbone knows, and cost next to nothing with a frozen backbone; the solver of Train chooses how much each counts.',
  }),
  stages: z
    .array(z.string().min(1).max(200))
    .max(200)
    .default([])
    .meta({
      title: 'Stages',
      description: 'Names of the stages to read, the last one among them. Strip Head chooses which is the last.',
      widget: 'stages',
      appliesWhen: { field: 'features', values: ['chosen'] },
    }),
  stageWeight: z
    .number()
    .min(0.01)
    .max(1)
    .default(0.6)
    .meta({
      title: 'Stage weight',
      description:
        'Several stages: each counts this much less than the one after it. 1: all the same. The solver and class means of Train choose between powers of it.',
      advanced: true,
      appliesWhen: { field: 'features', values: ['all', 'chosen'] },
    }),
  hidden: z.array(z.number().int().min(1).max(65_536)).max(4).default([]).meta({
    title: 'Hidden units',
    description:
      'Sizes of layers between features and classes. Empty: one linear layer, the best start for little data.',
    unit: 'units',
  }),
  activation: z
    .enum(['relu', 'hardswish'])
    .default('relu')
    .meta({ title: 'Activation', description: 'After each hidden layer.' }),
  dropout: z.number().min(0).max(0.95).default(0).meta({
    title: 'Dropout',
    description: 'Share of features dropped at random while training, before each linear layer.',
  }),
  seed: z.number().int().min(0).default(0).meta({ title: 'Seed', description: 'Seed of the initial weights.' }),
})

export const addHead = defineNode({
  type: 'add-head',
  version: 1,
  title: 'Add Head',
  category: 'Model',
  keywords: ['classifier', 'dense', 'linear', 'dropout', 'output layer'],
  doc: `Puts a new, untrained classifier on a stripped network.
Connect the images that you will train on, so that the head gets their classes and names. Follow it with Freeze Range, or directly with Train.`,
  inputs: {
    model: modelPort('A network whose head was stripped.'),
    images: datasetPort('Images to take the classes from: the ones that you will train on.', { optional: true }),
  },
  outputs: {
    model: modelPort('The network with a new head that gives one logit per class.', {
      classesFrom: { port: 'images' },
    }),
  },
  params,
  sameClasses: [[{ param: 'classes' }, { port: 'images' }]],
  async run({ inputs, params: settings, context }) {
    const { network } = inputs.model
    const { images } = inputs
    const classNames = chooseClassNames(settings.classes, images?.classNames)
    const { pooling, features, stages, stageWeight, hidden, activation, dropout, seed } = settings
    const result = atField('pooling', () =>
      withHead(network, {
        classNames,
        ...(images !== undefined && { task: images.task }),
        pooling,
        features: features === 'chosen' ? stages : features,
        stageWeight,
        hidden,
        activation,
        dropout,
        seed,
      }),
    )
    const added = countParameters(result).total - countParameters(network).total
    context.emit({
      type: 'log',
      level: 'info',
      message: `A head for ${classNames.length} classes (${taskOf(result).task.title.toLowerCase()}) with ${added.toLocaleString('en')} parameters.`,
    })
    return { model: { kind: 'model' as const, network: result } }
  },
})

function chooseClassNames(classes: number, fromImages: readonly string[] | undefined): readonly string[] {
  if (fromImages !== undefined && classes !== 0 && classes !== fromImages.length) {
    throw new NodeError(
      'classes',
      `The head is set to ${classes} classes, but the connected images have ${fromImages.length}: ${fromImages.slice(0, 8).join(', ')}.`,
      'Set classes to 0 to follow the images.',
    )
  }
  if (fromImages !== undefined) return fromImages
  if (classes > 0) return Array.from({ length: classes }, (_, index) => `class ${index}`)
  throw new NodeError(
    'classes',
    'Add Head does not know how many classes there are.',
    'Connect the images to its "images" input, or set classes.',
  )
}
