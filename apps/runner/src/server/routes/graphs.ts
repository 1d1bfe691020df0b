import type { GraphDocument } from '@graft/graph-schema'
import { recordRequirements } from '../../executor/plan/requirements.js'
import { HttpProblem, notFound } from '../http/http-problem.js'
import { readDocument } from '../http/read-document.js'
import type { Handlers } from '../http/register.js'
import type { Services } from '../services/services.js'

type Names =
  | 'listGraphs'
  | 'createGraph'
  | 'getGraph'
  | 'saveGraph'
  | 'listGraphVersions'
  | 'getGraphVersion'
  | 'restoreGraphVersion'
  | 'deleteGraph'
  | 'listTrash'
  | 'restoreGraph'

export function graphHandlers({ graphs, nodes, runs, graphSaved }: Services): Pick<Handlers, Names> {
  const found = <Value>(value: Value | null, id: string): Value => {
    if (value === null) throw notFound(`graph "${id}"`)
    return value
  }
  // A saved graph may be opened elsewhere, so it says which plugins it needs.
  const toSave = async (json: unknown): Promise<GraphDocument> =>
    recordRequirements(readDocument(json), (await nodes.read()).library)
  return {
    listGraphs: () => ({ graphs: [...graphs.list()] }),
    createGraph: async ({ body }) => {
      const created = graphs.create(await toSave(body.document))
      if (body.draft !== undefined) runs.adopt(body.draft, created.id)
      return created
    },
    getGraph: ({ params }) => found(graphs.get(params.id), params.id),
    saveGraph: async ({ params, body }) => {
      const outcome = found(graphs.save(params.id, await toSave(body.document), body.baseVersion), params.id)
      if ('conflict' in outcome)
        throw new HttpProblem(
          409,
          'graph-changed',
          `The graph was changed elsewhere: it is at version ${outcome.conflict} now, and this change starts from version ${body.baseVersion}. Open the newest version and merge, or save under another name.`,
        )
      graphSaved(params.id, outcome.version)
      return outcome
    },
    listGraphVersions: ({ params }) => ({ versions: [...found(graphs.versions(params.id), params.id)] }),
    getGraphVersion: ({ params }) => {
      found(graphs.versions(params.id), params.id)
      const document = graphs.document(params.id, params.version)
      if (document === null) throw notFound(`version ${params.version} of graph "${params.id}"`)
      return { document }
    },
    restoreGraphVersion: ({ params }) => {
      const version = graphs.restoreVersion(params.id, params.version)
      if (version === null) throw notFound(`version ${params.version} of graph "${params.id}"`)
      graphSaved(params.id, version)
      return { version }
    },
    deleteGraph: ({ params }) => {
      if (!graphs.remove(params.id)) throw notFound(`graph "${params.id}"`)
    },
    listTrash: () => ({ graphs: [...graphs.trash()] }),
    restoreGraph: ({ params }) => {
      const version = graphs.restore(params.id)
      if (version === null) throw notFound(`graph "${params.id}" in the trash`)
      return { version }
    },
  }
}
