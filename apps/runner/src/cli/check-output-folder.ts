import { mkdir, mkdtemp, rm, stat, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { textOf } from '@graft/errors'
import { CliError } from './cli-error.js'

/** A disk that is full may still have room for a file of some bytes. */
const probeBytes = 64 * 1024

/**
 * Makes sure, before hours of work, that files can be written to `directory`: it is a folder or can become one, may be
 * written, and the disk is not full. Leaves nothing behind. Throws CliError otherwise.
 */
export async function checkOutputFolder(directory: string): Promise<void> {
  const nearest = await nearestExisting(directory)
  try {
    if (!(await stat(nearest)).isDirectory()) throw new Error(`"${nearest}" is a file`)
    const probe = await mkdtemp(join(nearest, '.graft-probe-'))
    try {
      await writeFile(join(probe, 'probe'), Buffer.alloc(probeBytes))
    } finally {
      await rm(probe, { recursive: true, force: true })
    }
  } catch (error) {
    throw new CliError([
      {
        code: 'out-folder',
        severity: 'error',
        message: `Nothing can be written to "${directory}": ${textOf(error)}.`,
        fix: 'Choose another folder with --out: one that exists or can be made, on a disk that is not full.',
      },
    ])
  }
}

/**
 * Makes a folder and those above it, one by one: Node's own `recursive` never ends where the system answers that a
 * folder which is there is missing, as below `/proc`. Throws what the system throws.
 */
export async function makeFolder(directory: string): Promise<void> {
  const nearest = await nearestExisting(directory)
  const missing: string[] = []
  for (let path = directory; path !== nearest; path = dirname(path)) missing.unshift(path)
  for (const path of missing)
    await mkdir(path).catch((error: unknown) => {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    })
}

async function nearestExisting(path: string): Promise<string> {
  const isThere = await stat(path).then(
    () => true,
    () => false,
  )
  return isThere || dirname(path) === path ? path : nearestExisting(dirname(path))
}
