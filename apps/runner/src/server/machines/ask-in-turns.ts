import { setTimeout as pause } from 'node:timers/promises'
import { HttpProblem } from '../http/http-problem.js'

/** Clients give up on an answer that does not begin within some minutes. */
const turnMilliseconds = 60_000

/**
 * For questions that take longer than a client waits for an answer: who asks is told after a minute that it still goes
 * on (503), asks again, and gets the answer of the first time. Questions with the same key at the same time are one.
 */
export class AskInTurns<Answer> {
  private readonly going = new Map<string, Promise<Answer>>()

  constructor(private readonly milliseconds = turnMilliseconds) {}

  /** Throws HttpProblem 503 while there is no answer yet, and what `work` throws. */
  async ask(key: string, work: () => Promise<Answer>): Promise<Answer> {
    const going = this.going.get(key) ?? this.begin(key, work)
    const over = new AbortController()
    const turn = pause(this.milliseconds, null, { signal: over.signal, ref: false }).catch(() => null)
    try {
      const answer = await Promise.race([going.then((value) => ({ value })), turn])
      if (answer !== null) return answer.value
    } finally {
      over.abort()
    }
    throw new HttpProblem(503, 'still-listing', 'The files are still being listed. Ask again.')
  }

  private begin(key: string, work: () => Promise<Answer>): Promise<Answer> {
    const going = work()
    this.going.set(key, going)
    // Who asked may be gone by the time it ends.
    const forget = (): void => void this.going.delete(key)
    going.then(forget, forget)
    return going
  }
}
