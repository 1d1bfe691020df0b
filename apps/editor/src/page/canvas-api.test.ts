import { expect, it } from 'vitest'
import { canvasApi, provideCanvas } from './canvas-api.js'
import type { CanvasApi } from './canvas-api.js'

const canvas = (): CanvasApi => ({
  fit: () => undefined,
  zoomBy: () => undefined,
  addWirePoint: () => undefined,
  zoomTo: () => undefined,
  centre: () => ({ x: 0, y: 0 }),
  toCanvas: (screen) => screen,
  toScreen: (place) => place,
  reveal: () => undefined,
  focus: () => undefined,
  boxes: () => new Map(),
  pointer: () => null,
})

it('of two canvases, the one that was used last answers; when it goes, the other does', () => {
  expect(canvasApi()).toBeNull()
  const [one, two] = [canvas(), canvas()]
  const first = provideCanvas(one)
  const second = provideCanvas(two)
  expect(canvasApi()).toBe(two)
  first.use()
  expect(canvasApi()).toBe(one)
  second.leave()
  expect(canvasApi()).toBe(one)
  first.leave()
  expect(canvasApi()).toBeNull()
})
