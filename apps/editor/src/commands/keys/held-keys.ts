/** What was typed for a field that isn't drawn yet; null: nothing is held back. */
let held: string | null = null

/** From now on what is typed is kept for a field that is about to be drawn, instead of being taken for shortcuts. */
export function holdKeys(): void {
  held = ''
}

/** Keeps a key, if keys are held back; false: they are not. */
export function holdKey({ key, ctrlKey, metaKey, altKey }: KeyboardEvent): boolean {
  if (held === null || ctrlKey || metaKey || altKey) return false
  if (key === 'Backspace') held = held.slice(0, -1)
  else if (key === 'Enter') held += '\n'
  else if (key.length === 1) held += key
  return true
}

/** Ends holding back: what was typed since. */
export function releaseKeys(): string {
  const typed = held ?? ''
  held = null
  return typed
}
