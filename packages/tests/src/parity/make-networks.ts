import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

// The script lies beside the source; the compiled file has no copy of it.
const script = fileURLToPath(new URL('../../src/parity/make_network.py', import.meta.url))

/**
 * Has PyTorch make networks and say what it computes with them (see `make_network.py`); gives what it says about those
 * that it has not. Throws where it fails.
 */
export function makeNetworks(
  python: string,
  folder: string,
  size: number,
  parts: readonly string[],
  names: readonly string[],
): readonly string[] {
  const words = [script, folder, String(size), parts.join(), ...names]
  const { status, stderr } = spawnSync(python, words, { encoding: 'utf8', env: { ...process.env, TVSHIM: '1' } })
  if (status !== 0) throw new Error(`${python} failed: ${stderr}`)
  return stderr.split('\n').filter((line) => line.includes(': not here'))
}

/** The folder of a network; null where it was not made. */
export function madeIn(folder: string, name: string): string | null {
  const own = join(folder, name.replaceAll('/', '__'))
  return existsSync(join(own, 'reference.json')) ? own : null
}
