import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { type Recipe, recipes } from './recipes/index.js'

// Follows every recipe of CONTRIBUTING.md in a copy of the sources, and sees whether the suites that go over the lists
// take the new things up.
const root = fileURLToPath(new URL('../../../../', import.meta.url))
const packages = ['errors', 'graph-schema', 'network', 'engines', 'nodes']
const guide = readFileSync(join(root, 'CONTRIBUTING.md'), 'utf8')

const reportSchema = z.object({
  testResults: z.array(
    z.object({ name: z.string(), assertionResults: z.array(z.object({ fullName: z.string(), status: z.string() })) }),
  ),
})
type Result = { readonly file: string; readonly fullName: string; readonly status: string }

function follow(copy: string, { files, lists }: Recipe): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(copy, path)), { recursive: true })
    writeFileSync(join(copy, path), text)
  }
  for (const { path, imports, after, entry } of lists) {
    const text = readFileSync(join(copy, path), 'utf8')
    if (text.split(after).length !== 2) throw new Error(`${path} should contain this once: ${after}`)
    writeFileSync(join(copy, path), `${imports ?? ''}\n${text.replace(after, `${after}${entry}`)}`)
  }
}

/**
 * Runs the suites of all recipes in the copy; the results of their tests. File by file: what one recipe asks of its suite
 * (all that is named after an engine) would run far more in another's.
 */
function runSuites(copy: string): readonly Result[] {
  const suites = recipes.flatMap((recipe) => recipe.suites)
  const files = [...new Set(suites.map(({ file }) => file))]
  return files.flatMap((file) =>
    runSuite(
      copy,
      file,
      suites.filter((suite) => suite.file === file).map(({ tests }) => tests),
    ),
  )
}

function runSuite(copy: string, file: string, tests: readonly string[]): readonly Result[] {
  const report = join(copy, 'report.json')
  rmSync(report, { force: true })
  const { stderr } = spawnSync(
    process.execPath,
    [
      join(root, 'node_modules/vitest/vitest.mjs'),
      ...['run', '--root', copy, '--reporter=json', `--outputFile=${report}`],
      ...(tests.includes('') ? [] : ['-t', tests.join('|')]),
      file,
    ],
    { cwd: copy, encoding: 'utf8', env: { ...process.env, NODE_ENV: 'test' } },
  )
  if (!existsSync(report)) throw new Error(`${file} gave no report: ${stderr.slice(-2000)}`)
  return reportSchema
    .parse(JSON.parse(readFileSync(report, 'utf8')))
    .testResults.flatMap(({ name, assertionResults }) => assertionResults.map((result) => ({ file: name, ...result })))
}

describe('the recipes of CONTRIBUTING.md', () => {
  let copy = ''
  let results: readonly Result[] = []

  beforeAll(() => {
    mkdirSync(join(root, '.tmp'), { recursive: true })
    copy = mkdtempSync(join(root, '.tmp', 'recipes-'))
    for (const name of packages)
      cpSync(join(root, 'packages', name), join(copy, 'packages', name), {
        recursive: true,
        filter: (path) => !/[\\/](dist|node_modules)([\\/]|$)|\.tsbuildinfo$/.test(path),
      })
    const scripts = ['own-temporary-folder', 'compare-typed-arrays'].map((name) => `scripts/${name}.mjs`)
    for (const file of ['vitest.config.ts', ...scripts, 'package.json', 'tsconfig.base.json'])
      cpSync(join(root, file), join(copy, file), { recursive: true })
    for (const recipe of recipes) follow(copy, recipe)
    results = runSuites(copy)
  }, 600_000)

  afterAll(() => rmSync(copy, { recursive: true, force: true }))

  it.each(recipes.map((recipe) => [recipe.adds, recipe] as const))('are true for adding a %s', (adds, recipe) => {
    expect(guide, 'its heading').toMatch(new RegExp(`^## Add an? ${adds}$`, 'm'))
    for (const { path } of recipe.lists) expect(guide, 'the guide names the list').toContain(path)
    for (const { file, tests } of recipe.suites) {
      const own = results.filter((result) => result.file.endsWith(file) && result.fullName.includes(tests))
      const ran = own.filter(({ status }) => status === 'passed' || status === 'failed')
      expect(ran.length, `tests named "${tests}" in ${file}`).toBeGreaterThan(0)
      expect(ran.filter(({ status }) => status === 'failed').map(({ fullName }) => fullName)).toEqual([])
    }
  })
})
