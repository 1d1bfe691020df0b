import { expect, it } from 'vitest'
import { AskInTurns } from './ask-in-turns.js'

it('does a long question once, however often it is asked meanwhile, and gives its answer', async () => {
  const turns = new AskInTurns<string>(20)
  let begun = 0
  let end: (answer: string) => void = () => undefined
  const work = (): Promise<string> => {
    begun += 1
    return new Promise((resolve) => {
      end = resolve
    })
  }
  await expect(turns.ask('a', work)).rejects.toMatchObject({ status: 503, code: 'still-listing' })
  await expect(turns.ask('a', work)).rejects.toMatchObject({ status: 503 })
  const last = turns.ask('a', work)
  end('listed')
  expect([await last, begun]).toEqual(['listed', 1])
})

it('tells everybody who asks why it failed, and then begins anew', async () => {
  const turns = new AskInTurns<string>(1000)
  const fail = (): Promise<string> => Promise.reject(new Error('gone'))
  const [one, other] = [turns.ask('a', fail), turns.ask('a', () => Promise.resolve('never asked'))]
  await expect(one).rejects.toThrow('gone')
  await expect(other).rejects.toThrow('gone')
  expect(await turns.ask('a', () => Promise.resolve('there'))).toBe('there')
})
