import { describe, expect, it } from 'vitest'
import type { z } from 'zod'
import { parseManifest } from '@graft/graph-schema'
import type { NodeDefinition } from '../sdk/define-node.js'
import { manifestOf } from '../sdk/manifest.js'

/** What the harness can't make up for a node. */
export interface DescribeNodeOptions {
  /** Values for required params. */
  readonly params?: Readonly<Record<string, unknown>>
  /**
   * Params of old documents: the version they were written by, and what they were. All must still parse after
   * migration.
   */
  readonly past?: readonly { readonly version: number; readonly params: Readonly<Record<string, unknown>> }[]
}

/** The promises that every node type keeps, as tests; call it at the top of a node's test file. */
export function describeNode(definition: NodeDefinition, options: DescribeNodeOptions = {}): void {
  const required = options.params ?? {}
  describe(`${definition.type} keeps the promises of a node`, () => {
    it('parses params that leave out everything optional', () => {
      expect(definition.params.safeParse(required).error).toBeUndefined()
    })
    it('refuses params that it does not have, by name', () => {
      const result = definition.params.safeParse({ ...required, noSuchParam: 1 })
      expect(JSON.stringify(result.error?.issues ?? [])).toContain('noSuchParam')
    })
    it('parses its own parsed params to the same again', () => {
      const once = definition.params.parse(required)
      expect(definition.params.parse(JSON.parse(JSON.stringify(once)))).toEqual(once)
    })
    it('has a manifest that survives JSON', () => {
      const manifest = manifestOf(definition)
      expect(parseManifest(JSON.parse(JSON.stringify(manifest)))).toEqual(manifest)
    })
    it('has a kebab-case type, a title and a doc whose first sentence stands alone', () => {
      expect(definition.type).toMatch(/^[a-z][a-z0-9]*(-[a-z0-9]+)*(\/[a-z0-9-]+)?$/)
      expect(definition.title.length).toBeGreaterThan(2)
      expect(definition.doc).toMatch(/^[A-Z][^]{15,}?[.:]/)
    })
    it('explains every port and every field', () => {
      expect(undocumentedPorts(definition)).toEqual([])
      expect(undocumentedFields(definition.params)).toEqual([])
    })
    it('has one migration for every version after the first', () => {
      expect((definition.migrations ?? []).map((migration) => migration.to)).toEqual(
        Array.from({ length: definition.version - 1 }, (_, index) => index + 2),
      )
    })
    for (const { version, params } of options.past ?? []) {
      it(`still reads params of version ${version}: ${JSON.stringify(params).slice(0, 60)}`, () => {
        expect(definition.params.safeParse(migrated(definition, version, params)).error).toBeUndefined()
      })
    }
  })
}

function migrated(
  definition: NodeDefinition,
  version: number,
  params: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  const steps = (definition.migrations ?? []).filter((migration) => migration.to > version)
  return steps.reduce<Readonly<Record<string, unknown>>>((current, step) => step.up(current), params)
}

function undocumentedPorts({ inputs, outputs }: NodeDefinition): string[] {
  return Object.entries({ ...inputs, ...outputs }).flatMap(([name, port]) =>
    port.title.length > 1 && port.description.length > 9 ? [] : [name],
  )
}

function undocumentedFields(params: z.ZodObject): string[] {
  const shape: Readonly<Record<string, unknown>> = params.shape
  return Object.entries(shape).flatMap(([name, field]) => {
    const meta = (field as z.ZodType).meta()
    return typeof meta?.title === 'string' && typeof meta.description === 'string' ? [] : [name]
  })
}
