import { describe, expect, it } from 'vitest'
import { tryInChild } from './try-in-child.js'

describe('tryInChild', () => {
  it('gives what the program prints', async () => {
    expect(await tryInChild('console.log(process.argv.slice(1).join(" and "))', ['this', 'that'], 20_000)).toEqual({
      output: 'this and that\n',
    })
  })

  it('survives a crash and says how it ended', async () => {
    expect(await tryInChild('console.error("a driver complains"); process.abort()', [], 20_000)).toMatchObject({
      problem: expect.stringMatching(/ended the process \(SIGABRT\)/) as string,
    })
    expect(await tryInChild('console.error("a driver complains"); process.exit(3)', [], 20_000)).toEqual({
      problem: 'its library ended the process (code 3): a driver complains',
    })
  })

  it('ends a program that hangs', async () => {
    expect(await tryInChild('for (;;);', [], 300)).toEqual({ problem: 'it did not answer within 0.3 s' })
  })
})
