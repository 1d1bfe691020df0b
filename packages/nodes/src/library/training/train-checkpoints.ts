import { textOf } from '@graft/errors'
import { decodeCheckpoint, encodeCheckpoint, type FitCheckpoints } from '@graft/engines'
import type { NodeCheckpoints, NodeContext } from '../../sdk/node-context.js'

/** Epochs can take hours; within one, so often is asked whether a checkpoint is due. */
const everySteps = 10

/** Keeps the training's state with the run. A damaged checkpoint costs the work since the start, never the run. */
export function trainCheckpoints(checkpoints: NodeCheckpoints, { emit }: Pick<NodeContext, 'emit'>): FitCheckpoints {
  return {
    everyEpochs: 1,
    everySteps,
    due: () => checkpoints.isDue(),
    load: async () => {
      const bytes = await checkpoints.load((message) => emit({ type: 'log', level: 'warning', message }))
      if (bytes === null) return null
      try {
        return decodeCheckpoint(bytes)
      } catch (error) {
        emit({
          type: 'log',
          level: 'warning',
          message: `The checkpoint is damaged, so training starts from the beginning. ${textOf(error)}`,
        })
        return null
      }
    },
    save: async (checkpoint) => {
      if (checkpoints.isDue()) await checkpoints.save(encodeCheckpoint(checkpoint))
    },
  }
}
