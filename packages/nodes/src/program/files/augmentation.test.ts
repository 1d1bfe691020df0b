import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { transforms } from '../../transforms/index.js'
import { programTransforms } from './augmentation.js'
import { snake } from './settings-file.js'

/** What Python keeps for itself (keyword.kwlist of Python 3.13); no field of a class can be called so. */
const keywords =
  'False None True and as assert async await break class continue def del elif else except finally for from global if import in is lambda nonlocal not or pass raise return try while with yield'.split(
    ' ',
  )

/** Fields of a data class in a part of programs, as its file has them. */
function fieldsOf(module: string, className: string): readonly string[] {
  const text = readFileSync(new URL(`../../../programs/pytorch/${module}.py`, import.meta.url), 'utf8')
  const start = text.indexOf(`\nclass ${className}:`)
  expect(start, `${className} in ${module}.py`).toBeGreaterThan(0)
  const body = text.slice(start, text.indexOf('\n    def ', start))
  return [...body.matchAll(/^ {4}(\w+): /gm)].map(([, name]) => name ?? '')
}

it('every augmentation has a class, with its options as fields in Python’s words and no others but the seed', () => {
  expect(programTransforms.map(({ name }) => name).toSorted()).toEqual(transforms.map(({ name }) => name).toSorted())
  for (const { name, optionNames } of transforms) {
    const { module = '', className = '' } = programTransforms.find((one) => one.name === name) ?? {}
    const written = optionNames.map(snake)
    expect([...written, 'seed'].toSorted(), name).toEqual(fieldsOf(module, className).toSorted())
    // They are written as names of arguments.
    for (const option of written) {
      expect(option).toMatch(/^[a-z_][a-z0-9_]*$/)
      expect(keywords).not.toContain(option)
    }
  }
})
