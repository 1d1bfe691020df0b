// `npm start`: builds what is missing, then serves the editor and opens it in a browser. Words after `--` go to `graft
// serve`.
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { ensureBuilt, root } from './ensure-built.mjs'

ensureBuilt()
const words = process.argv.slice(2)
// Where a person's photos mostly are; more with: npm start -- --data-root FOLDER
const roots = words.includes('--data-root')
  ? []
  : [process.cwd(), join(homedir(), 'Pictures')]
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
