import { stat } from 'node:fs/promises'
import type { Readable } from 'node:stream'
import { textOf } from '@graft/errors'
import { open as openZip } from 'yauzl'
import type { Entry, ZipFile } from 'yauzl'
import { HttpProblem } from '../http/http-problem.js'
import type { Staging } from './staging.js'

/** Images are compressed already: what shrinks more than this is made to fill the disk. */
const largestRatio = 200
const smallEnough = 1_000_000
/** The same for all entries together. */
const manySmall = 20_000_000
const mostEntries = 500_000

/**
 * Unpacks a zip file entry by entry. Throws HttpProblem, with nothing left behind, when it is not a zip file, is
 * encrypted, or was made to do harm: names that lead out, symbolic links, sizes that are not what was said, far too
 * much in far too little.
 */
export async function unpackZip(path: string, staging: Staging): Promise<void> {
  const zip = await open(path)
  try {
    if (zip.entryCount > mostEntries)
      throw new HttpProblem(
        413,
        'too-many-files',
        `The zip file lists ${zip.entryCount} entries; at most ${mostEntries} are read. Send it in parts.`,
      )
    // Entries that share their bytes unpack to far more than any of them says.
    const { size } = await stat(path)
    let [left, unpacked] = [size, 0]
    for (let entry = await next(zip); entry !== null; entry = await next(zip)) {
      left -= entry.compressedSize
      unpacked += entry.uncompressedSize
      if (left < 0) throw hostile('its entries overlap')
      if (unpacked > manySmall && unpacked > largestRatio * size) throw bomb('The zip file')
      await unpackEntry(zip, entry, staging)
    }
  } catch (error) {
    throw error instanceof HttpProblem || (error as NodeJS.ErrnoException).code !== undefined
      ? error
      : hostile(textOf(error))
  } finally {
    zip.close()
  }
}

async function unpackEntry(zip: ZipFile, entry: Entry, staging: Staging): Promise<void> {
  const name = String(entry.fileName)
  const type = (entry.externalFileAttributes >>> 16) & 0o170000
  if (type !== 0 && type !== 0o100000 && type !== 0o040000)
    throw hostile(`${JSON.stringify(name.slice(0, 100))} is a link or a special file`)
  if ((entry.generalPurposeBitFlag & 1) !== 0)
    throw new HttpProblem(422, 'zip-encrypted', 'The zip file is encrypted. Pack it without a password.')
  if (entry.uncompressedSize > smallEnough && entry.uncompressedSize > largestRatio * entry.compressedSize)
    throw bomb(JSON.stringify(name.slice(0, 100)))
  const path = name.endsWith('/') ? null : staging.place(name)
  if (path !== null) await staging.write(await streamOf(zip, entry), path)
}

function open(path: string): Promise<ZipFile> {
  return new Promise((resolve, reject) => {
    openZip(
      path,
      { lazyEntries: true, autoClose: false, strictFileNames: true, validateEntrySizes: true },
      (error, zip) => {
        if (error) reject(hostile(error.message))
        else resolve(zip)
      },
    )
  })
}

function next(zip: ZipFile): Promise<Entry | null> {
  return new Promise((resolve, reject) => {
    const settle = (work: () => void) => (): void => {
      zip.removeAllListeners('entry').removeAllListeners('end').removeAllListeners('error')
      work()
    }
    zip.on('entry', (entry: Entry) => settle(() => resolve(entry))())
    zip.on(
      'end',
      settle(() => resolve(null)),
    )
    zip.on('error', (error: Error) => settle(() => reject(error))())
    zip.readEntry()
  })
}

function streamOf(zip: ZipFile, entry: Entry): Promise<Readable> {
  return new Promise((resolve, reject) => {
    zip.openReadStream(entry, (error, stream) => {
      if (error) reject(error)
      else resolve(stream)
    })
  })
}

function bomb(what: string): HttpProblem {
  return new HttpProblem(
    413,
    'zip-bomb',
    `${what} unpacks to more than ${largestRatio} times its size, which no image does. Nothing was stored.`,
  )
}

function hostile(reason: string): HttpProblem {
  return new HttpProblem(
    400,
    'zip-invalid',
    `The zip file cannot be used: ${reason.slice(0, 300)}. Nothing was stored. Pack the folder again with an ordinary program.`,
  )
}
