import type { RunEventBody } from '@graft/graph-schema'
import { findHome } from '../home.js'
import { toChild } from '../process/run-request.js'
import type { RunRequest, ToParent } from '../process/run-request.js'
import { openBlobStore } from '../store/file-blob-store.js'

// Stands in for the process that executes a run where a test is about the server: tells of work without doing any. How
// much is in the graph's description.
interface Script {
  readonly steps: number
  readonly pause: number
}

let cancelled = false

process.on('disconnect', () => process.exit(1))
process.on('message', (json) => {
  const message = toChild.parse(json)
  if (message.type === 'cancel') cancelled = true
  else void perform(message.request)
})
void tell({ type: 'ready' })

async function perform(request: RunRequest): Promise<void> {
  const { steps, pause } = JSON.parse(request.document.description) as Script
  const store = openBlobStore(findHome().store)
  const nodes = Object.keys(request.document.nodes)
  const emit = (body: RunEventBody): Promise<void> => tell({ type: 'event', event: body })
  await emit({ type: 'run-started', graph: request.document.name, nodes, engine: 'scripted' })
  for (const node of nodes) await emit({ type: 'node-queued', node })
  for (const node of nodes) {
    if (cancelled) break
    await emit({ type: 'node-started', node, reason: 'scripted' })
    for (let step = 1; step <= steps && !cancelled; step++) {
      await emit({ type: 'node-progress', node, done: step, total: steps, unit: 'steps', etaSeconds: null })
      await emit({
        type: 'metric',
        node,
        name: 'stepLoss',
        split: 'train',
        phase: 'head',
        epoch: Math.ceil(step / 10),
        step,
        value: 1 / step,
      })
      if (step % 10 === 0)
        await emit({
          type: 'metric',
          node,
          name: 'loss',
          split: 'val',
          phase: 'head',
          epoch: step / 10,
          step,
          value: 1 / step,
        })
      await new Promise((resolve) => setTimeout(resolve, pause))
    }
    if (cancelled) break
    const blob = await store.put(new TextEncoder().encode(`${request.runId} ${node}`), 'text/plain', 'result.txt')
    await emit({ type: 'preview', node, title: 'Result', blob })
    await emit({
      type: 'node-finished',
      node,
      outputs: { file: { kind: 'file', blob } },
      milliseconds: steps,
      blobs: [blob.sha256],
    })
  }
  await emit({ type: 'run-finished', status: cancelled ? 'cancelled' : 'succeeded', outputs: {}, milliseconds: steps })
  process.exit(0)
}

function tell(message: ToParent): Promise<void> {
  return new Promise((resolve) => {
    if (process.send === undefined || !process.connected) resolve()
    else process.send(message, () => resolve())
  })
}
