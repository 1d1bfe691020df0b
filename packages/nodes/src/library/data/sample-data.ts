import { createHash } from 'node:crypto'
import { multiLabel, singleLabel, type Task } from '@graft/engines'
import { z } from 'zod'
import type { Sample } from '@graft/graph-schema'
import { defaultSampleSize, findSampleFamily } from '../../sample-data/render-sample.js'
import {
  findSampleSet,
  listSampleEntries,
  listSceneEntries,
  type SampleEntry,
  type SampleSet,
  sceneSet,
} from '../../sample-data/sample-sets.js'
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
  keywords: ['dataset', 'demo', 'example', 'toy'],
  doc: `Generated images to try a pipeline on, without any files. Four sets cover the plane of transfer learning: small or large, similar to what the embedded
backbone has seen or different from it. Put Split after it; the sets bring their own train, validation and test parts. A fifth set has images that show several objects at once. Use Image Folder for your own images.`,
  inputs: {},
  outputs: {
    images: datasetPort('All images of the set, with their own train, validation and test parts.', {
      splits: ['all'],
    }),
  },
  params: z.strictObject({
    set: choiceField(
      ['small-similar', 'large-similar', 'small-different', 'large-different', sceneSet.id],
      'small-similar',
      {
        title: 'Set',
        description:
          "Small: 24 training images per class; large: 250. Similar to the embedded backbone's source task, or different from it. Several objects: up to three classes in one image, to try what Image Table is for.",
      },
    ),
    size: z.number().int().min(16).max(512).default(defaultSampleSize).meta({
      title: 'Size',
      description: 'Side of an image; the embedded backbone takes 64.',
      unit: 'pixels',
      advanced: true,
    }),
  }),
  async run({ params, context }) {
    const { id, title, family, task, samples } =
      params.set === sceneSet.id ? scenesOf(params.size) : setOf(findSampleSet(params.set), params.size)
    const { classNames } = findSampleFamily(family)
    const images = await withSamples(
      {
        kind: 'dataset',
        task: task.id,
        split: 'all',
        name: title,
        classNames,
        transforms: [],
        skipped: [],
        provenance: [`Sample Data: set ${id}, drawn by Graft`],
      },
      samples,
      context.store,
    )
    const parts = (['train', 'val', 'test'] as const).map(
      (part) => samples.filter(({ split }) => split === part).length,
    )
    context.emit({
      type: 'log',
      level: 'info',
      message: `${title}: ${samples.length} generated images of ${classNames.length} classes (${parts[0]} to train, ${parts[1]} to validate, ${parts[2]} to test).`,
    })
    await emitContactSheet(samples, classNames, context, task)
    return { images }
  },
})

/** Samples with what they are a set of. */
interface GeneratedSet {
  readonly id: string
  readonly title: string
  readonly family: string
  readonly task: Task
  readonly samples: readonly Sample[]
}

function setOf(set: SampleSet, size: number): GeneratedSet {
  const { classNames } = findSampleFamily(set.family)
  const samples = listSampleEntries(set).map((entry) =>
    sampleOf(set, entry, size, entry.classIndex, classNames[entry.classIndex] ?? String(entry.classIndex)),
  )
  return { ...set, task: singleLabel, samples }
}

function scenesOf(size: number): GeneratedSet {
  const samples = listSceneEntries().map((entry) => sampleOf(sceneSet, entry, size, entry.classes, 'scene'))
  return { ...sceneSet, task: multiLabel, samples }
}

function sampleOf(
  { id, family, seed }: Pick<SampleSet, 'id' | 'family' | 'seed'>,
  { split, classIndex, sampleIndex }: SampleEntry,
  size: number,
  label: Sample['label'],
  folder: string,
): Sample {
  const generated = { family, classIndex, index: sampleIndex, seed, size }
  return {
    id: `${id}/${split}/${folder}/${sampleIndex}`,
    generated,
    label,
    split,
    fingerprint: createHash('sha256')
      .update(JSON.stringify(['generated', generated]))
      .digest('hex'),
  }
}
