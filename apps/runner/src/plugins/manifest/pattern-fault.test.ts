import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { describedNode } from './described-node.js'
import { patternFault, schemaPatternFault } from './pattern-fault.js'

describe('a pattern in the parameters of a plugin', () => {
  it.each([
    '^[a-z]+(-[a-z]+)*$',
    '^#[0-9a-f]{6}$',
    '^\\d{4}-\\d{2}-\\d{2}$',
    '^(?:jpg|png|gif)$',
    '^(train|val|test)(:\\d+)?$',
    '^([A-Za-z0-9][A-Za-z0-9\\-]*\\.)+[A-Za-z]{2,}$',
    '[^/]+',
    '(ab)+',
    '^(\\d{1,3}\\.){3}\\d{1,3}$',
    '\\(x+\\)+',
  ])('that is quick is used: %s', (pattern) => {
    expect(patternFault(pattern)).toBeNull()
  })

  it.each<[string, RegExp]>([
    ['^(a+)+$', /repeats a repetition \(\(a\+\)\)/],
    ['^([a-z]*)*$', /repeats a repetition/],
    ['(x+x+)+y', /repeats a repetition/],
    ['^(?:(?:a)+)+$', /repeats a repetition/],
    ['^(\\d+){2,}$', /repeats a repetition/],
    ['^((ab)*)*$', /repeats a repetition/],
    ['^(.+-)*$', /repeats a repetition/],
    ['(a|a)*b', /repeats a choice/],
    ['^(a|aa)+$', /repeats a choice/],
    ['^(?:\\w|x){1,1000}$', /repeats a choice/],
    ['(a*)\\1*', /refers back/],
    ['(?<x>a)\\k<x>', /refers back/],
    ['(', /not a regular expression/],
    ['a'.repeat(1001), /1001 characters/],
    ['^(a|(b+)+)$', /repeats a repetition/],
  ])('that can take for ever is refused: %s', (pattern, message) => {
    expect(patternFault(pattern)).toMatch(message)
  })

  it('is found wherever it hides in a schema', () => {
    const schema = z.toJSONSchema(
      z.strictObject({ names: z.array(z.union([z.number(), z.strictObject({ deep: z.string().regex(/^(a+)+$/) })])) }),
    )
    expect(schemaPatternFault(schema)).toBe(
      'the pattern ^(a+)+$ repeats a repetition ((a+)), which can take exponentially long',
    )
    expect(schemaPatternFault({ patternProperties: { '(a|a)*': {} } })).toMatch(/repeats a choice/)
    expect(
      schemaPatternFault(
        z.toJSONSchema(z.strictObject({ when: z.iso.datetime(), id: z.uuid(), mail: z.email(), pattern: z.number() })),
      ),
    ).toBeNull()
  })

  it('keeps the node from being approved', () => {
    const manifest = {
      type: 'gives',
      version: 1,
      title: 'Gives',
      category: 'Data',
      doc: 'Gives.',
      inputs: {},
      outputs: {},
      params: { type: 'object', properties: { name: { type: 'string', pattern: '^(a+)+$' } } },
      isOutput: false,
      usesEngine: false,
      migrations: [],
      sameClasses: [],
    }
    const parsed = describedNode.safeParse({
      manifest,
      hasFingerprint: false,
      hasValidate: false,
      readsDocument: false,
    })
    expect(parsed.error?.issues.map(({ path, message }) => `${path.join('.')}: ${message}`)).toContain(
      'manifest.params: the pattern ^(a+)+$ repeats a repetition ((a+)), which can take exponentially long',
    )
  })
})
