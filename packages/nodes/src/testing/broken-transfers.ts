import { readdirSync, statSync } from 'node:fs'
import type { ServerResponse } from 'node:http'
import { join } from 'node:path'

/** A file that is being fetched, as far as it is on the disk. */
interface Part {
  readonly path: string
  readonly bytes: number
  readonly changed: number
}

/** What is being fetched into folders below this one. */
export function partsIn(folder: string): readonly Part[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.part'))
    .flatMap((name) => {
      const path = join(folder, name)
      const found = statSync(path, { throwIfNoEntry: false })
      return found === undefined ? [] : [{ path, bytes: found.size, changed: found.mtimeMs }]
    })
}

/**
 * Sends something and hangs up once a file that is fetched below the folder has grown by that to so many bytes: what
 * hasn't come to the disk by then is lost, and how long that takes is nobody's to say.
 */
export function sendAndHangUp(response: ServerResponse, sent: Uint8Array, folder: string, reached: number): void {
  const before = new Map(partsIn(folder).map(({ path, changed }) => [path, changed]))
  response.write(sent)
  const timer = setInterval(() => {
    const parts = partsIn(folder).filter(({ path, changed }) => before.get(path) !== changed)
    if (parts.some(({ bytes }) => bytes >= reached)) response.destroy()
  }, 20)
  response.on('close', () => clearInterval(timer))
}
