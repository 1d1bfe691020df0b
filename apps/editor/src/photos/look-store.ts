import { ui } from '../page/page-store.js'
import { createStore, useStoreValue } from '../ui/store/create-store.js'

interface LookState {
  /** The folder to look at; null: to be chosen. */
  readonly path: string | null
  /** The network that was chosen for it; null: the suggested one. */
  readonly network: string | null
}

const look = createStore<LookState>({ path: null, network: null })

export const useLook = (): LookState => useStoreValue(look, (state) => state)

/** Opens the dialog that looks at a person's pictures and says what to do with them. */
export function openLook(path: string | null = null, network: string | null = null): void {
  look.set({ path, network })
  ui.set({ dialog: 'look' })
}

export function setLook(patch: Partial<LookState>): void {
  look.set(patch)
}

export function closeLook(): void {
  look.set({ path: null, network: null })
  ui.set({ dialog: null })
}
