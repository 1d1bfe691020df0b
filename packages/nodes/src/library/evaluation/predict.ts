import { createHash } from 'node:crypto'
import { z } from 'zod'
import { type Prediction, stagesRead, taskOf } from '@graft/engines'
import { predictionsFileName } from '@graft/graph-schema'
import type { FileValue, PredictionsFile, Sample } from '@graft/graph-schema'
import type { ValuesRule } from '@graft/network'
import { checkImage } from '../../image-files/check-image.js'
import { fingerprintListing, listPath, pathsBelow } from '../../image-files/list-files.js'
import { readImageFile } from '../../image-files/read-image-file.js'
import type { LinkRules, Listing } from '../../image-files/list-files.js'
import { defineNode } from '../../sdk/define-node.js'
import type { NodeContext } from '../../sdk/node-context.js'
import { NodeError } from '../../sdk/node-error.js'
import { filePort, modelPort } from '../../sdk/ports.js'
import { withValues } from '../data/values-params.js'
import { atField } from '../support/run-surgery.js'
import { computeLogits, viewsField } from './compute-logits.js'
import { type PredictedFile, toCsv } from './csv.js'

const maximumImages = 100_000

export const predict = defineNode({
  type: 'predict',
  version: 1,
  title: 'Predict',
  category: 'Evaluation',
  keywords: ['inference', 'classify', 'predictions', 'use'],
  doc: `Classifies images that have no label: a file or a whole folder, subfolders included.
Connect a trained network. The result is a table (CSV, and JSON for programs) with the likeliest classes of every image and their probabilities and the ones it is assigned to; files that can't be read are listed with the reason.`,
  inputs: { model: modelPort('A trained network with a head.') },
  outputs: {
    table: filePort('The likeliest classes of every image, as CSV.', { title: 'Table' }),
    json: filePort('The same as JSON, with the probability of every class.', { title: 'JSON' }),
  },
  usesEngine: true,
  isOutput: true,
  // Features of all stages hold those of the last.
  precedence: ({ inputs }) => stagesRead(inputs.model.network),
  params: z.strictObject({
    path: z.string().min(1).meta({ title: 'Path', description: 'An image, or a folder of images.', widget: 'path' }),
    top: z
      .number()
      .int()
      .min(1)
      .max(20)
      .default(3)
      .meta({ title: 'Top', description: 'How many classes to list per image.', unit: 'classes' }),
    batchSize: z.number().int().min(1).max(1024).default(32).meta({
      title: 'Batch size',
      description: 'Most images per forward pass; affects memory only.',
      unit: 'images',
    }),
    views: viewsField,
  }),
  fingerprint: async ({ path }, context) =>
    fingerprintListing(
      await listImages(
        atField('path', () => context.resolvePath(path)),
        (real) => context.resolvePath(real),
      ),
    ),
  async reads({ path }, context) {
    const root = atField('path', () => context.resolvePath(path))
    return pathsBelow(root, { followLinks: false, resolvePath: (real) => context.resolvePath(real) })
  },
  async run({ inputs, params, context }) {
    const model = inputs.model
    if (model.network.head === null)
      throw new NodeError('model', `${model.network.name} has no classifier.`, 'Put Add Head before Train.')
    const { samples, skipped } = await collect(
      atField('path', () => context.resolvePath(params.path)),
      model.network.preprocessing.values,
      context,
    )
    if (samples.length === 0)
      throw new NodeError(
        'path',
        `There is no readable image at ${params.path} (${skipped.length} files were skipped).`,
        'Give the path of an image, or of a folder with images.',
      )
    const { task, head } = taskOf(model.network)
    const values = await computeLogits(model, samples, context, {
      batchSize: params.batchSize,
      views: params.views,
    })
    const answers = task.decode({ values, width: head.names.length }, head)
    const rows = samples.map((sample, index) => ({ file: sample.id, ...(answers[index] as Prediction) }))
    for (const { file, reason } of skipped)
      context.emit({ type: 'log', level: 'warning', message: `Skipped ${file}: ${reason}.` })
    return {
      table: await storeFile(
        toCsv(tableOf(rows, head.names, params.top), params.top, task.several),
        'text/csv',
        'predictions.csv',
        context,
      ),
      json: await storeFile(
        JSON.stringify(
          {
            task: task.id,
            classNames: [...head.names],
            predictions: rows.map(asWritten),
            skipped,
          } satisfies PredictionsFile,
          null,
          1,
        ),
        'application/json',
        predictionsFileName,
        context,
      ),
    }
  },
})

interface Row extends Prediction {
  readonly file: string
}

const asWritten = ({ file, probabilities, chosen }: Row): PredictionsFile['predictions'][number] => ({
  file,
  probabilities: [...probabilities],
  chosen: [...chosen],
})

function tableOf(rows: readonly Row[], classNames: readonly string[], top: number): PredictedFile[] {
  const nameOf = (index: number): string => classNames[index] ?? String(index)
  return rows.map(({ file, probabilities, chosen }) => ({
    file,
    chosen: chosen.map(nameOf),
    classes: probabilities
      .map((probability, index) => ({ name: nameOf(index), probability }))
      .toSorted((a, b) => b.probability - a.probability)
      .slice(0, top),
  }))
}

async function collect(
  path: string,
  values: ValuesRule | undefined,
  context: NodeContext,
): Promise<{ samples: Sample[]; skipped: { file: string; reason: string }[] }> {
  const { files, unread } = await listImages(path, (real) => context.resolvePath(real))
  const samples: Sample[] = []
  const skipped = [...unread]
  for (const file of files) {
    context.signal.throwIfAborted()
    const bytes = await readImageFile(file)
    if (typeof bytes === 'string') {
      skipped.push({ file: file.id, reason: bytes })
      continue
    }
    const checked = await checkImage(file.path, bytes, { values })
    if (checked.ok)
      samples.push({
        id: file.id,
        path: file.path,
        label: -1,
        ...withValues({ fingerprint: createHash('sha256').update(bytes).digest('hex'), check: checked }),
      })
    else skipped.push({ file: file.id, reason: checked.reason })
  }
  return { samples, skipped }
}

/** The file itself, or every file below a folder. Throws NodeError when there is nothing, or too much. */
async function listImages(path: string, resolvePath: LinkRules['resolvePath']): Promise<Listing> {
  const listing = await listPath(path, { followLinks: false, resolvePath }).catch(() => null)
  if (listing === null)
    throw new NodeError(
      'path',
      `There is nothing at ${path}.`,
      'Give the path of an image, or of a folder with images.',
    )
  if (listing.files.length > maximumImages)
    throw new NodeError(
      'path',
      `${path} holds ${listing.files.length} files; at most ${maximumImages} are predicted in one go.`,
      'Point to a smaller folder.',
    )
  return listing
}

async function storeFile(text: string, mediaType: string, name: string, { store }: NodeContext): Promise<FileValue> {
  return { kind: 'file', blob: await store.put(new TextEncoder().encode(text), mediaType, name) }
}
