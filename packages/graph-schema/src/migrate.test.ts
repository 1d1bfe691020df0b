import { describe, expect, it } from 'vitest'
import { defineMigrations } from './migrate.js'

const steps = [
  {
    to: 2,
    name: 'rename freezeBn to batchNorm',
    up: ({ freezeBn, ...rest }: Record<string, unknown>) => ({ ...rest, batchNorm: freezeBn }),
  },
  { to: 3, name: 'drop momentum', up: ({ momentum: _, ...rest }: Record<string, unknown>) => rest },
]

describe('defineMigrations', () => {
  const migrations = defineMigrations('node type train', steps)

  it('applies the steps that a value lacks, in order', () => {
    expect(migrations.current).toBe(3)
    expect(migrations.apply({ freezeBn: true, momentum: 1 }, 1)).toEqual({
      status: 'migrated',
      value: { batchNorm: true },
      applied: ['rename freezeBn to batchNorm', 'drop momentum'],
    })
    expect(migrations.apply({ momentum: 1 }, 2)).toEqual({ status: 'migrated', value: {}, applied: ['drop momentum'] })
    expect(migrations.apply({ a: 1 }, 3)).toEqual({ status: 'current', value: { a: 1 }, applied: [] })
  })

  it('answers a newer or senseless version without throwing, and leaves the value alone', () => {
    const value = { a: 1 }
    expect(migrations.apply(value, 4)).toEqual({ status: 'newer', value, version: 4, current: 3 })
    expect(migrations.apply(value, 1.5)).toMatchObject({
      status: 'failed',
      value,
      message: 'node type train has version 1.5; versions are whole numbers from 1.',
    })
  })

  it('answers a step that throws with its name', () => {
    const failing = defineMigrations<object>('x', [
      {
        to: 2,
        name: 'split flip',
        up: () => {
          throw new Error('flip is a list')
        },
      },
    ])
    expect(failing.apply({}, 1)).toMatchObject({
      status: 'failed',
      message: 'x could not be brought to version 2 ("split flip"): flip is a list',
    })
  })

  it.each([
    [[{ to: 1, name: 'rename a' }], 'leads to version 1, expected 2'],
    [
      [
        { to: 2, name: 'rename a' },
        { to: 4, name: 'drop b' },
      ],
      'leads to version 4, expected 3',
    ],
    [[{ to: 2, name: ' ' }], 'has no name'],
    [
      [
        { to: 2, name: 'drop a' },
        { to: 3, name: 'drop a' },
      ],
      'two steps are named "drop a"',
    ],
  ])('refuses a wrong list at start-up: %j', (list, message) => {
    expect(() =>
      defineMigrations(
        'x',
        list.map((step) => ({ ...step, up: (value: object) => value })),
      ),
    ).toThrow(message)
  })
})
