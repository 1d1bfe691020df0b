/// <reference lib="dom" />
import type { Locator, Page } from 'playwright-core'
import { expect } from 'vitest'
import { formOf } from './editor-under-test.js'
import { boxAtRest, canvasAtRest, soon } from './rest.js'

export interface PortAddress {
  readonly node: string
  readonly port: string
}

/**
 * The ways of a person in the editor. Two people: one who uses the mouse (and types only text), and one who has keys
 * only.
 */
export interface Hands {
  readonly name: 'mouse' | 'keyboard'
  /** Presses a button, a card of a choice, a box to tick. */
  readonly press: (page: Page, control: Locator) => Promise<void>
  /** Does what the list of commands calls by this title. */
  readonly command: (page: Page, title: string) => Promise<void>
  /** Adds a node of this type and gives its id. `column` and `row` say where a person with a mouse puts it. */
  readonly add: (page: Page, type: string, column: number, row: number) => Promise<string>
  /** Draws a wire from an output to an input. Does not wait for it: it may be refused. */
  readonly connect: (page: Page, from: PortAddress, to: PortAddress) => Promise<void>
  /** Selects a node, so that its form is there. */
  readonly select: (page: Page, node: string) => Promise<void>
  /** Replaces what a field holds and leaves the field. */
  readonly fill: (page: Page, field: Locator, text: string) => Promise<void>
}

export const cardOf = (page: Page, node: string): Locator => page.locator(`.react-flow__node[data-id="${node}"]`)
export const fieldOf = (page: Page, path: string): Locator => page.locator(`#inspector [data-field="${path}"]`)

/** As wide as the columns of a pipeline need at this size of window. */
const columnWidth = 172
const rowHeight = 190

export const mouse: Hands = {
  name: 'mouse',
  press: (_page, control) => control.click(),
  command: async (page, title) => {
    await page.getByRole('button', { name: 'Search commands' }).click()
    await page
      .getByRole('dialog', { name: 'Commands' })
      .getByRole('option')
      .filter({ has: page.getByText(title, { exact: true }) })
      .click()
  },
  add: async (page, type, column, row) => {
    const before = await nodeIds(page)
    const canvas = await boxAtRest(page.locator('.react-flow__pane'))
    await page
      .locator('.palette-entry', { hasText: new RegExp(`^${type}$`) })
      .dragTo(page.locator('section[aria-label="Canvas"]'), {
        targetPosition: { x: 90 + column * columnWidth, y: 120 + row * rowHeight },
      })
    const id = await newNode(page, before)
    // So that the next node is not taken for this one's neighbour.
    await page.mouse.click(canvas.x + canvas.width / 2, canvas.y + 24)
    return id
  },
  connect: async (page, from, to) => {
    const start = await middleOf(handleOf(page, from, 'source'))
    const end = await middleOf(handleOf(page, to, 'target'))
    await page.mouse.move(start.x, start.y)
    await page.mouse.down()
    await page.mouse.move((start.x + end.x) / 2, (start.y + end.y) / 2, { steps: 4 })
    await page.mouse.move(end.x, end.y, { steps: 4 })
    await page.mouse.up()
  },
  select: async (page, node) => {
    await page.getByRole('button', { name: 'Show everything' }).click()
    // A view that still moves would put another card, or none, under the mouse.
    await canvasAtRest(page)
    await cardOf(page, node).locator('.card-title').click()
    await formOf(page, node)
  },
  fill: async (_page, field, text) => {
    await field.click()
    await field.fill(text)
    await expectHeld(field, text)
    await field.blur()
  },
}

export const keyboard: Hands = {
  name: 'keyboard',
  press: async (page, control) => {
    await tabTo(page, control)
    await page.keyboard.press(
      await control.evaluate((element) => (element.getAttribute('type') === 'checkbox' ? 'Space' : 'Enter')),
    )
  },
  command: async (page, title) => {
    await page.keyboard.press('Control+k')
    await chooseOption(page, title, title)
  },
  add: async (page, type) => {
    const before = await nodeIds(page)
    // With a node selected, the new one would come wired to it.
    await page.keyboard.press('Escape')
    await keyboard.command(page, 'Add a node…')
    await chooseOption(page, type, type)
    return newNode(page, before)
  },
  connect: async (page, from, to) => {
    await keyboard.select(page, from.node)
    // The titles of the ports are read from the cards.
    await page.keyboard.press('1')
    await page.keyboard.press('c')
    // A node with one port is not asked about.
    await page.getByRole('combobox', { expanded: true }).last().waitFor()
    if ((await page.getByRole('combobox', { name: 'Port to connect from' }).count()) > 0)
      await chooseOption(page, '', await portTitle(page, from, 'source'))
    await chooseOption(page, to.node, `· ${await portTitle(page, to, 'target')}`, to.node)
  },
  select: async (page, node) => {
    await keyboard.command(page, 'Find a node…')
    await chooseOption(page, node, node, node)
    await waitForFocus(page, 'data-id', node)
    await formOf(page, node)
  },
  fill: async (page, field, text) => {
    await tabTo(page, field)
    await page.keyboard.press('Control+a')
    await page.keyboard.press('Delete')
    await page.keyboard.type(text)
    await expectHeld(field, text)
    await page.keyboard.press('Tab')
  },
}

