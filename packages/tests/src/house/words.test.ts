import { readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'
import { describe, expect, it } from 'vitest'

const root = fileURLToPath(new URL('../../../../', import.meta.url))
/** What people read: editor, command line and server, nodes and report, engines, messages about files. */
const places = [
  'apps/editor/src',
  'apps/runner/src',
  'packages/nodes/src',
  'packages/engines/src',
  'packages/graph-schema/src',
  'packages/network/src',
]
const notForPeople = /\.test\.tsx?$|\/testing\/|\/conformance\//

/** The last column of the glossary. */
const forbidden: readonly string[] = readFileSync(join(root, 'docs/glossary.md'), 'utf8')
  .split('\n')
  .filter((line) => line.startsWith('| ') && !line.startsWith('| Word'))
  .flatMap((line) => [...(line.split('|').at(-2) ?? '').matchAll(/`([^`]+)`/g)].map(([, word]) => word ?? ''))

const filesIn = (place: string): readonly string[] =>
  readdirSync(join(root, place), { recursive: true, encoding: 'utf8' })
    .map((name) => join(root, place, name))
    .filter((path) => /\.tsx?$/.test(path) && !notForPeople.test(path))

/** Strings, parts of templates and text between tags; only such with a space, as sentences and titles have. */
function textsOf(path: string): readonly string[] {
  const source = ts.createSourceFile(path, readFileSync(path, 'utf8'), ts.ScriptTarget.Latest, true)
  const texts: string[] = []
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) return
    if (ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node) || ts.isJsxText(node))
      texts.push(node.text)
    else if (ts.isTemplateExpression(node))
      texts.push(node.head.text + node.templateSpans.map(({ literal }) => `1${literal.text}`).join(''))
    ts.forEachChild(node, visit)
  }
  visit(source)
  return texts.filter((text) => text.trim().includes(' '))
}

const escaped = (word: string): string => word.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')
const rules: readonly (readonly [string, RegExp])[] = [
  ...forbidden.map((word) => [word, new RegExp(`(?<![\\w-])${escaped(word)}(?!\\w)`, 'i')] as const),
  ['a space before %', /\d[ \u00a0]%/],
]

describe('the words of the glossary', () => {
  it('are read from docs/glossary.md', () => {
    expect(forbidden).toContain('runner')
    expect(forbidden.length).toBeGreaterThan(8)
  })

  it.each(places)('hold in %s', (place) => {
    const found = filesIn(place).flatMap((path) =>
      textsOf(path).flatMap((text) =>
        rules.flatMap(([name, rule]) =>
          rule.test(text) ? [`${relative(root, path)}: ${name}: ${text.slice(0, 120)}`] : [],
        ),
      ),
    )
    expect(found).toEqual([])
  })

  it('would be found in a sentence', () => {
    const says = (text: string): readonly string[] => rules.flatMap(([name, rule]) => (rule.test(text) ? [name] : []))
    expect(says('Browse the data roots of the runner.')).toEqual(['data roots', 'runner'])
    expect(says('94 % of them')).toEqual(['a space before %'])
    expect(says('graft serve --data-root FOLDER')).toEqual([])
  })
})
