import { open } from 'node:fs/promises'
import { foreignFormatOf, headBytes } from '@graft/network'

/** What a server hands out in place of a file, as a sentence says it with advice; null when the file is none of that. */
export async function standInOf(
  path: string,
  name: string,
): Promise<{ readonly title: string; readonly advice: string } | null> {
  const handle = await open(path)
  try {
    const { buffer, bytesRead } = await handle.read(new Uint8Array(headBytes), 0, headBytes, 0)
    const foreign = foreignFormatOf(buffer.subarray(0, bytesRead), name)
    return foreign?.standsIn === true ? foreign : null
  } finally {
    await handle.close()
  }
}