/** What was typed has arrived in the field, and the field is still that of the page. */
const expectHeld = (field: Locator, text: string): Promise<void> =>
  expect.poll(() => field.inputValue(), { ...soon, message: `what ${String(field)} holds after typing` }).toBe(text)

/** Moves the focus by the Tab key alone until the control has it; throws when that never happens. */
export async function tabTo(page: Page, control: Locator): Promise<void> {
  await control.waitFor({ state: 'attached' })
  const isThere = (): Promise<boolean> => control.evaluate((element) => element === element.ownerDocument.activeElement)
  const isBehind = await control.evaluate((element) => {
    const active = element.ownerDocument.activeElement
    return (
      active !== null &&
      active !== element.ownerDocument.body &&
      (active.compareDocumentPosition(element) & Node.DOCUMENT_POSITION_PRECEDING) !== 0
    )
  })
  const key = isBehind ? 'Shift+Tab' : 'Tab'
  for (let step = 0; step < 200; step++) {
    if (await isThere()) return
    await page.keyboard.press(key)
  }
  throw new Error(`The Tab key never reached ${String(control)}.`)
}

/** Turns to a tab of the run's panel. */
export async function turnTo(page: Page, hands: Hands, title: string): Promise<void> {
  const tab = page.getByRole('tab', { name: title })
  if (hands.name === 'mouse') return tab.click()
  await tabTo(page, page.locator('[role="tab"][aria-selected="true"]'))
  for (let step = 0; step < 4 && (await tab.getAttribute('aria-selected')) !== 'true'; step++)
    await page.keyboard.press('ArrowRight')
}

/**
 * Until what has the focus carries this attribute. Looks by a clock: frames may stand still on a busy machine. Says what
 * has the focus instead.
 */
export async function waitForFocus(page: Page, attribute: string, value: string): Promise<void> {
  await page
    .waitForFunction(
      ([name, wanted]) => document.activeElement?.getAttribute(name) === wanted,
      [attribute, value] as const,
      {
        polling: 100,
      },
    )
    .catch(async () => {
      const found = await page.evaluate(() => {
        const dialogs = Array.from(document.querySelectorAll('dialog'), ({ open, className }) => `${className} ${open}`)
        return `${document.activeElement?.outerHTML.slice(0, 200)}; dialogs: ${dialogs.join(', ')}`
      })
      throw new Error(`Expected the focus on ${attribute}="${value}", but it is on ${found}`)
    })
}

/**
 * Types into the open search and goes down to the option with this text (and id at its end), as a person does who sees
 * the list.
 */
export async function chooseOption(page: Page, query: string, text: string, id = ''): Promise<void> {
  const search = page.getByRole('combobox', { expanded: true }).last()
  await search.waitFor()
  await waitForFocus(page, 'role', 'combobox')
  await page.keyboard.type(query)
  const chosen = page.locator('[role="option"][aria-selected="true"]').last()
  for (let step = 0; step < 60; step++) {
    const shown = await chosen.innerText({ timeout: 15_000 })
    if (shown.includes(text) && shown.includes(id)) return page.keyboard.press('Enter')
    await page.keyboard.press('ArrowDown')
  }
  throw new Error(
    `There is no option “${text}” ${id}; the list holds: ${(await page.getByRole('option').allInnerTexts()).join(' | ')}`,
  )
}

async function nodeIds(page: Page): Promise<readonly string[]> {
  return page
    .locator('.react-flow__node')
    .evaluateAll((cards) => cards.map((card) => card.getAttribute('data-id') ?? ''))
}

/** The id of the node that has come since; its form opens at once. */
async function newNode(page: Page, before: readonly string[]): Promise<string> {
  const selected = page.locator('#inspector .form-header code')
  await page.waitForFunction(
    (known) => !known.includes(document.querySelector('#inspector .form-header code')?.textContent ?? known[0] ?? ''),
    before,
  )
  return selected.innerText()
}

const handleOf = (page: Page, { node, port }: PortAddress, side: 'source' | 'target'): Locator =>
  cardOf(page, node).locator(`.react-flow__handle.${side}[data-handleid="${port}"]`)

async function portTitle(page: Page, address: PortAddress, side: 'source' | 'target'): Promise<string> {
  return handleOf(page, address, side).locator('xpath=..').innerText()
}

/** The middle of something that has come to rest. */
async function middleOf(locator: Locator): Promise<{ readonly x: number; readonly y: number }> {
  const { x, y, width, height } = await boxAtRest(locator)
  return { x: x + width / 2, y: y + height / 2 }
}
