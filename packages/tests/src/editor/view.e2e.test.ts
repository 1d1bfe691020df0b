/// <reference lib="dom" />
import { templates } from '@graft/nodes'
import type { Page } from 'playwright-core'
import { describe, expect, test } from 'vitest'
import { editorCannotRun, formOf, openPage, useEditor } from './editor-under-test.js'
import { cardOf } from './hands.js'
import { boxAtRest, canvasAtRest, soon } from './rest.js'

if (editorCannotRun !== null) console.log(`Skipping the editor's end-to-end tests: ${editorCannotRun}.`)

const patience = { timeout: 300_000 }

/** Opens a template by its title and waits until its view has come to rest. */
async function openTemplate(page: Page, title: string): Promise<void> {
  await page.getByRole('button', { name: new RegExp(`^${title}(?!,)`) }).click()
  await page.locator('.react-flow__node-card').first().waitFor()
  await canvasAtRest(page)
}

/** By event: a card may be out of sight. */
async function choose(page: Page, id: string): Promise<void> {
  await cardOf(page, id).locator('.card-header').dispatchEvent('click')
  await formOf(page, id)
}

interface Edges {
  readonly left: number
  readonly top: number
  readonly right: number
  readonly bottom: number
}

const edgesOf = (page: Page, selector: string): Promise<readonly Edges[]> =>
  page.locator(selector).evaluateAll((elements) =>
    elements.map((element) => {
      const { left, top, right, bottom } = element.getBoundingClientRect()
      return { left, top, right, bottom }
    }),
  )

/** Wires of which some point lies in the inside of a card, as they are on the screen. */
const wiresBehindCards = (page: Page): Promise<readonly string[]> =>
  page.evaluate(() => {
    const cards = [...document.querySelectorAll('.react-flow__node-card')].map((card) => card.getBoundingClientRect())
    return [...document.querySelectorAll<SVGPathElement>('.react-flow__edge-path')].flatMap((path) => {
      const toScreen = path.getScreenCTM()
      const length = path.getTotalLength()
      const isHidden = Array.from({ length: Math.ceil(length / 4) }, (_, step) => {
        const { x, y } = path.getPointAtLength(step * 4).matrixTransform(toScreen ?? undefined)
        return cards.some((card) => x > card.left + 4 && x < card.right - 4 && y > card.top + 4 && y < card.bottom - 4)
      }).some(Boolean)
      return isHidden ? [path.id] : []
    })
  })

const zoomOf = async (page: Page): Promise<number> => parseInt(await page.locator('.canvas-zoom').innerText(), 10)

