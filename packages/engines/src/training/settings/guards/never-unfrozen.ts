import { learningStages } from '../../aids/index.js'
import type { Guard } from './guard.js'

export const neverUnfrozen: Guard = {
  code: 'never-unfrozen',
  field: 'unfreezeEvery',
  check: ({ unfreezeEvery, epochs }, run) => {
    if (unfreezeEvery === 0 || run === null) return null
    const stages = learningStages(run.network)
    if (stages.length === 1)
      return {
        message: `Only ${stages[0]} is not frozen, so there is nothing to unfreeze gradually.`,
        fix: 'Set unfreezeEvery to 0, or unfreeze more before (Freeze Range).',
      }
    const reached = Math.ceil(epochs / unfreezeEvery)
    if (reached >= stages.length) return null
    return {
      message: `${epochs} epochs end before ${stages.slice(0, stages.length - reached).join(', ')} ${stages.length - reached === 1 ? 'is' : 'are'} unfrozen.`,
      fix: `Set unfreezeEvery to ${Math.max(1, Math.floor(epochs / stages.length))}, train longer, or freeze those stages.`,
    }
  },
}
