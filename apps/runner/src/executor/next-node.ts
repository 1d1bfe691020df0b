import type { PlannedNode } from './plan/plan-run.js'

export interface NextOptions {
  /** Is all there that the node needs? */
  readonly isReady: (node: PlannedNode) => boolean
  /** Values by port of a node that is ready. */
  readonly inputsOf: (node: PlannedNode) => Record<string, unknown>
}

/**
 * Which of the nodes that are left is next: the first, unless others of its type should go before it
 * (`NodeDefinition.precedence`). Then what computes nothing is done first, so that it is known what each of them gets.
 */
export function nextNode(left: readonly PlannedNode[], { isReady, inputsOf }: NextOptions): PlannedNode | undefined {
  const [first] = left
  if (!first?.definition.precedence) return first
  const rivals = left.filter(({ definition }) => definition === first.definition)
  if (rivals.length < 2) return first
  const light = left.find((node) => isLight(node) && isReady(node))
  if (light) return light
  const ranked = rivals
    .filter(isReady)
    .map((node) => ({ node, rank: node.definition.precedence?.({ inputs: inputsOf(node) }) ?? 0 }))
    .toSorted((a, b) => b.rank - a.rank)
  return ranked[0]?.node ?? first
}

/** What ends a pipeline feeds none of the others, and may take hours without an engine of its own (Repeat). */
const isLight = ({ definition }: PlannedNode): boolean => definition.usesEngine !== true && definition.isOutput !== true