describe.skipIf(editorCannotRun !== null)('what the canvas shows', patience, () => {
  const editor = useEditor()

  test('the inspector stands beside the canvas: “Show everything” leaves no node below it, nor the overview', async () => {
    const { page, context, complaints } = await openPage(editor.browser, editor.runner.address)
    await page.setViewportSize({ width: 1440, height: 900 })
    await openTemplate(page, 'Small and similar')
    await choose(page, 'report')
    await page.getByRole('button', { name: 'Show everything' }).click()
    await canvasAtRest(page)
    const [inspector] = await edgesOf(page, '#inspector')
    const cards = await edgesOf(page, '.react-flow__node-card')
    expect(cards).toHaveLength(10)
    for (const { right } of [...cards, ...(await edgesOf(page, '.overview'))])
      expect(right).toBeLessThanOrEqual(inspector?.left ?? 0)
    expect(complaints).toEqual([])
    await context.close()
  })

  test('selecting and clearing move nothing on the screen', async () => {
    const { page, context } = await openPage(editor.browser, editor.runner.address)
    await page.setViewportSize({ width: 1440, height: 900 })
    await openTemplate(page, 'Small and similar')
    const placeOfStrip = async (): Promise<Edges | undefined> =>
      (await edgesOf(page, '.react-flow__node[data-id="strip"]'))[0]
    const before = await placeOfStrip()
    await choose(page, 'strip')
    await canvasAtRest(page)
    expect(await placeOfStrip()).toEqual(before)
    await page.keyboard.press('Escape')
    await page.locator('#inspector').getByText('Select a node on the canvas').waitFor()
    expect(await placeOfStrip()).toEqual(before)
    await context.close()
  })

  test('a node that the opening form pushes beyond the edge is brought into view and keeps the focus', async () => {
    const { page, context } = await openPage(editor.browser, editor.runner.address)
    await page.setViewportSize({ width: 1440, height: 900 })
    await openTemplate(page, 'Small and similar')
    await page.locator('.react-flow__node[data-id="train"] .card-title').click()
    await page.waitForFunction(() => document.activeElement?.getAttribute('data-id') === 'train')
    await canvasAtRest(page)
    const [canvas] = await edgesOf(page, '#canvas')
    const [train] = await edgesOf(page, '.react-flow__node[data-id="train"]')
    expect(train?.right).toBeLessThanOrEqual(canvas?.right ?? 0)
    await context.close()
  })

  test('with a large run panel the inspector keeps its whole height, and its close button covers no field', async () => {
    const { page, context } = await openPage(editor.browser, editor.runner.address)
    await page.setViewportSize({ width: 1440, height: 900 })
    await openTemplate(page, 'Small and similar')
    await choose(page, 'train')
    await page.keyboard.press('Alt+2')
    await page.getByRole('separator', { name: 'Height of the panel' }).focus()
    for (let step = 0; step < 20; step++) await page.keyboard.press('ArrowUp')
    const heightOfForm = async (): Promise<number> => (await boxAtRest(page.locator('#inspector'))).height
    await expect.poll(heightOfForm, soon).toBeGreaterThan(700)
    await page.locator('.inspector-scroll').evaluate((element) => element.scrollTo(0, 300))
    const [close] = await edgesOf(page, '.inspector-close')
    const [header] = await edgesOf(page, '#inspector .form-header')
    expect(close?.bottom).toBeLessThanOrEqual((header?.bottom ?? 0) + 1)
    await context.close()
  })

  test('the form of the next node starts at its top', async () => {
    const { page, context } = await openPage(editor.browser, editor.runner.address)
    await openTemplate(page, 'Small and similar')
    await choose(page, 'train')
    await page.locator('.inspector-scroll').evaluate((element) => element.scrollTo(0, 400))
    await choose(page, 'export')
    const scrolled = (): Promise<number> => page.locator('.inspector-scroll').evaluate((element) => element.scrollTop)
    await expect.poll(scrolled, soon).toBe(0)
    await context.close()
  })

  test('the graph is fitted again when the window grows, unless the view was moved by hand', async () => {
    const { page, context } = await openPage(editor.browser, editor.runner.address)
    await openTemplate(page, 'Small and similar')
    const wide = await zoomOf(page)
    await page.setViewportSize({ width: 700, height: 700 })
    await canvasAtRest(page)
    await expect.poll(() => zoomOf(page), soon).toBe(75)
    await page.setViewportSize({ width: 1760, height: 1000 })
    await canvasAtRest(page)
    await expect.poll(() => zoomOf(page), soon).toBe(wide)
    await page.mouse.move(700, 700)
    await page.mouse.wheel(0, -240)
    await expect.poll(() => zoomOf(page), soon).not.toBe(wide)
    await canvasAtRest(page)
    const moved = await zoomOf(page)
    await page.setViewportSize({ width: 1500, height: 1000 })
    await canvasAtRest(page)
    expect(await zoomOf(page)).toBe(moved)
    await context.close()
  })

  test('no wire of a template passes behind a card, as it comes and tidied up', async () => {
    const { page, context, complaints } = await openPage(editor.browser, editor.runner.address)
    for (const { title } of templates) {
      await openTemplate(page, title)
      await page.getByRole('button', { name: 'Show everything' }).click()
      await canvasAtRest(page)
      expect(await wiresBehindCards(page), title).toEqual([])
      await page.getByRole('button', { name: /^Tidy up/ }).click()
      await page.getByRole('button', { name: 'Undo' }).and(page.locator(':enabled')).waitFor()
      await page.getByRole('button', { name: 'Show everything' }).click()
      await canvasAtRest(page)
      expect(await wiresBehindCards(page), `${title}, tidied up`).toEqual([])
      await page.goto(`${editor.runner.address}/#/`)
    }
    expect(complaints).toEqual([])
    await context.close()
  })

  test('wires follow a node while it is dragged, and go round it where it is dropped in their way', async () => {
    const { page, context, complaints } = await openPage(editor.browser, editor.runner.address)
    await openTemplate(page, 'Small and similar')
    const wire = page.locator('.react-flow__edge[data-id^="images.images -> split"] path').first()
    const before = await wire.getAttribute('d')
    const [card] = await edgesOf(page, '.react-flow__node[data-id="images"] .card-header')
    const start = { x: (card?.left ?? 0) + 60, y: (card?.top ?? 0) + 10 }
    await page.mouse.move(start.x, start.y)
    await page.mouse.down()
    await page.mouse.move(start.x + 30, start.y + 90, { steps: 5 })
    const moving = page.locator('.moving-wires .wire-kind-dataset').first()
    await expect.poll(() => moving.getAttribute('d'), soon).not.toBe(before)
    // Below the node that the wire leads to, so that it has to come back round.
    await page.mouse.move(start.x + 320, start.y + 270, { steps: 5 })
    await page.mouse.up()
    await page.waitForFunction((path) => path?.getAttribute('d')?.includes('Q') === true, await wire.elementHandle())
    await page.locator('.moving-wires').waitFor({ state: 'detached' })
    await canvasAtRest(page)
    expect(await wiresBehindCards(page)).toEqual([])
    await expect.poll(() => wire.isVisible(), soon).toBe(true)
    await page.keyboard.press('Control+z')
    await page.waitForFunction(([path, d]) => path?.getAttribute('d') === d, [
      await wire.elementHandle(),
      before,
    ] as const)
    expect(complaints).toEqual([])
    await context.close()
  })

  for (const [width, height] of [
    [1440, 900],
    [1280, 640],
  ] as const) {
    test(`at ${width} x ${height} every template opens at 75% or more, with no text on a card under 10 pixels`, async () => {
      const { page, context, complaints } = await openPage(editor.browser, editor.runner.address)
      await page.setViewportSize({ width, height })
      for (const { title } of templates) {
        await openTemplate(page, title)
        expect(await zoomOf(page), title).toBeGreaterThanOrEqual(75)
        const smallest = await page.evaluate(() => {
          const zoom = Number(
            /scale\((.+?)\)/.exec(document.querySelector('.react-flow__viewport')?.getAttribute('style') ?? '')?.[1],
          )
          const sizes = [...document.querySelectorAll('.card *')]
            .filter(({ childNodes }) => [...childNodes].some(({ nodeType }) => nodeType === Node.TEXT_NODE))
            .map((element) => parseFloat(getComputedStyle(element).fontSize))
          return Math.min(...sizes) * zoom
        })
        expect(smallest, title).toBeGreaterThanOrEqual(10)
        // Its note can be read as it is: nothing of it lies below its edge.
        const cut = await page
          .locator('.note-view')
          .evaluateAll((notes) => notes.filter(({ scrollHeight, clientHeight }) => scrollHeight > clientHeight).length)
        expect(cut, title).toBe(0)
        await page.goto(`${editor.runner.address}/#/`)
      }
      expect(complaints).toEqual([])
      await context.close()
    })
  }
})
