/// <reference lib="dom" />
import type { Locator, Page } from 'playwright-core'

interface Box {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

/** Looks that have to agree, one after the other: what moves differs at one of them, however slow the frames are. */
const looks = 3
const every = 50

/** Until the canvas has come to rest: its view, and every card and wire on it, stand where they stood. */
export async function canvasAtRest(page: Page): Promise<void> {
  await page.locator('.react-flow__node').first().waitFor()
  await page.waitForFunction(
    (wanted) => {
      // What never ends (the pulse of a node that runs) moves nothing.
      const isOver = ({ playState, effect }: Animation): boolean =>
        playState !== 'running' || effect?.getComputedTiming().endTime === Infinity
      const parts = document.querySelectorAll('.react-flow__viewport, .react-flow__node, .react-flow__edge-path')
      const now = Array.from(
        parts,
        (part) => `${part.getAttribute('style') ?? ''} ${part.getAttribute('d') ?? ''}`,
      ).join()
      const seen = (window as { canvasSeen?: { now: string; times: number } }).canvasSeen
      const times = seen?.now === now ? seen.times + 1 : 1
      ;(window as { canvasSeen?: object }).canvasSeen = { now, times }
      return times >= wanted && document.getAnimations().every(isOver)
    },
    looks,
    { polling: every },
  )
}

/** The box of something once it has come to rest: while a view still moves, a mouse would miss it. */
export async function boxAtRest(locator: Locator): Promise<Box> {
  const end = performance.now() + 30_000
  for (let seen = '', times = 0; performance.now() < end; ) {
    const box = await locator.boundingBox()
    const now = JSON.stringify(box)
    times = now === seen ? times + 1 : 1
    seen = now
    if (box !== null && times >= looks) return box
    await locator.page().waitForTimeout(every)
  }
  throw new Error(`${String(locator)} is not to be seen, or does not come to rest.`)
}

/**
 * For what the page shows a moment after it was done: `await expect.poll(() => locator.count(), soon).toBe(3)`. Reading
 * once, straight after a click, passes on a quick machine only.
 */
export const soon = { timeout: Number(process.env['GRAFT_E2E_PATIENCE'] ?? 60_000), interval: 50 } as const
