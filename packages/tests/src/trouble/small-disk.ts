import { execFileSync } from 'node:child_process'
import { appendFileSync, rmSync, statfsSync, truncateSync } from 'node:fs'
import { join } from 'node:path'

const megabytes = 384

/** A disk of its own under a folder, to be filled to the brim; only where this process may mount one. */
export class SmallDisk {
  private readonly ballast: string

  private constructor(private readonly folder: string) {
    this.ballast = join(folder, 'ballast')
  }

  /** Null, and a line that says so, where nothing can be mounted. */
  static mount(folder: string): SmallDisk | null {
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', folder], { stdio: 'ignore' })
      return new SmallDisk(folder)
    } catch {
      console.log('left out: disks that are full for everybody, because none can be mounted here')
      return null
    }
  }

  /** Leaves so many bytes, for the database of Graft as well. */
  fill(left: number): void {
    appendFileSync(this.ballast, '')
    const { bavail, bsize } = statfsSync(this.folder)
    const pages = Math.max(0, Math.floor((bavail * bsize - left) / 4096))
    try {
      for (let page = 0; page < pages; page += 2048)
        appendFileSync(this.ballast, Buffer.alloc(4096 * Math.min(2048, pages - page)))
    } catch (error) {
      // Graft was quicker with the last bytes: all the better.
      if (!(error instanceof Error && 'code' in error && error.code === 'ENOSPC')) throw error
    }
  }

  free(): void {
    truncateSync(this.ballast)
    rmSync(this.ballast)
  }

  unmount(): void {
    execFileSync('umount', ['-l', this.folder], { stdio: 'ignore' })
  }
}
