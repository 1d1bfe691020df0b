// `npm test`: installs what the tests need (Debian packages too, when it may), then lint, types, docs freshness and
// every test.
import { spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

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
const loadsOpenBlas = `${importsTorch}\nexit("/blas/libblas.so" in open("/proc/self/maps").read())`
const runsInPython = (program) => can('/usr/bin/python3', '-c', program)

/** What tests use of Debian, and what is to be said where it is missing and can't be installed. */
const fromDebian = [
  {
    packages: ['python3-torch', 'python3-torchvision'],
    isThere: () => runsInPython(importsTorch),
    without: 'tests that compare with PyTorch, the second opinion on training, say that they skip',
  },
  {
    // The one with OpenMP computes in as many threads as PyTorch is told.
    packages: ['libopenblas0-openmp'],
    isThere: () => runsInPython(loadsOpenBlas),
    without: 'PyTorch multiplies matrices with the reference BLAS, so that tests take minutes longer',
  },
  {
    packages: ['chromium'],
    isThere: () => existsSync(process.env['GRAFT_CHROMIUM'] ?? '/usr/bin/chromium'),
    without: 'tests in the browser say that they skip',
  },
]

async function installDebianPackages() {
  const missing = fromDebian.filter(({ isThere }) => !isThere())
  if (missing.length === 0) return
  const names = missing.flatMap(({ packages }) => packages).join(' ')
  const install = `apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends ${names} > /dev/null`
  const mayInstall = process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')
  if (mayInstall && (await run(`Debian packages ${names}`, 'sh', ['-c', install], { isAside: true }))) return
  console.log(`Not installed (apt-get install ${names} does it as root on Debian):`)
  for (const { packages, without } of missing) console.log(`  without ${packages.join(' and ')}, ${without}.`)
}

if (!existsSync('node_modules')) await run('npm ci', 'npm', ['ci'])
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
// Packages come and are unpacked while others compute.
const installed = quick ? undefined : installDebianPackages()
for (const step of checks) await follow(step)
await installed
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
