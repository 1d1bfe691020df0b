import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { unlessActed, watchThePerson } from './late-focus.js'

const page = new EventTarget()
watchThePerson(page)
const does = (type: string, more: object = {}): boolean => page.dispatchEvent(Object.assign(new Event(type), more))

let dialog: object | null = null
beforeEach(() => {
  dialog = null
  vi.stubGlobal('document', { querySelector: () => dialog })
})
afterEach(() => {
  vi.unstubAllGlobals()
})

/** Whether the focus moved, with this in between. */
function moves(meanwhile: () => void): boolean {
  const move = vi.fn()
  const later = unlessActed(move)
  meanwhile()
  later()
  return move.mock.calls.length === 1
}

it('the focus moves a moment after it was asked for', () => {
  does('keydown', { key: 'Enter' })
  expect(moves(() => undefined)).toBe(true)
})

it.each(['pointerdown', 'keydown', 'beforeinput', 'hashchange', 'popstate'])(
  'the focus stays where the person has gone since (%s)',
  (act) => {
    expect(moves(() => does(act))).toBe(false)
  },
)

it('a key that is held down, and one that only changes others, is nothing new', () => {
  expect(moves(() => does('keydown', { key: 'Enter', repeat: true }))).toBe(true)
  expect(moves(() => does('keydown', { key: 'Shift' }))).toBe(true)
})

it('the focus stays in a dialog that has opened since', () => {
  expect(moves(() => (dialog = {}))).toBe(false)
})
