import { isAsking } from './is-asking.js'

const acts = ['pointerdown', 'keydown', 'beforeinput', 'hashchange', 'popstate']
const modifiers = new Set(['Shift', 'Control', 'Alt', 'Meta'])

/** How often the person has done something. */
let done = 0

/** Notices what the person does. Once, and before anything else listens: what is asked for in answer comes after it. */
export function watchThePerson(page: EventTarget): void {
  const notice = (event: Event): void => {
    const { repeat, key } = event as Partial<KeyboardEvent>
    if (repeat !== true && !modifiers.has(key ?? '')) done += 1
  }
  for (const act of acts) page.addEventListener(act, notice, { capture: true, passive: true })
}

/**
 * For a focus that moves a moment after the person asked for it, when what is to have it is drawn. It stays when they
 * have done something else by then, or a dialog has opened: what they type must not land in a field that they have
 * left.
 */
export function unlessActed(move: () => void): () => void {
  const asked = done
  return () => {
    if (done === asked && !isAsking()) move()
  }
}
