import { textOf } from '@graft/errors'
import { engines } from '../engines.js'
import { measureEngine } from '../measuring/measure-engine.js'
import { toMeasuringChild } from '../measuring/measuring-protocol.js'
import type { FromMeasuringChild } from '../measuring/measuring-protocol.js'

/** The life of a process that measures one engine: tells every figure as it gets known, and ends. */
process.on('disconnect', () => process.exit(1))
process.on('message', (json) => {
  const { id, device, milliseconds } = toMeasuringChild.parse(json)
  const engine = engines.find((candidate) => candidate.id === id && candidate.device === device)
  if (!engine) process.exit(1)
  engine
    .probe()
    .then(() => tell({ type: 'loaded' }))
    .then(() =>
      measureEngine(engine, { milliseconds, onFigure: (name, value) => tell({ type: 'figure', name, value }) }),
    )
    .then(
      () => tell({ type: 'done' }),
      (error: unknown) => tell({ type: 'failed', reason: textOf(error) }),
    )
    // Not left to the event loop: engines may hold threads that never end.
    .finally(() => process.exit(0))
})
void tell({ type: 'ready' })

function tell(message: FromMeasuringChild): Promise<void> {
  return new Promise((resolve) => {
    if (process.send && process.connected) process.send(message, () => resolve())
    else resolve()
  })
}
