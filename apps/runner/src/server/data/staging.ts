import { randomBytes } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { Transform } from 'node:stream'
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { HttpProblem } from '../http/http-problem.js'
import { placeUpload } from './upload-names.js'

export interface StagingLimits {
  readonly files: number
  readonly bytes: number
}

const mostReported = 1000

/** What is on its way in or out among the uploads: hidden, and cleared away when a server was killed meanwhile. */
export const stagedPrefix = '.upload-'
export const stagedName = (id: string): string => stagedPrefix + id

/** What becomes of an upload whose name is taken. */
export type WhenTaken = 'refuse' | 'replace' | 'rename'

/**
 * A folder beside the uploads in which an upload is put together. It appears under its name only when it is complete
 * and good; else it is gone.
 */
export class Staging {
  readonly directory: string
  readonly ignored: { file: string; reason: string }[] = []
  private readonly taken = new Set<string>()
  private readonly folders = new Set<string>()
  private bytes = 0

  constructor(
    private readonly uploads: string,
    private readonly limits: StagingLimits,
  ) {
    this.directory = join(uploads, stagedName(randomBytes(8).toString('hex')))
  }

  get files(): number {
    return this.taken.size
  }

  /**
   * Where a file of the upload would go; null (and noted) when it is left out. Throws HttpProblem on hostile names and
   * on too many files.
   */
  place(name: string): string | null {
    const placing = placeUpload(name)
    if ('ignored' in placing) {
      this.ignore(name, placing.ignored)
      return null
    }
    // One spelling of accented letters (systems differ), and lower case, for those that don't tell a.jpg from A.JPG.
    const parts = placing.parts.map((part) => part.normalize('NFC'))
    const keys = parts.map((_, index) =>
      parts
        .slice(0, index + 1)
        .join('/')
        .toLowerCase(),
    )
    const key = keys.pop() ?? ''
    if (this.taken.has(key) || this.folders.has(key) || keys.some((folder) => this.taken.has(folder))) {
      this.ignore(name, 'there is a file or a folder of this name already')
      return null
    }
    if (this.taken.size >= this.limits.files)
      throw new HttpProblem(
        413,
        'too-many-files',
        `The upload holds more than ${this.limits.files} files. Send it in parts.`,
      )
    this.taken.add(key)
    for (const folder of keys) this.folders.add(folder)
    return join(this.directory, ...parts)
  }

  ignore(name: string, reason: string): void {
    if (this.ignored.length < mostReported) this.ignored.push({ file: name.slice(0, 300), reason })
  }

  /** Writes a stream to a place, counting what comes out of it, not what someone said would. */
  async write(source: Readable, path: string): Promise<void> {
    // A stream may fail before anybody listens to it below; the pipeline tells of it all the same.
    source.on('error', () => undefined)
    await mkdir(dirname(path), { recursive: true })
    const meter = new Transform({
      transform: (chunk: Buffer, _, done) => {
        this.bytes += chunk.byteLength
        if (this.bytes > this.limits.bytes)
          done(
            new HttpProblem(
              413,
              'upload-too-large',
              `The upload unpacks to more than ${Math.round(this.limits.bytes / 1e6)} MB. Nothing was stored. Send it in parts.`,
            ),
          )
        else done(null, chunk)
      },
    })
    await pipeline(source, meter, createWriteStream(path, { flags: 'wx' }))
  }

  /** Makes the upload appear. Folders around everything are taken away, so that the classes are found. */
  async finish(name: string, existing: WhenTaken): Promise<string> {
    if (this.files === 0)
      throw new HttpProblem(
        422,
        'nothing-to-store',
        `There is no image in the upload${this.ignored[0] ? ` (${this.ignored[0].file}: ${this.ignored[0].reason})` : ''}. Expected files such as cats/1.jpg.`,
      )
    const target = join(this.uploads, existing === 'rename' ? await this.freeName(name) : name)
    if (await exists(target)) {
      if (existing !== 'replace')
        throw new HttpProblem(
          409,
          'name-taken',
          `There is an upload called "${name}" already. Replace it, use the one that is there, or choose another name.`,
          { field: 'name' },
        )
      return this.replace(target)
    }
    await rename(await this.innermost(), target)
    await this.discard()
    return target
  }

  /** The old one goes only when the new one is in its place; it is put back when that fails. */
  private async replace(target: string): Promise<string> {
    const old = `${this.directory}-replaced`
    await rename(target, old)
    try {
      await rename(await this.innermost(), target)
    } catch (error) {
      await rename(old, target)
      throw error
    }
    await rm(old, { recursive: true, force: true })
    await this.discard()
    return target
  }

  private async freeName(name: string): Promise<string> {
    for (let number = 1; ; number++) {
      const candidate = number === 1 ? name : `${name} ${number}`
      if (!(await exists(join(this.uploads, candidate)))) return candidate
    }
  }

  discard(): Promise<void> {
    return rm(this.directory, { recursive: true, force: true })
  }

  private async innermost(): Promise<string> {
    const shallowest = [...this.taken].reduce(
      (least, path) => Math.min(least, path.split('/').length),
      Number.POSITIVE_INFINITY,
    )
    let folder = this.directory
    for (let depth = shallowest; depth >= 3; depth--) {
      const [only, ...others] = await readdir(folder, { withFileTypes: true })
      if (!only?.isDirectory() || others.length > 0) break
      folder = join(folder, only.name)
    }
    return folder
  }
}

const exists = async (path: string): Promise<boolean> => (await stat(path).catch(() => null)) !== null
