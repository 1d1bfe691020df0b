// `npm run check`: what a contributor runs before a commit, in under a minute: format, types, lint and the tests of what
// changed since `main` (or since REV: `npm run check -- REV`). `npm test` runs everything.
import { spawnSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { ensureBuilt, root } from './ensure-built.mjs'

const started = Date.now()
const git = (...words) => spawnSync('git', words, { cwd: root, encoding: 'utf8' }).stdout.trim()
const lines = (text) => text.split('\n').filter((line) => line !== '')

/** Changed and new source files since the branch left `rev`, whether committed or not. */
function changedSince(rev) {
  const base = git('merge-base', 'HEAD', rev) || 'HEAD'
  const names = [
    ...lines(git('diff', '--name-only', '--diff-filter=d', base)),
    ...lines(git('ls-files', '--others', '--exclude-standard')),
  ]
  return [...new Set(names)].filter((name) => /\.(ts|tsx|mjs|js)$/.test(name))
}

/**
 * The tests in the folders of changed sources. What imports them indirectly is left to `npm test`: behind the packages'
 * index files that is nearly everything.
 */
function testsBeside(names) {
  const folders = new Set(
    names.filter((name) => /^(packages|apps)\/[^/]+\/src\//.test(name)).map((name) => dirname(name)),
  )
  return [...folders].flatMap((folder) =>
    readdirSync(join(root, folder))
      .filter(
        (name) => name.endsWith('.test.ts') && (!name.endsWith('.e2e.test.ts') || names.includes(`${folder}/${name}`)),
      )
      .map((name) => `${folder}/${name}`),
  )
}

function run(title, command, args) {
  const before = Date.now()
  const { status } = spawnSync(command, args, {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, PATH: `${root}/node_modules/.bin:${process.env.PATH}` },
  })
  console.log(`${status === 0 ? 'ok    ' : 'FAILED'} ${title} (${((Date.now() - before) / 1000).toFixed(1)} s)`)
  return status === 0
}

ensureBuilt()
const changed = changedSince(process.argv[2] ?? 'main')
const tests = testsBeside(changed)
const steps = [
  ['format', 'biome', ['format', '.']],
  ['types', 'tsc', ['-b']],
  ['imports', process.execPath, ['scripts/check-imports.mjs']],
  ...(changed.length > 0
    ? [
        [
          'lint of what changed',
          'eslint',
          ['--max-warnings=0', '--no-warn-ignored', '--cache', '--cache-location', '.tmp/eslint', ...changed],
        ],
      ]
    : []),
  ...(tests.length > 0 ? [['tests beside what changed', 'vitest', ['run', '--reporter=dot', ...tests]]] : []),
]
const failed = steps.filter((step) => !run(...step)).map(([title]) => title)
const seconds = ((Date.now() - started) / 1000).toFixed(0)
console.log(
  failed.length > 0
    ? `\nFailed after ${seconds} s: ${failed.join(', ')}`
    : `\nAll ok after ${seconds} s (${changed.length} changed files)`,
)
process.exit(failed.length > 0 ? 1 : 0)
