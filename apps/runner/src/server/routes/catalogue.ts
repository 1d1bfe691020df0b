import { nodeOf, parseDocument } from '@graft/graph-schema'
import type { GraphDocument, Inspection, Problem } from '@graft/graph-schema'
import { checkForRun } from '../../executor/plan/check-for-run.js'
import { HelperRefusal } from '../../helper/helper-protocol.js'
import { documentProblem, HttpProblem, notFound } from '../http/http-problem.js'
import { pluginMilliseconds, usesPlugins } from '../services/node-library.js'
import { readDocument } from '../http/read-document.js'
import type { Handlers } from '../http/register.js'
import type { Services } from '../services/services.js'

type Names = 'listNodes' | 'listTemplates' | 'getTemplate' | 'validate' | 'inspect' | 'writeProgram'

export function catalogueHandlers(services: Services): Pick<Handlers, Names> {
  const { nodes, templates, readTemplate, helpers, roots, limits } = services
  return {
    listNodes: async () => ({ nodes: [...(await nodes.read()).manifests] }),
    listTemplates: () => ({
      templates: templates.map(({ id, title, quadrant, needsPhotos, summary }) => ({
        id,
        title,
        quadrant,
        needsPhotos,
        summary,
      })),
    }),
    getTemplate: ({ params }) => {
      const template = readTemplate(params.id)
      if (template === null) throw notFound(`template "${params.id}"`)
      return { document: readDocument(template) }
    },
    validate: async ({ body }) => {
      const { document, problems } = parseDocument(body.document)
      return { document, problems: [...problems, ...(document === null ? [] : await check(document, services))] }
    },
    writeProgram: async ({ body }) => {
      const { base, paths } = roots
      const { document, ...of } = body
      const ask = { document: readDocument(document), base, roots: paths, ...of }
      try {
        const { file, remarks } = await helpers.slow.ask('program', ask, limits.inspectMilliseconds)
        return { file, remarks: [...remarks] }
      } catch (error) {
        if (error instanceof HelperRefusal && error.kind === 'problems') throw documentProblem(error.problems)
        throw error
      }
    },
    inspect: async ({ body }) => {
      const document = readDocument(body.document)
      await nodes.read()
      if (nodeOf(document, body.node) === undefined)
        throw new HttpProblem(422, 'node-unknown', `There is no node "${body.node}" in the document.`, {
          node: body.node,
        })
      try {
        return await helpers.slow.ask(
          'inspect',
          { document, node: body.node, base: roots.base, roots: roots.paths, graph: `server:${document.name}` },
          limits.inspectMilliseconds,
        )
      } catch (error) {
        if (isOfGraph(error)) return nothingYet(error)
        throw error
      }
    },
  }
}

/** Something about the graph, and not a helper that has ended or took too long: that is a fault, and says so. */
const isOfGraph = (error: unknown): error is HelperRefusal =>
  error instanceof HelperRefusal && (error.kind === 'expensive' || error.kind === 'problems')

/** Forms ask while a graph is drawn, so that nothing is known yet is an answer like others, not a refusal. */
function nothingYet({ kind, problems }: HelperRefusal): Inspection {
  const missing =
    kind === 'expensive'
      ? `"${problems[0]?.node ?? 'A node'}" has no stored result yet, and computing it takes long. Run the graph up to it first.`
      : documentProblem(problems).message
  const nothing = { inputs: {}, networks: {}, outputs: {}, outputNetworks: {}, previews: [] }
  return { ...nothing, missing, problems: [...problems] }
}

async function check(document: GraphDocument, { nodes, helpers }: Services): Promise<readonly Problem[]> {
  const known = await nodes.read()
  if (!usesPlugins(document, known)) return checkForRun(document, known.library, known.manifests)
  return (await helpers.plugins.ask('check', { document }, pluginMilliseconds)).problems
}
