import { emptyDocument } from '@graft/graph-schema'
import type { DatasetValue, GraphNode, Sample } from '@graft/graph-schema'
import { readSamples } from '@graft/nodes'
import { documentProblem, HttpProblem } from '../http/http-problem.js'
import { HelperRefusal } from '../../helper/helper-protocol.js'
import type { NodeLibrary } from '../services/node-library.js'
import type { Services } from '../services/services.js'

export interface FolderDataset {
  readonly dataset: DatasetValue
  readonly samples: readonly Sample[]
  /** What the node that reads folders warns of. */
  readonly warnings: readonly string[]
}

/**
 * A folder of images as the node that reads folders sees it: so what is told of it is what a graph gets, and the work is
 * kept for it.
 */
export async function datasetOfFolder(
  { helpers, nodes, roots, store, limits }: Services,
  path: string,
): Promise<FolderDataset> {
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
  return { dataset, samples: await readSamples(dataset, store), warnings }
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
