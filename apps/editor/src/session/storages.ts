import type { DraftStorage } from './drafts.js'

const noStorage: DraftStorage = {
  length: 0,
  key: () => null,
  getItem: () => null,
  removeItem: () => undefined,
  setItem: () => {
    throw new Error('Storage is off')
  },
}

/** What this browser keeps, in all its windows. */
export const storage = (): DraftStorage => storageOf(() => localStorage)
/** What this window keeps across reloads. */
export const tabStorage = (): DraftStorage => storageOf(() => sessionStorage)

function storageOf(open: () => Storage): DraftStorage {
  try {
    return open()
  } catch {
    return noStorage
  }
}
