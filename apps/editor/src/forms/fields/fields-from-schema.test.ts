import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { fieldsFromSchema, spellOut } from './fields-from-schema.js'
import { layOutForm } from './form-layout.js'

const schemaOf = (shape: z.ZodRawShape): Record<string, unknown> =>
  z.toJSONSchema(z.strictObject(shape), { io: 'input' })
const fieldOf = (type: z.ZodType) => fieldsFromSchema(schemaOf({ value: type }))[0]

describe('fields from a JSON Schema', () => {
  test('keep the order of params and say which ones have no default', () => {
    const fields = fieldsFromSchema(
      schemaOf({ path: z.string(), epochs: z.number().int().default(3), name: z.string().default('') }),
    )
    expect(fields.map(({ path, required, initial }) => [path, required, initial])).toEqual([
      ['path', true, undefined],
      ['epochs', false, 3],
      ['name', false, ''],
    ])
  })

  test('take title, help, unit and placeholder from the hints', () => {
    expect(
      fieldOf(
        z
          .number()
          .default(1)
          .meta({ title: 'Rate', description: 'How fast.', unit: 'per step', placeholder: '0.1', advanced: true }),
      ),
    ).toMatchObject({
      title: 'Rate',
      description: 'How fast.',
      unit: 'per step',
      placeholder: '0.1',
      advanced: true,
    })
  })

  test('choose the widget that suits the type', () => {
    expect(fieldOf(z.string())?.widget).toBe('text')
    expect(fieldOf(z.boolean())?.widget).toBe('switch')
    expect(fieldOf(z.number())?.widget).toBe('number')
    expect(fieldOf(z.enum(['a', 'b']))).toMatchObject({ widget: 'choice', choices: ['a', 'b'] })
    const titled = z.enum(['a', 'b']).meta({ choiceTitles: { a: 'The first', b: 2 } })
    expect(fieldOf(titled)).toMatchObject({ choices: ['a', 'b'], choiceTitles: { a: 'The first' } })
    expect(fieldOf(z.union([z.literal(1), z.literal(2)]))).toMatchObject({ widget: 'choice', choices: [1, 2] })
    expect(fieldOf(z.array(z.number().int().min(1)).max(4))).toMatchObject({
      widget: 'numbers',
      maxItems: 4,
      items: { min: 1, integer: true },
    })
    expect(fieldOf(z.record(z.string(), z.number().max(9)))).toMatchObject({ widget: 'record', items: { max: 9 } })
    expect(fieldOf(z.array(z.enum(['a', 'b'])))).toMatchObject({ widget: 'choices', choices: ['a', 'b'] })
    expect(fieldOf(z.array(z.string()))?.widget).toBe('json')
  })

  test('follow a widget asked for by name only where it can hold the value', () => {
    expect(fieldOf(z.number().min(0).max(1).meta({ widget: 'slider' }))?.widget).toBe('slider')
    expect(fieldOf(z.number().min(0).meta({ widget: 'slider' }))?.widget).toBe('number')
    expect(fieldOf(z.number().meta({ widget: 'path' }))?.widget).toBe('number')
    expect(fieldOf(z.string().meta({ widget: 'no-such-widget' }))?.widget).toBe('text')
  })

  test('give a nullable param the widget of what it holds', () => {
    expect(fieldOf(z.number().min(0).nullable().default(null).meta({ title: 'Limit' }))).toMatchObject({
      widget: 'number',
      title: 'Limit',
      initial: null,
      range: { min: 0 },
    })
  })

  test('open objects into groups with full paths', () => {
    const group = fieldOf(z.strictObject({ momentum: z.number().default(0.9) }))
    expect(group).toMatchObject({ widget: 'group', fields: [{ path: 'value.momentum', initial: 0.9 }] })
  })

  test('leave out bounds that nobody set', () => {
    expect(fieldOf(z.number().int())?.range).toEqual({
      min: null,
      max: null,
      aboveMin: false,
      belowMax: false,
      integer: true,
    })
    expect(fieldOf(z.number().gt(0).lt(1))?.range).toEqual({
      min: 0,
      max: 1,
      aboveMin: true,
      belowMax: true,
      integer: false,
    })
  })
})

test('names without a title are spelled out', () => {
  expect([spellOut('learningRate'), spellOut('top_losses'), spellOut('x')]).toEqual([
    'Learning rate',
    'Top losses',
    'X',
  ])
})

describe('the form', () => {
  const stage = z.string().default('').meta({ widget: 'stage' })

  test('makes two stage fields in a row one range, a single one a cut', () => {
    expect(
      layOutForm(fieldsFromSchema(schemaOf({ action: z.boolean(), from: stage, to: stage, after: stage }))).main.map(
        (item) => (item.kind === 'range' ? `${item.from.path}-${item.to.path}` : item.field.path),
      ),
    ).toEqual(['action', 'from-to', 'after'])
  })

  test('puts advanced fields last', () => {
    const { main, advanced } = layOutForm(
      fieldsFromSchema(schemaOf({ seed: z.number().meta({ advanced: true }), epochs: z.number() })),
    )
    expect([main.length, advanced.length]).toEqual([1, 1])
    expect(advanced[0]).toMatchObject({ field: { path: 'seed' } })
  })
})
