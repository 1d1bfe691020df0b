import { expect, it } from 'vitest'
import { holdKey, holdKeys, releaseKeys } from './held-keys.js'

const press = (key: string, more: Partial<KeyboardEvent> = {}): boolean =>
  holdKey({ key, ctrlKey: false, metaKey: false, altKey: false, ...more } as KeyboardEvent)

it('what is typed before a new note is drawn is kept for it, not taken for shortcuts', () => {
  expect(press('m')).toBe(false)
  holdKeys()
  expect(['B', 'x', 'Backspace', 'e', 'Shift', 'Enter'].map((key) => press(key))).toEqual(Array(6).fill(true))
  expect(press('s', { ctrlKey: true })).toBe(false)
  expect(releaseKeys()).toBe('Be\n')
  expect(press('m')).toBe(false)
})
