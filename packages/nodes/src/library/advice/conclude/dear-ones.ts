import { isGraftError, reasonOf } from '@graft/errors'
import type { AdviceCandidate } from '@graft/graph-schema'
import type { NodeContext } from '../../../sdk/node-context.js'
import type { MeasuredNetwork } from '../measure/measure-network.js'
import type { Subject } from '../measure/subject.js'
import { type TriedFineTuning, tryFineTuning } from '../measure/try-fine-tuning.js'
import { wholeProgress } from '../whole-progress.js'
import { dearCandidates, type MeasuredCandidate, titleOf, triedCandidate } from './candidates.js'

export interface DearOptions {
  readonly networks: readonly MeasuredNetwork[]
  readonly subject: Subject
  readonly chosen: MeasuredCandidate
  /** Images that are looked at. */
  readonly pictures: number
  readonly isTried: boolean
  readonly context: NodeContext
}

/** What trains more than a head: worked out, and fine-tuning tried where that is asked for. */
export async function dearOnes(options: DearOptions): Promise<readonly AdviceCandidate[]> {
  const { networks, subject, chosen, pictures, isTried, context } = options
  const dear: AdviceCandidate[] = []
  const part = wholeProgress(context)
  for (const [index, network] of networks.entries()) {
    const own = part(index / networks.length, (index + 1) / networks.length)
    const tried = isTried ? await tryOrSay(network, subject, own) : null
    for (const candidate of dearCandidates(network, subject.classes.length, pictures))
      dear.push(
        tried !== null && candidate.recipe === 'fineTune' ? triedCandidate(candidate, tried, chosen) : candidate,
      )
  }
  return dear
}

/** A network that no engine can train stays untried. */
async function tryOrSay(
  { features: { trunk } }: MeasuredNetwork,
  subject: Subject,
  context: NodeContext,
): Promise<TriedFineTuning | null> {
  try {
    return await tryFineTuning(trunk, subject, context)
  } catch (error) {
    if (context.signal.aborted || !isGraftError(error)) throw error
    const message = `Fine-tuning ${titleOf(trunk)} could not be tried: ${reasonOf(error)}`
    context.emit({ type: 'log', level: 'warning', message })
    return null
  }
}
