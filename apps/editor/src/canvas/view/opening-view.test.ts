import { describe, expect, it } from 'vitest'
import { fitMargin, largestFit, openingView, readableZoom } from './opening-view.js'

const canvas = { width: 1000, height: 700 }

describe('openingView', () => {
  it('shows what fits whole and in the middle, never larger than the largest fit', () => {
    const view = openingView({ x: 100, y: 50, width: 200, height: 100 }, canvas)
    expect(view.zoom).toBe(largestFit)
    expect(view.x + 200 * view.zoom).toBeCloseTo(500)
  })

  it('shows the upper left part of what is too large, at a zoom at which text can be read', () => {
    const view = openingView({ x: -300, y: 40, width: 5000, height: 3000 }, canvas)
    expect(view.zoom).toBe(readableZoom)
    expect(-300 * view.zoom + view.x).toBeCloseTo(fitMargin.side)
    expect(40 * view.zoom + view.y).toBeCloseTo(fitMargin.top)
  })

  it('centres the short side of what is too long', () => {
    const { y, zoom } = openingView({ x: 0, y: 0, width: 5000, height: 100 }, canvas)
    expect(y + 50 * zoom).toBeCloseTo(fitMargin.top + (canvas.height - fitMargin.top - fitMargin.bottom) / 2)
  })

  it('goes as far out as it may', () => {
    expect(openingView({ x: 0, y: 0, width: 1840, height: 100 }, canvas, 0.1).zoom).toBeCloseTo(0.5)
  })

  it('has a view for a canvas that has no room at all', () => {
    expect(openingView({ x: 0, y: 0, width: 10, height: 10 }, { width: 0, height: 0 }).zoom).toBe(readableZoom)
  })
})
