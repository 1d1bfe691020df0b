import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { graphOf } from '../testing/run-stub-graph.js'
import { compiled } from '../testing/spawn-graft.js'
import { HelperProcess } from './helper-process.js'

let helper: HelperProcess
const newHelper = (): HelperProcess =>
  (helper = new HelperProcess(compiled('testing/stub-helper.js'), {
    GRAFT_HOME: mkdtempSync(join(tmpdir(), 'graft-helper-')),
  }))
afterEach(() => helper.stop())

const good = graphOf({ one: { type: 'constant' }, out: { type: 'write' } }, ['one.value -> out.value'])
const bad = graphOf({ one: { type: 'constant', params: { value: 'seven' } }, out: { type: 'write' } }, [
  'one.value -> out.value',
])

describe('the helper process', () => {
  it('checks and plans documents, and says what is wrong with them', async () => {
    newHelper()
    expect(await helper.ask('check', { document: good })).toEqual({ problems: [] })
    expect((await helper.ask('check', { document: bad })).problems).toMatchObject([
      { severity: 'error', node: 'one', field: 'value' },
    ])
    expect(await helper.ask('plan', { document: good, to: ['one'] })).toEqual({})
    await expect(helper.ask('plan', { document: bad })).rejects.toMatchObject({
      kind: 'problems',
      problems: [{ node: 'one' }],
    })
  })

  it('answers what it was asked before it was replaced, and what is asked after', async () => {
    newHelper()
    const before = [helper.ask('check', { document: good }), helper.ask('check', { document: good })]
    helper.renew()
    const after = helper.ask('check', { document: good })
    helper.renew()
    expect(await Promise.all([...before, after, helper.ask('check', { document: good })])).toHaveLength(4)
    helper.renew()
    helper.renew()
    expect(await helper.ask('check', { document: good })).toEqual({ problems: [] })
  })

  it('is started again after one that could not be started (fault 22)', async () => {
    newHelper()
    const program = process.execPath
    process.execPath = '/there/is/no/node'
    try {
      await expect(helper.ask('check', { document: good })).rejects.toMatchObject({ kind: 'failed' })
    } finally {
      process.execPath = program
    }
    expect(await helper.ask('check', { document: good })).toEqual({ problems: [] })
  })

  it('is started again after one that took too long was ended', async () => {
    newHelper()
    const slow = helper.ask('check', { document: good }, 1)
    const beside = helper.ask('check', { document: good })
    // Asked in the same moment, before the old process is gone (fault 24).
    const next = slow.catch(() => helper.ask('check', { document: good }))
    const ends = await Promise.allSettled([slow, beside, next])
    expect(ends).toMatchObject([
      { status: 'rejected', reason: { kind: 'timeout' } },
      { status: 'rejected', reason: { kind: 'timeout' } },
      { status: 'fulfilled', value: { problems: [] } },
    ])
  })
})
