import { describe, expect, it } from 'vitest'
import type { Ingredients } from './cache-key.js'
import { explain } from './explain.js'
import type { History } from './history.js'

const node = (params: Record<string, unknown>, changes: Partial<Ingredients> = {}): Ingredients => ({
  type: 't',
  version: 1,
  params,
  inputs: {},
  ...changes,
})
const from = (source: string, key: string): Ingredients['inputs'] => ({ in: [{ node: source, output: 'out', key }] })

describe('why a node ran', () => {
  const before: History = {
    augment: { key: 'a1', ingredients: node({ rotation: 10, flip: true }) },
    split: { key: 's1', ingredients: node({}, { inputs: from('augment', 'a1') }) },
    train: {
      key: 't1',
      ingredients: node({ optimizer: { name: 'sgd', momentum: 0.9 } }, { inputs: from('split', 's1') }),
    },
  }
  const now = (changes: Record<string, Ingredients>): Map<string, Ingredients> =>
    new Map(
      Object.entries({
        ...Object.fromEntries(Object.entries(before).map(([id, entry]) => [id, entry.ingredients])),
        ...changes,
      }),
    )

  it('names a parameter changed far upstream', () => {
    const changed = now({
      augment: node({ rotation: 15, flip: true }),
      split: node({}, { inputs: from('augment', 'a2') }),
      train: node({ optimizer: { name: 'sgd', momentum: 0.9 } }, { inputs: from('split', 's2') }),
    })
    expect(explain('train', 't2', 'absent', changed, before)).toBe('augment.rotation changed 10 -> 15 upstream')
  })

  it('names nested parameters of its own first, and counts what is too much to list', () => {
    const changed = now({
      augment: node({ rotation: 15, flip: false }),
      split: node({}, { inputs: from('augment', 'a2') }),
      train: node({ optimizer: { name: 'adam', momentum: 0.9, beta: 1 } }, { inputs: from('split', 's2') }),
    })
    expect(explain('train', 't2', 'absent', changed, before)).toBe(
      'train.optimizer.name changed sgd -> adam; train.optimizer.beta changed unset -> 1; augment.rotation changed 10 -> 15 upstream; and 1 more',
    )
  })

  it('names new wiring, versions and types', () => {
    expect(
      explain('split', 's2', 'absent', now({ split: node({}, { inputs: from('other', 'o1'), version: 2 }) }), before),
    ).toContain('split (t) went from version 1 to 2; split.in was wired to augment.out and is to other.out')
    expect(explain('augment', 'a2', 'absent', now({ augment: node({}, { type: 'u' }) }), before)).toBe(
      'augment was a t and is a u',
    )
  })

  it('tells a removed result from a first run', () => {
    expect(explain('split', 's1', 'absent', now({}), before)).toBe('its stored result had been removed')
    expect(explain('fresh', 'f1', 'absent', now({ fresh: node({}) }), before)).toBe('first run')
  })
})
