// `npm test`: installs what the tests need (Debian packages too, when it may), then lint, types, docs freshness and
// every test.
import { spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

// Debian's PyTorch recommends OpenBLAS: with the reference BLAS its matrix products take five times as long. The one with
// OpenMP computes in as many threads as PyTorch is told.
const debianPackages = ['python3-torch', 'python3-torchvision', 'libopenblas0-openmp']
const quick = process.argv.includes('--no-install')

/** Runs a command with its output shown, at its end where others run beside it; gives whether it succeeded. */
function run(title, command, args, { isAside = false } = {}) {
  const started = Date.now()
  if (!isAside) console.log(`\n== ${title}`)
  const child = spawn(command, args, {
    stdio: isAside ? ['ignore', 'pipe', 'pipe'] : 'inherit',
    env: { ...process.env, PATH: `${process.cwd()}/node_modules/.bin:${process.env.PATH}` },
  })
  let said = isAside ? `\n== ${title}\n` : ''
  for (const stream of [child.stdout, child.stderr]) stream?.setEncoding('utf8').on('data', (data) => (said += data))
  return new Promise((resolve) => {
    const end = (status) => {
      const seconds = Math.round((Date.now() - started) / 1000)
      const outcome = status === 0 ? 'ok' : `failed (${typeof status === 'number' ? `exit ${status}` : status})`
      console.log(`${said}== ${title}: ${outcome} after ${seconds} s`)
      resolve(status === 0)
    }
    // A command that isn't there fails, and then closes too.
    child.on('error', ({ message }) => {
      child.removeAllListeners('close')
      end(message)
    })
    child.on('close', (status, signal) => end(status ?? signal))
  })
}

const can = (command, ...args) => spawnSync(command, args, { stdio: 'ignore' }).status === 0

const importsTorch = 'import torch, torchvision'
const needsOtherBlas = 'exit("/blas/libblas.so" in open("/proc/self/maps").read())'

/** PyTorch is the second opinion on training; tests that need it skip with a reason when it is not there. */
async function installDebianPackages() {
  const hasTorch = can('/usr/bin/python3', '-c', importsTorch)
  if (hasTorch && can('/usr/bin/python3', '-c', `${importsTorch}\n${needsOtherBlas}`)) return
  const mayInstall = process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')
  if (!mayInstall)
    return console.log(
      hasTorch
        ? 'PyTorch multiplies matrices with the reference BLAS here, so that tests take minutes longer; apt-get install libopenblas0-openmp changes that.'
        : `Not root on Debian: skipping ${debianPackages.join(', ')}; tests that compare with PyTorch will say that they skip.`,
    )
  const ok = await run('Debian packages', 'sh', [
    '-c',
    `apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends ${debianPackages.join(' ')} > /dev/null`,
  ])
  if (!ok) console.log('Could not install them; tests that compare with PyTorch skip and say so, or take longer.')
}

if (!existsSync('node_modules')) await run('npm ci', 'npm', ['ci'])
if (!quick) await installDebianPackages()

const checks = [
  ['build and types', 'turbo', ['run', 'build', '--output-logs=errors-only']],
  ['format', 'biome', ['format', '.']],
  ['no circles of imports', process.execPath, ['scripts/check-imports.mjs']],
  ['node reference is fresh', process.execPath, ['scripts/write-node-docs.mjs', '--check']],
  ['API description is fresh', process.execPath, ['scripts/write-openapi.mjs', '--check']],
]
// It computes in one thread, which fits in where tests wait.
const lint = ['lint', 'eslint', ['.', '--max-warnings=0']]
const reporters = ['--reporter=default', '--reporter=./scripts/test-notes.mjs']
const tests = ['tests', 'vitest', ['run', '--project', '!browser', ...reporters]]
// A browser may lose a turn on a busy machine, so what fails is tried once more, and named at the end (docs/decisions.md).
const inTheBrowser = ['tests in the browser', 'vitest', ['run', '--project', 'browser', '--retry=1', ...reporters]]
const notes = mkdtempSync(join(tmpdir(), 'graft-test-all-'))
process.env.GRAFT_TEST_NOTES = notes

const failed = []
async function follow(step, options) {
  if (!(await run(...step, options))) failed.push(step[0])
}
for (const step of checks) await follow(step)
await Promise.all([follow(lint, { isAside: true }), follow(tests)])
await follow(inTheBrowser)
for (const [title, name] of [
  ['Passed at the second try only', 'second-tries'],
  ['These tests failed', 'failed'],
])
  if (existsSync(join(notes, name))) console.log(`\n${title}:\n${readFileSync(join(notes, name), 'utf8')}`)
rmSync(notes, { recursive: true, force: true })
if (failed.length > 0) console.log(`\nFailed: ${failed.join(', ')}`)
process.exit(failed.length > 0 ? 1 : 0)
