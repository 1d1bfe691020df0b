import { describe, expect, it } from 'vitest'
import { folderName } from './zip-program.js'

describe('the folder in a zip file of a program', () => {
  it.each([
    ['Leaves, 2nd try', 'Leaves-2nd-try'],
    ['葉 и Blätter', '葉-и-Blätter'],
    ['..', 'graph'],
    ['../../etc/cron.d', 'etc-cron-d'],
    ['C:\\Windows\n', 'C-Windows'],
    ['𝒜'.repeat(100), '𝒜'.repeat(80)],
  ])('%j is called %j', (name, folder) => expect(folderName(name)).toBe(folder))
})
