import type { FitEvent, MetricDescription } from '@graft/engines'
import type { NodeContext } from '../../sdk/node-context.js'

/** Passes what happens in the training loop on as run events of this node. */
export function forwardFitEvents(
  phase: string,
  metrics: Readonly<Record<string, MetricDescription>>,
  { emit }: Pick<NodeContext, 'emit'>,
): (event: FitEvent) => void {
  return (event) => {
    if (event.type === 'progress') {
      const { done, total, unit, etaSeconds, imagesPerUnit } = event
      emit({
        type: 'node-progress',
        done,
        total,
        // Images are counted while their features are computed; other nodes count images too.
        unit: unit === 'images' ? 'image features' : unit,
        etaSeconds,
        ...(imagesPerUnit !== undefined && { imagesPerUnit }),
      })
    } else if (event.type === 'log') emit({ type: 'log', level: event.level, message: event.message })
    else {
      const metric = metrics[event.name]
      emit({
        type: 'metric',
        name: event.name,
        split: event.split,
        phase,
        epoch: event.epoch,
        step: event.step,
        value: event.value,
        x: event.x,
        ...(metric !== undefined && { metric }),
      })
    }
  }
}
