// `npm start`: builds what is missing, then serves the editor and opens it in a browser. Words after `--` go to `graft
// serve`.
import { spawnSync, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const needed = ['apps/runner/dist/programs/graft.js', 'apps/editor/dist/index.html']
if (needed.some((path) => !existsSync(`${root}/${path}`))) {
  console.log('Building Graft (once; later starts are quick) …')
  const { status } = spawnSync('npx', ['turbo', 'run', 'build', '--output-logs=errors-only'], {
    cwd: root,
    stdio: 'inherit',
    shell: process.platform === 'win32',
  })
  if (status !== 0) process.exit(status ?? 1)
}
const words = process.argv.slice(2)
// Where a person's images mostly are; more with: npm start -- --data-root FOLDER
const roots = words.includes('--data-root')
  ? []
  : [process.cwd(), join(homedir(), 'Images')]
      .filter((path) => existsSync(path))
      .flatMap((path) => ['--data-root', path])
const child = spawn(
  process.execPath,
  [
    `${root}/apps/runner/bin/graft.mjs`,
    'serve',
    '--quiet',
    ...(words.includes('--no-open') ? [] : ['--open']),
    ...roots,
    ...words.filter((word) => word !== '--no-open'),
  ],
  { stdio: 'inherit' },
)
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal))
child.on('exit', (code) => process.exit(code ?? 1))
