import type { Prediction } from '@graft/graph-schema'
import { describe, expect, it } from 'vitest'
import { attemptOf } from './use-attempt.js'

const photo = new Blob(['photo'])
const prediction = { node: 'first', classNames: ['ants', 'bees'] } as unknown as Prediction
const asked = { network: 'run first', attempt: { status: 'done', prediction } } as const

describe('the answer that Try It shows', () => {
  it('is that of the network that was asked', () =>
    expect(attemptOf(asked, 'run first', photo)).toEqual({ status: 'done', prediction }))

  it('is never that of another network, nor of another run: the photo is asked about again', () => {
    expect(attemptOf(asked, 'run second', photo)).toEqual({ status: 'asking' })
    expect(attemptOf(asked, 'other first', photo)).toEqual({ status: 'asking' })
  })

  it('is none without a photo', () => expect(attemptOf(null, 'run first', null)).toEqual({ status: 'idle' }))
})
