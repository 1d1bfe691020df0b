import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { textOf } from '@graft/errors'
import type { Locator, Page } from 'playwright-core'
import { describe, expect, test } from 'vitest'
import { editorCannotRun, openPage, useEditor, waitForRun } from './editor-under-test.js'
import { cardOf, fieldOf, keyboard, mouse, waitForFocus } from './hands.js'
import type { Hands, PortAddress } from './hands.js'
import { boxAtRest, canvasAtRest, soon } from './rest.js'

if (editorCannotRun !== null) console.log(`Skipping the tests that break pipelines in the editor: ${editorCannotRun}.`)

interface Mistake {
  readonly title: string
  /** The node that has to say so; null: the edit is refused, and the page says why. */
  readonly node: string | null
  /** Where in its form the problem has to stand; null: it is about a wire or the node as a whole. */
  readonly field: string | null
  readonly says: RegExp
  /** Found while drawing, or not before the run reads the world. */
  readonly foundBy: 'check' | 'run' | 'refusal'
  readonly make: (page: Page, hands: Hands) => Promise<void>
}

const set =
  (node: string, field: string, text: string) =>
  async (page: Page, hands: Hands): Promise<void> => {
    await hands.select(page, node)
    await hands.fill(page, fieldOf(page, field).locator('input').first(), text)
  }

const mistakes: readonly Mistake[] = [
  {
    title: 'a folder that is not there',
    node: 'images',
    field: 'path',
    says: /There is no folder "no-such-folder"/,
    foundBy: 'run',
    make: set('images', 'path', 'no-such-folder'),
  },
  {
    title: 'a folder outside of what the server may read',
    node: 'images',
    field: 'path',
    says: /"\/etc" lies outside the folders that Graft may read here/,
    foundBy: 'run',
    make: set('images', 'path', '/etc'),
  },
  {
    title: 'weights that are not there',
    node: 'backbone',
    field: 'source',
    says: /There is nothing at .*weights\.bin/,
    foundBy: 'run',
    make: set('backbone', 'source', 'weights.bin'),
  },
  {
    title: 'a cut after a stage that does not exist',
    node: 'strip',
    field: 'after',
    says: /has no stage or layer "stage9"\. Its stages are stem/,
    foundBy: 'run',
    make: set('strip', 'after', 'stage9'),
  },
  {
    title: 'a freeze range whose end comes first',
    node: 'freeze',
    field: 'from',
    says: /from stage3 to stage1 is empty: its end comes before its start/,
    foundBy: 'run',
    make: async (page, hands) => {
      await set('freeze', 'from', 'stage3')(page, hands)
      await hands.fill(page, fieldOf(page, 'to').locator('input').first(), 'stage1')
    },
  },
  {
    title: 'a head that is missing',
    node: 'freeze',
    field: 'model',
    says: /needs a model at its input "model"/,
    foundBy: 'check',
    make: async (page, hands) => {
      await hands.select(page, 'head')
      await page.keyboard.press('Delete')
    },
  },
  {
    title: 'a head with other classes than the images',
    node: 'head',
    field: 'classes',
    says: /7 classes/,
    foundBy: 'run',
    make: set('head', 'classes', '7'),
  },
  {
    title: 'a learning rate out of range',
    node: 'train',
    field: 'learningRate',
    says: /"learningRate".* 500.*(at most|0 to|up to) 100|at most 100.*500/,
    foundBy: 'check',
    make: set('train', 'learningRate', '500'),
  },
  {
    title: 'a batch of less than no images',
    node: 'train',
    field: 'batchSize',
    says: /"batchSize" is -1/,
    foundBy: 'check',
    make: set('train', 'batchSize', '-1'),
  },
  {
    title: 'epochs that are no number',
    node: 'train',
    field: 'epochs',
    says: /"epochs" is "many"/,
    foundBy: 'check',
    make: set('train', 'epochs', 'many'),
  },
  {
    title: 'two wires into one input',
    node: 'train',
    field: 'train',
    says: /"train" of .* gets two edges, from .*split.* and from .*augment.*; expected one/,
    foundBy: 'check',
    make: openWith((graph) => {
      graph.nodes['augment'] = { type: 'augment', version: 1, params: {} }
      graph.edges.push(wire('split.train', 'augment.images'), wire('augment.images', 'train.train'))
    }),
  },
  {
    title: 'a node type that is not installed',
    node: 'sharpen',
    field: 'type',
    says: /node type ["“]sharpen-images["”] (here|is not installed)/,
    foundBy: 'check',
    make: openWith((graph) => {
      graph.nodes['sharpen'] = { type: 'sharpen-images', version: 1, params: { amount: 3 } }
    }),
  },
  {
    title: 'a loop',
    node: null,
    field: null,
    says: /That would make a loop: .*strip.* already leads to/,
    foundBy: 'refusal',
    make: (page, hands) => hands.connect(page, port('freeze.model'), port('strip.model')),
  },
  {
    title: 'test images to train on',
    node: null,
    field: null,
    says: /test images|"test"|carries test/,
    foundBy: 'refusal',
    make: (page, hands) => hands.connect(page, port('split.test'), port('train.train')),
  },
]

