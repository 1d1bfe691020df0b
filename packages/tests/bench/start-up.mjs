// How long a person waits before anything of theirs is computed: Graft's programs, against the same from separate
// modules and against a PyTorch script's imports.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { keepResults, machineFacts, median, root } from './bench-kit.mjs'

const rounds = 9
const home = mkdtempSync(join(tmpdir(), 'graft-start-up-'))
const graft = [process.execPath, join(root, 'apps/runner/bin/graft.mjs')]
const modules = [process.execPath, join(home, 'modules.mjs')]
writeFileSync(
  modules[1],
  `const { main } = await import(${JSON.stringify(`${root}apps/runner/dist/cli/main.js`)})\nprocess.exitCode = await main(process.argv.slice(2))\n`,
)
const torch = ['/usr/bin/python3', '-c', 'import torch, torchvision']
const reuse = ['run', 'small-similar', '--out', join(home, 'out')]

const jobs = [
  {
    name: 'graft --version',
    graft: [...graft, '--version'],
    peerName: 'separate modules',
    peer: [...modules, '--version'],
  },
  {
    name: 'run of which nothing changed',
    graft: [...graft, ...reuse],
    peerName: 'separate modules',
    peer: [...modules, ...reuse],
  },
  {
    name: 'run of which nothing changed',
    graft: [...graft, ...reuse],
    peerName: 'python3 -c "import torch, torchvision"',
    peer: torch,
  },
]

/** Seconds until the command has ended. */
function seconds([command, ...words]) {
  const started = performance.now()
  const { status, stderr } = spawnSync(command, words, { env: { ...process.env, GRAFT_HOME: home }, encoding: 'utf8' })
  if (status !== 0) throw new Error(`${command} ${words.join(' ')} ended with ${status}: ${stderr}`)
  return (performance.now() - started) / 1000
}

try {
  seconds([...graft, ...reuse])
  const rows = jobs.map(({ name, peerName, ...commands }) => {
    const pairs = Array.from({ length: rounds }, () => [seconds(commands.graft), seconds(commands.peer)])
    return {
      name,
      peerName,
      graft: median(pairs.map(([own]) => own)),
      peer: median(pairs.map(([, other]) => other)),
      ratio: median(pairs.map(([own, other]) => other / own)),
      unit: 's',
    }
  })
  keepResults('start-up', rows, machineFacts())
} finally {
  rmSync(home, { recursive: true, force: true })
}
