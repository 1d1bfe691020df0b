import { spawn } from 'node:child_process'
import { existsSync, statSync } from 'node:fs'
import { basename } from 'node:path'
import { fileURLToPath } from 'node:url'

export interface Finished {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

const floors = [
  ...['packages/errors', 'packages/graph-schema', 'packages/network', 'packages/engines', 'packages/nodes'],
  'apps/runner',
]

/** When a file was written; 0 for none. */
const writtenAt = (url: URL): number => statSync(url, { throwIfNoEntry: false })?.mtimeMs ?? 0

/** What `bundle.mjs` made of a program, which starts in half the time; not where something was compiled later. */
function joined(path: string): URL | null {
  const folder = path.startsWith('testing/') ? 'test-programs' : 'programs'
  const url = new URL(`../../dist/${folder}/${basename(path)}`, import.meta.url)
  const compiledAt = floors.map((floor) =>
    writtenAt(new URL(`../../../../${floor}/tsconfig.tsbuildinfo`, import.meta.url)),
  )
  return writtenAt(url) > Math.max(...compiledAt) ? url : null
}

/** The compiled file of this package, as child processes need it. Throws when nothing is built. */
export function compiled(path: string): URL {
  const url = new URL(`../../dist/${path}`, import.meta.url)
  if (!existsSync(url))
    throw new Error(
      `${fileURLToPath(url)} is missing; tests that start processes need the compiled files. Run \`npm run build\`.`,
    )
  return joined(path) ?? url
}

/**
 * Runs the command line over stub nodes. `onOutput` sees what was printed so far, and the process's id; `onComplaint` what
 * it wrote to its error output.
 */
export function spawnStubGraft(
  words: readonly string[],
  home: string,
  onOutput?: (stdout: string, id: number) => void,
  onComplaint?: (stderr: string, id: number) => void,
): Promise<Finished> {
  const environment = { ...process.env, GRAFT_HOME: home, NO_COLOR: undefined, FORCE_COLOR: undefined }
  const child = spawn(process.execPath, [fileURLToPath(compiled('testing/stub-graft.js')), ...words], {
    cwd: home,
    env: environment,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const printed = { stdout: '', stderr: '' }
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    printed.stdout += text
    onOutput?.(printed.stdout, child.pid ?? 0)
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    printed.stderr += text
    onComplaint?.(printed.stderr, child.pid ?? 0)
  })
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code) => resolve({ code, ...printed }))
  })
}
