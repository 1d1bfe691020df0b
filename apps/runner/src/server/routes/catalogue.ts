import { nodeOf, parseDocument } from '@graft/graph-schema'
import { checkForRun } from '../../executor/check-for-run.js'
import { HelperRefusal } from '../../helper/helper-protocol.js'
import { documentProblem, HttpProblem, notFound } from '../http-problem.js'
import { readDocument } from '../read-document.js'
import type { Handlers } from '../register.js'
import type { Services } from '../services.js'

type Names = 'listNodes' | 'listTemplates' | 'getTemplate' | 'validate' | 'inspect'

export function catalogueHandlers({ manifests, templates, readTemplate, library, helpers, roots }: Services): Pick<Handlers, Names> {
  return {
    listNodes: () => ({ nodes: [...manifests] }),
    listTemplates: () => ({ templates: templates.map(({ id, title, quadrant, summary }) => ({ id, title, quadrant, summary })) }),
    getTemplate: ({ params }) => {
      const template = readTemplate(params.id)
      if (template === null) throw notFound(`template "${params.id}"`)
      return { document: readDocument(template) }
    },
    validate: ({ body }) => {
      const { document, problems } = parseDocument(body.document)
      return { document, problems: [...problems, ...(document === null ? [] : checkForRun(document, library, manifests))] }
    },
    inspect: async ({ body }) => {
      const document = readDocument(body.document)
      if (nodeOf(document, body.node) === undefined) throw new HttpProblem(422, 'node-unknown', `There is no node "${body.node}" in the document.`, { node: body.node })
      try {
        return await helpers.slow.ask('inspect', { document, node: body.node, base: roots.base, roots: roots.paths, graph: `server:${document.name}` })
      } catch (error) {
        if (error instanceof HelperRefusal && error.kind === 'expensive') {
          const { node } = error.problems[0] ?? {}
          throw new HttpProblem(409, 'not-computed', `"${node ?? 'A node'}" has no stored result yet, and computing it takes long. Run the graph up to it first.`, { ...(node === undefined ? {} : { node }), problems: error.problems })
        }
        if (error instanceof HelperRefusal && error.kind === 'problems') throw documentProblem(error.problems)
        throw error
      }
    },
  }
}
