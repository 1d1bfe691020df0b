import { createStore, useStoreValue } from '../store/create-store.js'

/** A short message above everything; errors stay until they are closed. */
export interface Toast {
  readonly id: number
  readonly kind: 'info' | 'success' | 'error'
  readonly text: string
  readonly fix?: string
  /** What the person can still do about it. */
  readonly action?: ToastAction
}

export interface ToastAction {
  readonly label: string
  readonly run: () => void
}

const shownAtMost = 4
const shownFor = 4000
/** Time to read, decide and reach the button. */
const shownForWithAction = 10_000

const shown = createStore<{ readonly toasts: readonly Toast[] }>({ toasts: [] })
let lastToast = 0

/**
 * Says something to the person, from any floor: `Toasts` shows it for a few seconds, errors until they are closed. The
 * same text again takes the place of the one before.
 */
export function toast(kind: Toast['kind'], text: string, fix?: string, action?: ToastAction): void {
  const id = ++lastToast
  const others = shown.get().toasts.filter((other) => other.text !== text)
  shown.set({
    toasts: [
      ...others,
      { id, kind, text, ...(fix !== undefined && { fix }), ...(action !== undefined && { action }) },
    ].slice(-shownAtMost),
  })
  if (kind !== 'error') setTimeout(() => dismiss(id), action === undefined ? shownFor : shownForWithAction)
}

export function dismiss(id: number): void {
  shown.set({ toasts: shown.get().toasts.filter((other) => other.id !== id) })
}

/** The messages that are shown now, oldest first. */
export const useToasts = (): readonly Toast[] => useStoreValue(shown, ({ toasts }) => toasts)
