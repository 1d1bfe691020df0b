/**
 * Answers to questions by key: asked once however many want to know, kept for a while, and given up when nobody waits
 * any more.
 */
export interface SharedAnswers<Question, Answer> {
  /** Asks, or joins those who wait. `leave` when the answer is no longer wanted. */
  readonly want: (key: string, question: Question) => { readonly answer: Promise<Answer>; readonly leave: () => void }
  readonly isKnown: (key: string) => boolean
}

interface Entry<Answer> {
  readonly answer: Promise<Answer>
  readonly controller: AbortController
  waiting: number
  settled: boolean
}

/** @param isFinal whether an answer is worth keeping; one that isn't is given to those who wait, and asked for anew */
export function createSharedAnswers<Question, Answer>(
  ask: (question: Question, signal: AbortSignal) => Promise<Answer>,
  kept: number,
  isFinal: (answer: Answer) => boolean = () => true,
): SharedAnswers<Question, Answer> {
  const entries = new Map<string, Entry<Answer>>()
  const drop = (key: string, entry: Entry<Answer>): void => void (entries.get(key) === entry && entries.delete(key))
  const start = (key: string, question: Question): Entry<Answer> => {
    const controller = new AbortController()
    const entry: Entry<Answer> = { answer: ask(question, controller.signal), controller, waiting: 0, settled: false }
    // A refusal may be over soon (a run stores what was missing), so only answers are kept.
    entry.answer.then(
      (answer) => {
        entry.settled = true
        if (!isFinal(answer)) drop(key, entry)
      },
      () => drop(key, entry),
    )
    entries.set(key, entry)
    for (const [oldest, { settled }] of [...entries].slice(0, -kept)) if (settled) entries.delete(oldest)
    return entry
  }
  return {
    want: (key, question) => {
      const entry = entries.get(key) ?? start(key, question)
      entry.waiting += 1
      let isIn = true
      const leave = (): void => {
        if (!isIn) return
        isIn = false
        entry.waiting -= 1
        if (entry.waiting > 0 || entry.settled) return
        drop(key, entry)
        entry.controller.abort()
      }
      return { answer: entry.answer, leave }
    },
    isKnown: (key) => entries.has(key),
  }
}
