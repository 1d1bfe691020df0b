// `npm start`: builds what is missing, then serves the editor and opens it in a browser. Words after `--` go to `graft
// serve`.
import { spawn } from 'node:child_process'
import { ensureBuilt, root } from './ensure-built.mjs'

ensureBuilt()
const words = process.argv.slice(2)
const child = spawn(
  process.execPath,
  [
    `${root}/apps/runner/bin/graft.mjs`,
    'serve',
    '--quiet',
    ...(words.includes('--no-open') ? [] : ['--open']),
    ...words.filter((word) => word !== '--no-open'),
  ],
  { stdio: 'inherit' },
)
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal))
child.on('exit', (code) => process.exit(code ?? 1))
