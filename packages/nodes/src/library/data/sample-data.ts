import { createHash } from 'node:crypto'
import { z } from 'zod'
import type { Sample } from '@graft/graph-schema'
import { defaultSampleSize, findSampleFamily } from '../../sample-data/render-sample.js'
import { findSampleSet, listSampleEntries, type SampleSet } from '../../sample-data/sample-sets.js'
import { defineNode } from '../../sdk/define-node.js'
import { choiceField } from '../../sdk/fields.js'
import { datasetPort } from '../../sdk/ports.js'
import { withSamples } from '../../sdk/samples.js'
import { emitContactSheet } from './emit-preview.js'

export const sampleData = defineNode({
  type: 'sample-data',
  version: 1,
  revision: 2,
  title: 'Sample Data',
  category: 'Data',
  doc: `Generated images to try a pipeline on, without any files. Four sets cover the plane of transfer learning: small or large, similar to what the embedded
backbone has seen or different from it. Put Split after it; the sets bring their own train, validation and test parts. Use Image Folder for your own images.`,
  inputs: {},
  outputs: {
    images: datasetPort('All images of the set, with their own train, validation and test parts.', {
      splits: ['all'],
    }),
  },
  params: z.strictObject({
    set: choiceField(['small-similar', 'large-similar', 'small-different', 'large-different'], 'small-similar', {
      title: 'Set',
      description:
        "Small: 24 training images per class; large: 250. Similar to the embedded backbone's source task, or different from it.",
    }),
    size: z.number().int().min(16).max(512).default(defaultSampleSize).meta({
      title: 'Size',
      description: 'Side of an image; the embedded backbone takes 64.',
      unit: 'pixels',
      advanced: true,
    }),
  }),
  async run({ params, context }) {
    const set = findSampleSet(params.set)
    const { classNames } = findSampleFamily(set.family)
    const samples = samplesOf(set, params.size)
    const images = await withSamples(
      {
        kind: 'dataset',
        split: 'all',
        name: set.title,
        classNames,
        transforms: [],
        skipped: [],
        provenance: [`Sample Data: set ${set.id}, drawn by Graft`],
      },
      samples,
      context.store,
    )
    context.emit({
      type: 'log',
      level: 'info',
      message: `${set.title}: ${samples.length} generated images of ${classNames.length} classes (${set.trainPerClass} to train, ${set.valPerClass} to validate, ${set.testPerClass} to test, each).`,
    })
    await emitContactSheet(samples, classNames, context)
    return { images }
  },
})

function samplesOf(set: SampleSet, size: number): readonly Sample[] {
  const { classNames } = findSampleFamily(set.family)
  return listSampleEntries(set).map(({ split, classIndex, sampleIndex }) => {
    const generated = { family: set.family, classIndex, index: sampleIndex, seed: set.seed, size }
    return {
      id: `${set.id}/${split}/${classNames[classIndex] ?? classIndex}/${sampleIndex}`,
      generated,
      label: classIndex,
      split,
      fingerprint: createHash('sha256')
        .update(JSON.stringify(['generated', generated]))
        .digest('hex'),
    }
  })
}