describe.skipIf(editorCannotRun !== null)('a broken pipeline says what is wrong, where', { timeout: 300_000 }, () => {
  const editor = useEditor()

  for (const hands of [mouse, keyboard]) {
    test(`fourteen mistakes made by ${hands.name}`, async () => {
      const { page, context, complaints } = await openPage(editor.browser, editor.runner.address)
      for (const mistake of mistakes) {
        await page.goto(`${editor.runner.address}/#/`)
        const isAboutFolders = mistake.node === 'images'
        await hands.press(
          page,
          page.getByRole('button', { name: isAboutFolders ? /^Your photos A folder/ : /^Small and similar/ }),
        )
        await cardOf(page, 'train').waitFor()
        await mistake.make(page, hands)
        await expectExplained(page, hands, mistake).catch((error: unknown) => {
          throw new Error(`${mistake.title}: ${textOf(error)}`)
        })
      }
      expect(complaints).toEqual([])
      await context.close()
    })
  }

  test('what is typed straight after a problem was chosen stays in the field that the person went to', async () => {
    const { page, context } = await openPage(editor.browser, editor.runner.address, 'light', {
      reducedMotion: 'no-preference',
    })
    await mouse.press(page, page.getByRole('button', { name: /^Small and similar/ }))
    await set('train', 'epochs', 'many')(page, mouse)
    await mouse.command(page, 'Problems')
    const rate = fieldOf(page, 'learningRate').locator('input')
    const box = await boxAtRest(rate)
    await page.getByRole('list', { name: 'Problems of this graph' }).getByRole('button').first().click()
    // By its place: looking for the field would wait until the view has come to rest.
    await page.mouse.click(box.x + box.width / 4, box.y + box.height / 2)
    for (const key of ['Control+a', '0', '.', '2', '5']) await page.keyboard.press(key)
    await expect.poll(() => rate.inputValue(), soon).toBe('0.25')
    await canvasAtRest(page)
    expect(await fieldOf(page, 'epochs').locator('input').inputValue()).toBe('many')
    expect(await rate.evaluate((element) => element === element.ownerDocument.activeElement)).toBe(true)
    await context.close()
  })
})

async function expectExplained(page: Page, hands: Hands, { node, field, says, foundBy }: Mistake): Promise<void> {
  if (node === null) return page.locator('.connection-hint, .toasts').filter({ hasText: says }).first().waitFor()
  const card = cardOf(page, node)
  if (foundBy === 'run') {
    await hands.command(page, 'Run')
    await waitForRun(page, 'Failed')
    const failure = page.locator('.run-failures li').filter({ hasText: says })
    await failure.waitFor()
    await hands.press(page, failure.getByRole('button', { name: 'Show node' }))
    await card.locator('.card-footer').getByText('Failed').waitFor()
    await expect.poll(() => card.locator('.card-footer').getAttribute('title'), soon).toMatch(says)
  } else {
    await hands.command(page, 'Problems')
    const row = page.getByRole('list', { name: 'Problems of this graph' }).getByRole('button').filter({ hasText: says })
    await row.waitFor()
    await hands.press(page, row)
    await card.getByRole('img', { name: says }).waitFor()
  }
  await page.locator(`.react-flow__node.selected[data-id="${node}"]`).waitFor()
  await problemIn(page, field, says).waitFor()
  await expectFocus(page, node, field)
}

/** "Show node" has to lead there: the keyboard stands in the field, or on the node where it has none for this. */
async function expectFocus(page: Page, node: string, field: string | null): Promise<void> {
  if (isPort(field)) await waitForFocus(page, 'data-id', node)
  else
    await fieldOf(page, field ?? '')
      .locator(':focus')
      .waitFor()
}

/** At the field where it has one, else anywhere in the form. */
function problemIn(page: Page, field: string | null, says: RegExp): Locator {
  const own = page
    .locator(`#inspector [data-field="${field ?? ''}"]`)
    .locator('.form-problem')
    .filter({ hasText: says })
  const whole = page.locator('#inspector .form > .form-problem').filter({ hasText: says })
  return isPort(field) ? whole.first() : own.first()
}

const isPort = (field: string | null): boolean =>
  field === null || field === 'model' || field === 'train' || field === 'type'

interface Graph {
  nodes: Record<string, unknown>
  edges: unknown[]
}

const port = (text: string): PortAddress => ({ node: text.split('.')[0] ?? '', port: text.split('.')[1] ?? '' })
const wire = (from: string, to: string): unknown => ({ from: port(from), to: port(to) })

/** Opens the template as a file in which somebody made a mistake by hand. */
function openWith(change: (graph: Graph) => void): Mistake['make'] {
  return async (page, hands) => {
    const file = fileURLToPath(new URL('../../../nodes/templates/small-similar.graft.json', import.meta.url))
    const graph = JSON.parse(readFileSync(file, 'utf8')) as Graph
    change(graph)
    const chooser = page.waitForEvent('filechooser')
    await hands.command(page, 'Open a file…')
    await (await chooser).setFiles({
      name: 'by-hand.graft.json',
      mimeType: 'application/json',
      buffer: Buffer.from(JSON.stringify(graph)),
    })
    await page.getByText('Opened the graph from the file by-hand.graft.json').waitFor()
  }
}
