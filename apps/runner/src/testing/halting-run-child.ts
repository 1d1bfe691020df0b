import { compiled } from './spawn-graft.js'

// The process of a run that a test kills in the middle of a training. It tells of that step and stands still a moment
// later: however late the test comes to kill it, it has not ended by itself. The step and the moment, in milliseconds,
// are in the environment.
const [step = 0, moment = 0] = (process.env['GRAFT_TEST_HALT'] ?? '').split(' ').map(Number)
const send = process.send?.bind(process) as (...words: readonly unknown[]) => boolean
let isTold = false

process.send = (...words: readonly unknown[]): boolean => {
  const sent = send(...words)
  if (!isTold && hasReached(words[0])) {
    isTold = true
    setTimeout(() => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0), moment)
  }
  return sent
}

function hasReached(message: unknown): boolean {
  const { event } = message as { readonly event?: Readonly<Record<string, unknown>> }
  return event?.['type'] === 'node-progress' && event['unit'] === 'steps' && Number(event['done']) >= step
}

await import(compiled('process/run-child.js').href)
