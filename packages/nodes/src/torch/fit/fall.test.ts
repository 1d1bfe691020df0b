import { describe, expect, it } from 'vitest'
import type { Fallen } from '../python/process-group.js'
import { fallOf } from './fall.js'

const fallen = (rank: number, change: Partial<Fallen>): Fallen => ({
  ...{ rank, code: 1, signal: null, ended: false, said: '' },
  ...change,
})
const lost = fallen(0, { said: 'Traceback (most recent call last)\nRuntimeError: Connection closed by peer [::1]:4' })
const ended = fallen(2, { code: null, signal: 'SIGKILL', ended: true })

describe('why processes ended', () => {
  it('is the error of the one that raised it, though the others were lost and ended', () => {
    const said =
      '[Gloo] Rank 1 is connected to 2 peer ranks\nTraceback (most recent call last)\nOSError: no image at a.png'
    const fault = fallen(1, { said })
    expect(fallOf({ fallen: [lost, fault, ended] }, true)).toEqual({ kind: 'error', process: fault })
    expect(fallOf({ fallen: [fault, ended] }, true)).toEqual({ kind: 'error', process: fault })
  })

  it('is a kill from outside, also where another noticed it first', () => {
    const killed = fallen(1, { code: null, signal: 'SIGKILL' })
    expect(fallOf({ fallen: [lost, killed, ended] }, true)).toEqual({ kind: 'killed', process: killed })
  })

  it('is memory or divergence by the code of any process', () => {
    expect(fallOf({ fallen: [lost, fallen(1, { code: 4 }), ended] }, true).kind).toBe('memory')
    expect(fallOf({ fallen: [fallen(0, { code: 5 })] }, false).kind).toBe('diverged')
  })

  it('is a loss where all that is here lost the others, of which one process alone has none', () => {
    expect(fallOf({ fallen: [lost, ended] }, true)).toEqual({ kind: 'lost', process: lost })
    expect(fallOf({ fallen: [lost] }, false).kind).toBe('error')
    expect(fallOf({ fallen: [] }, true)).toEqual({ kind: 'error', process: null })
  })
})
