import { applyAdvice, candidateOf } from '@graft/graph-schema'
import type { AdviceValue, GraphDocument } from '@graft/graph-schema'
import { nothingSelected } from './command.js'
import type { Command } from './command.js'

/**
 * Puts what an advice recommends, or another of its candidates, into the graph. Throws GraftError when there is nothing
 * to put.
 */
export function putAdvice(document: GraphDocument, advice: AdviceValue, candidate?: string): Command {
  const wanted = candidate ?? advice.recommendation.candidate
  const apply = (before: GraphDocument): GraphDocument =>
    applyAdvice(advice, before, candidate === undefined ? {} : { candidate })
  const after = apply(document)
  return {
    label: `Applied the advice: ${candidateOf(advice, wanted)?.title ?? 'recommended'}`,
    select: nothingSelected,
    apply: (before) => (before === document ? after : apply(before)),
  }
}
