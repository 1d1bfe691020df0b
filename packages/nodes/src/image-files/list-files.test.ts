import { describe, expect, it } from 'vitest'
import { listPath } from './list-files.js'

describe.skipIf(process.platform === 'win32')('a path that is a device (fault 25)', () => {
  it('is refused, because reading it may never end', async () => {
    await expect(listPath('/dev/zero', false)).rejects.toThrow('neither a file nor a folder')
  })
})
