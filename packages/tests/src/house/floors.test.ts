import { Linter } from 'eslint'
import type { Rule } from 'eslint'
import { describe, expect, it } from 'vitest'
import tseslint from 'typescript-eslint'

const { floorsRule } = (await import(
  new URL('../../../../scripts/lint/floors-rule.mjs', import.meta.url).href
)) as unknown as { readonly floorsRule: Rule.RuleModule }

const floors = [{ floor: 'kit', rooms: ['.', 'lists'] }, { floor: 'panels', rooms: 'any' }, { floor: 'shell' }]

/** What the rule says of a line of code in a file of `src`. */
function complaints(file: string, code: string): readonly string[] {
  return new Linter({ cwd: '/house' })
    .verify(
      code,
      [
        {
          files: ['**/*.ts'],
          languageOptions: { parser: tseslint.parser as Linter.Parser },
          plugins: { graft: { rules: { floors: floorsRule } } },
          rules: { 'graft/floors': ['error', { root: 'src', floors }] },
        },
      ],
      { filename: `/house/src/${file}` },
    )
    .map(({ message }) => message)
}

describe('lint forbids imports from a floor above', () => {
  it.each([
    ['of a value', "import { top } from '../shell/top.js'", /^kit stands below shell/],
    ['of a type', "import type { Top } from '../shell/top.js'", /^kit stands below shell/],
    ['inside a type', "export type Top = import('../shell/top.js').Top", /^kit stands below shell/],
    ['by export', "export { top } from '../shell/top.js'", /^kit stands below shell/],
    ['of everything', "export * from '../panels/run/curves.js'", /^kit stands below panels/],
    ['at a later moment', "export const later = () => import('../shell/top.js')", /^kit stands below shell/],
    ['from beside the floors', "import { app } from '../app.js'", /^kit stands below app/],
    ['from a later room of its floor', "import { list } from './lists/list.js'", /^kit stands below kit\/lists/],
  ])('%s', (_, code, expected) => expect(complaints('kit/button.ts', code)).toEqual([expect.stringMatching(expected)]))

  it.each([
    ['from below', 'shell/top.ts', "import { button } from '../kit/button.js'"],
    ['from its own room', 'kit/button.ts', "import { icon } from './icon.js'"],
    ['from an earlier room', 'kit/lists/list.ts', "import { icon } from '../icon.js'"],
    ['between rooms without an order', 'panels/log/log.ts', "import { curves } from '../run/curves.js'"],
    ['beside the floors, from all of them', 'app.ts', "import { top } from './shell/top.js'"],
    ['of packages', 'kit/button.ts', "import { useState } from 'react'"],
  ])('and allows them %s', (_, file, code) => expect(complaints(file, code)).toEqual([]))

  it('wants every folder in the list', () =>
    expect(complaints('attic/box.ts', 'export const box = 1')).toEqual([
      expect.stringMatching(/^attic is not in the list of floors/),
    ]))
})
