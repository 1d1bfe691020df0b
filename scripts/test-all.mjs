// `npm test`: installs what the tests need (Debian packages too, when it may), then lint, types, docs freshness and
// every test.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const debianPackages = ['python3-torch', 'python3-torchvision']
const quick = process.argv.includes('--no-install')

/** Runs a command with its output shown; returns whether it succeeded. */
function run(title, command, args) {
  const started = Date.now()
  console.log(`\n== ${title}`)
  const { status } = spawnSync(command, args, {
    stdio: 'inherit',
    env: { ...process.env, PATH: `${process.cwd()}/node_modules/.bin:${process.env.PATH}` },
  })
  console.log(
    `== ${title}: ${status === 0 ? 'ok' : `failed (exit ${status})`} after ${Math.round((Date.now() - started) / 1000)} s`,
  )
  return status === 0
}

const can = (command, ...args) => spawnSync(command, args, { stdio: 'ignore' }).status === 0

/** PyTorch is the second opinion on training; tests that need it skip with a reason when it is not there. */
function installDebianPackages() {
  if (can('/usr/bin/python3', '-c', 'import torch, torchvision')) return
  const mayInstall = process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')
  if (!mayInstall)
    return console.log(
      `Not root on Debian: skipping ${debianPackages.join(', ')}; tests that compare with PyTorch will say that they skip.`,
    )
  const ok = run('Debian packages', 'sh', [
    '-c',
    `apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends ${debianPackages.join(' ')} > /dev/null`,
  ])
  if (!ok) console.log('Could not install them; tests that compare with PyTorch will say that they skip.')
}

if (!existsSync('node_modules')) run('npm ci', 'npm', ['ci'])
if (!quick) installDebianPackages()

const steps = [
  ['build and types', 'turbo', ['run', 'build', '--output-logs=errors-only']],
  ['format', 'biome', ['format', '.']],
  ['lint', 'eslint', ['.', '--max-warnings=0']],
  ['no circles of imports', process.execPath, ['scripts/check-imports.mjs']],
  ['node reference is fresh', process.execPath, ['scripts/write-node-docs.mjs', '--check']],
  ['API description is fresh', process.execPath, ['scripts/write-openapi.mjs', '--check']],
  ['tests', 'vitest', ['run', '--project', '!browser']],
  // A browser may lose a turn on a busy machine, so what fails is tried once more, and named at the end
  // (docs/decisions.md).
  [
    'tests in the browser',
    'vitest',
    ['run', '--project', 'browser', '--retry=1', '--reporter=default', '--reporter=./scripts/second-tries.mjs'],
  ],
]
const notes = mkdtempSync(join(tmpdir(), 'graft-test-all-'))
const secondTries = join(notes, 'second-tries')
process.env.GRAFT_SECOND_TRIES = secondTries
const failed = steps.filter(([title, command, args]) => !run(title, command, args)).map(([title]) => title)
if (existsSync(secondTries))
  console.log(
    `\nPassed at the second try only:\n${readFileSync(secondTries, 'utf8').replaceAll(`${process.cwd()}/`, '')}`,
  )
rmSync(notes, { recursive: true, force: true })
if (failed.length > 0) console.log(`\nFailed: ${failed.join(', ')}`)
process.exit(failed.length > 0 ? 1 : 0)
