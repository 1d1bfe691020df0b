import { expect, test } from 'vitest'
import { createSharedAnswers } from './shared-answers.js'

function setUp(kept = 2): {
  readonly answers: ReturnType<typeof createSharedAnswers<string, string>>
  readonly asked: {
    readonly question: string
    readonly signal: AbortSignal
    readonly resolve: (answer: string) => void
    readonly reject: (error: Error) => void
  }[]
} {
  const asked: ReturnType<typeof setUp>['asked'] = []
  return {
    answers: createSharedAnswers(
      (question, signal) => new Promise<string>((resolve, reject) => asked.push({ question, signal, resolve, reject })),
      kept,
    ),
    asked,
  }
}

test('two who want to know the same ask once, and it goes on while one of them waits', () => {
  const { answers, asked } = setUp()
  const one = answers.want('a', 'a')
  const other = answers.want('a', 'a')
  one.leave()
  one.leave()
  expect([asked.length, asked[0]?.signal.aborted]).toEqual([1, false])
  other.leave()
  expect(asked[0]?.signal.aborted).toBe(true)
})

test('what was given up is asked again', () => {
  const { answers, asked } = setUp()
  answers.want('a', 'a').leave()
  expect(answers.isKnown('a')).toBe(false)
  answers.want('a', 'a')
  expect(asked.length).toBe(2)
})

test('an answer is kept, a refusal is not', async () => {
  const { answers, asked } = setUp()
  const good = answers.want('a', 'a')
  const bad = answers.want('b', 'b')
  asked[0]?.resolve('yes')
  asked[1]?.reject(new Error('no'))
  await expect(good.answer).resolves.toBe('yes')
  await expect(bad.answer).rejects.toThrow('no')
  good.leave()
  bad.leave()
  expect([answers.isKnown('a'), answers.isKnown('b'), asked[0]?.signal.aborted]).toEqual([true, false, false])
})

test('an answer that is not final is given to those who wait, and asked for again by the next', async () => {
  const asked: string[] = []
  const ask = async (question: string): Promise<string> => {
    asked.push(question)
    return 'outline'
  }
  const answers = createSharedAnswers(ask, 2, (answer) => answer !== 'outline')
  await expect(answers.want('a', 'a').answer).resolves.toBe('outline')
  expect(answers.isKnown('a')).toBe(false)
  await answers.want('a', 'a').answer
  expect(asked).toEqual(['a', 'a'])
})

test('only the last answers are kept', async () => {
  const { answers, asked } = setUp()
  for (const key of ['a', 'b', 'c']) {
    const { answer } = answers.want(key, key)
    asked.at(-1)?.resolve(key)
    await answer
  }
  expect(['a', 'b', 'c'].map(answers.isKnown)).toEqual([false, true, true])
})
