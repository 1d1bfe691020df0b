import { expect, test } from 'vitest'
import { windowOf } from './virtual-window.js'

test('a long list shows what is in sight and a little around it', () => {
  expect(windowOf(10_000, 20, 2000, 400)).toEqual({ first: 94, last: 126 })
})

test('a list never asks for items that it does not have', () => {
  expect(windowOf(3, 20, 0, 400)).toEqual({ first: 0, last: 3 })
  expect(windowOf(0, 20, 0, 400)).toEqual({ first: 0, last: 0 })
  expect(windowOf(50, 20, 5000, 400)).toEqual({ first: 43, last: 50 })
})
