import { apiBase, emptyDocument } from '@graft/graph-schema'
import type { DatasetSummary, DatasetValue, GraphNode, Sample } from '@graft/graph-schema'
import { readSamples } from '@graft/nodes'
import { documentProblem, HttpProblem } from '../http/http-problem.js'
import { HelperRefusal } from '../../helper/helper-protocol.js'
import type { NodeLibrary } from '../services/node-library.js'
import type { Services } from '../services/services.js'

const samplesPerClass = 12
const mostSkipped = 1000
const mostWarnings = 50

/**
 * What is in a folder of images, as the node that reads folders sees it: so what is told here is what a graph gets, and
 * the work is kept for it.
 */
export async function summariseDataset(
  { helpers, nodes, roots, store, limits }: Services,
  path: string,
): Promise<DatasetSummary> {
  const { node, port } = await folderReader(nodes, path)
  const document = { ...emptyDocument('summary'), nodes: { images: node } }
  const {
    outputs,
    problems,
    warnings = [],
  } = await helpers.slow
    .ask(
      'inspect',
      { document, node: 'images', base: roots.base, roots: roots.paths, graph: 'server:summary' },
      limits.inspectMilliseconds,
    )
    .catch((error: unknown) => {
      if (error instanceof HelperRefusal && error.kind === 'problems') throw documentProblem(error.problems)
      throw error
    })
  if (problems.length > 0) throw documentProblem(problems)
  const dataset = outputs[port] as DatasetValue | undefined
  if (dataset === undefined)
    throw new HttpProblem(
      422,
      'not-a-dataset',
      'This folder does not hold images of at least two classes. Expected one folder per class, or train and val folders with one folder per class each.',
    )
  const samples = await readSamples(dataset, store)
  return {
    classes: dataset.classNames.map((name, label) => ({
      name,
      count: dataset.countPerClass[label] ?? 0,
      samples: thumbnailsOf(samples, label),
    })),
    splits: {
      train: countOf(samples, 'train'),
      val: countOf(samples, 'val'),
      test: countOf(samples, 'test'),
      none: countOf(samples, undefined),
    },
    skipped: dataset.skipped.slice(0, mostSkipped).map(({ file, reason }) => ({ file, reason })),
    count: dataset.count,
    // Which files were skipped, and why, is told above.
    warnings: warnings.filter((text) => !text.startsWith('Skipped ')).slice(0, mostWarnings),
    copies: samples.length - new Set(samples.map(({ fingerprint }) => fingerprint)).size,
  }
}

/** The node that reads a folder of images, set to one, and the output that gives them. */
async function folderReader(
  nodes: NodeLibrary,
  path: string,
): Promise<{ readonly node: GraphNode; readonly port: string }> {
  const { library } = await nodes.read()
  const definition = library.find(({ readsFolder }) => readsFolder !== undefined)
  const port = Object.entries(definition?.outputs ?? {}).find(([, { kind }]) => kind === 'dataset')?.[0]
  if (definition?.readsFolder === undefined || port === undefined)
    throw new Error('There is no node type that reads a folder of images. Expected one in the library.')
  const { type, version, readsFolder } = definition
  return { node: { type, version, params: { [readsFolder]: path } }, port }
}

/** Spread over the class, so that a folder sorted by time shows more than its first minute. */
function thumbnailsOf(samples: readonly Sample[], label: number): string[] {
  const paths = samples.flatMap((sample) => (sample.label === label && sample.path !== undefined ? [sample.path] : []))
  const step = Math.max(1, paths.length / samplesPerClass)
  return Array.from(
    { length: Math.min(samplesPerClass, paths.length) },
    (_, index) => paths[Math.floor(index * step)] ?? '',
  ).map((path) => `${apiBase}/data/thumbnail?path=${encodeURIComponent(path)}`)
}

function countOf(samples: readonly Sample[], split: 'train' | 'val' | 'test' | undefined): number {
  return samples.filter((sample) => sample.split === split).length
}
