import { serializeDocument } from '@graft/graph-schema'
import type { GraphDocument } from '@graft/graph-schema'
import { describe, expect, it } from 'vitest'
import { copySelection, paste, readClip, writeClip } from './clipboard.js'
import { nothingSelected } from './commands/command.js'
import { testGraph, wiresOf } from './graph/test-graph.js'

const chain = testGraph({ backbone: 'backbone', freeze: 'freeze', train: 'train' }, [
  'backbone.model > freeze.model',
  'freeze.model > train.model',
])
const select = (...nodes: string[]) => ({ ...nothingSelected, nodes })

describe('copy and paste', () => {
  it('keeps wires inside of what is copied, under fresh ids, and selects it', () => {
    const clip = readClip(writeClip(copySelection(chain, select('freeze', 'train'))!))!
    const command = paste(chain, clip)
    const pasted = command.apply(chain)
    expect(Object.keys(pasted.nodes)).toEqual(['backbone', 'freeze', 'train', 'freeze-2', 'train-2'])
    expect(wiresOf(pasted).slice(2)).toEqual(['freeze-2.model > train-2.model'])
    expect(pasted.layout.positions['train-2']).toEqual({ x: 630, y: 30 })
    expect(command.select?.nodes).toEqual(['freeze-2', 'train-2'])
  })

  it('draws incoming wires again when asked to', () => {
    const clip = copySelection(chain, select('freeze', 'train'))!
    expect(wiresOf(paste(chain, clip, { keepIncoming: true }).apply(chain)).slice(2)).toEqual([
      'backbone.model > freeze-2.model',
      'freeze-2.model > train-2.model',
    ])
  })

  it('pastes at a place, as another tab would with an empty document', () => {
    const clip = readClip(writeClip(copySelection(chain, select('freeze', 'train'))!))!
    const other = paste(testGraph({}), clip, { at: { x: 100, y: 50 }, keepIncoming: true }).apply(testGraph({}))
    expect(other.layout.positions).toEqual({ freeze: { x: 100, y: 50 }, train: { x: 400, y: 50 } })
    expect(wiresOf(other)).toEqual(['freeze.model > train.model'])
  })

  it('keeps what unknown nodes hold', () => {
    const strange = {
      ...chain,
      nodes: {
        ...chain.nodes,
        odd: { type: 'plugin/odd', version: 9, params: { b: 1, a: { deep: [null] } }, extra: { kept: true } },
      },
    } as GraphDocument
    const clip = readClip(writeClip(copySelection(strange, select('odd'))!))!
    expect(JSON.stringify(paste(strange, clip).apply(strange).nodes['odd-2'])).toBe(
      JSON.stringify(strange.nodes['odd']),
    )
  })

  it('takes the text of a whole graph', () => {
    const clip = readClip(serializeDocument(chain))
    expect(Object.keys(clip?.nodes ?? {})).toEqual(['backbone', 'freeze', 'train'])
    expect(clip?.edges).toHaveLength(2)
  })

  it.each(['', 'hello', '{', '[]', '{"format":"graft-clipboard","nodes":3}', '{"format":"other"}'])(
    'refuses %j',
    (text) => expect(readClip(text)).toBeNull(),
  )

  it('copies nothing when nothing is selected', () => expect(copySelection(chain, nothingSelected)).toBeNull())
})
