import { check, nodeOf } from '@graft/graph-schema'
import type { GraphDocument, NodeManifest, Problem } from '@graft/graph-schema'
import { manifestOf } from '@graft/nodes'
import type { NodeDefinition } from '@graft/nodes'
import { checkRequirements } from './requirements.js'
import { parseParams } from './parse-params.js'
import { standIns } from './wired-params.js'

/**
 * Everything `check` finds, and what only the definitions know: rules over several parameters, and parameters that an
 * old document's migrations lead to; and whether the plugins that the document requires are there. Errors first.
 */
export function checkForRun(
  document: GraphDocument,
  library: readonly NodeDefinition[],
  manifests: readonly NodeManifest[] = library.map(manifestOf),
): readonly Problem[] {
  const found = check(document, manifests)
  const wrongParams = new Set(found.flatMap(({ node, code }) => (code.startsWith('param-') ? [node] : [])))
  const knownProblems = new Set(found.map(({ node, code }) => `${node} ${code}`))
  const ofDefinitions = Object.keys(document.nodes).flatMap((id) => {
    const node = nodeOf(document, id)
    const definition = library.find((candidate) => candidate.type === node?.type)
    const active = node?.muted !== true && node?.bypassed !== true
    if (!node || !definition || !active || wrongParams.has(id)) return []
    const manifest = manifests.find(({ type }) => type === node.type)
    const wired = manifest === undefined ? {} : standIns(document, id, manifest)
    return parseParams(id, node, definition, wired, true).problems.filter(
      (problem) => !knownProblems.has(`${id} ${problem.code}`),
    )
  })
  const requirements = checkRequirements(document, library)
  // "There is no such node type" adds nothing to "its plugin is not installed".
  const explained = found.filter(
    ({ code, node }) =>
      code !== 'node-type-unknown' ||
      !requirements.some((problem) => problem.code === 'plugin-not-installed' && problem.node === node),
  )
  const all = [...explained, ...requirements, ...ofDefinitions]
  return [
    ...all.filter((problem) => problem.severity === 'error'),
    ...all.filter((problem) => problem.severity !== 'error'),
  ]
}
