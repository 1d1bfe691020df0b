// Builds Graft where it isn't built yet: once after `npm ci`; later starts find the files and skip it.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

export const root = fileURLToPath(new URL('..', import.meta.url))
const needed = ['apps/runner/dist/programs/graft.js', 'apps/editor/dist/index.html']

/** Ends the process with the build's own exit code when it fails; its errors have been shown by then. */
export function ensureBuilt() {
  if (needed.every((path) => existsSync(`${root}/${path}`))) return
  console.log('Building Graft (once; later starts are quick) …')
  const { status } = spawnSync('npx', ['turbo', 'run', 'build', '--output-logs=errors-only'], {
    cwd: root,
    stdio: 'inherit',
    shell: process.platform === 'win32',
  })
  if (status !== 0) process.exit(status ?? 1)
}
