import type { Page } from 'playwright-core'
import { cardOf, fieldOf } from './hands.js'
import type { Hands, PortAddress } from './hands.js'

/** The pipeline for few images that look like everyday photos, with where a tidy person puts each node. */
const nodes: readonly (readonly [type: string, column: number, row: number])[] = [
  ['Image Folder', 0, 0],
  ['Load Backbone', 0, 1],
  ['Split', 1, 0],
  ['Strip Head', 1, 1],
  ['Add Head', 2, 1],
  ['Freeze Range', 3, 1],
  ['Train', 4, 1],
  ['Evaluate', 5, 1],
  ['Export Model', 6, 0],
  ['Report', 6, 1],
]

const wires: readonly (readonly [from: string, to: string])[] = [
  ['image-folder.images', 'split.images'],
  ['load-backbone.model', 'strip-head.model'],
  ['strip-head.model', 'add-head.model'],
  ['split.train', 'add-head.images'],
  ['add-head.model', 'freeze-range.model'],
  ['freeze-range.model', 'train.model'],
  ['split.train', 'train.train'],
  ['split.val', 'train.validation'],
  ['train.model', 'evaluate.model'],
  ['split.test', 'evaluate.images'],
  ['train.model', 'export-model.model'],
  ['train.model', 'report.model'],
  ['train.metrics', 'report.metrics'],
  ['evaluate.metrics', 'report.metrics'],
  ['image-folder.images', 'report.images'],
]

/**
 * Builds the small-and-similar pipeline on an empty canvas, on the photos and the weights that the runner's data folder
 * holds.
 */
export async function buildSmallAndSimilar(page: Page, hands: Hands): Promise<void> {
  // So that all of it has room side by side.
  if (hands.name === 'mouse')
    for (let step = 0; step < 2; step++) await page.getByRole('button', { name: 'Zoom out' }).click()
  for (const [type, column, row] of nodes) await hands.add(page, type, column, row)
  if (hands.name === 'keyboard') await hands.command(page, 'Tidy up (automatic layout)')
  for (const [index, [from, to]] of wires.entries()) {
    await hands.connect(page, portAt(from), portAt(to))
    await page.locator('.status-text', { hasText: `${nodes.length} nodes, ${index + 1} wire` }).waitFor()
  }
  await hands.command(page, 'Tidy up (automatic layout)')
  await chooseFolder(page, hands, 'image-folder', 'hymenoptera')
  await hands.select(page, 'load-backbone')
  await hands.press(page, page.locator('.backbone-card', { hasText: 'mobilenet_v1_0.75_224' }))
  await hands.select(page, 'train')
  await hands.fill(page, fieldOf(page, 'epochs').getByRole('spinbutton'), '25')
  await hands.fill(page, fieldOf(page, 'learningRate').getByRole('spinbutton'), '0.005')
  await page.getByRole('button', { name: 'No problems' }).waitFor()
}

/** Picks a folder by looking through those that the runner may read. */
export async function chooseFolder(page: Page, hands: Hands, node: string, folder: string): Promise<void> {
  await hands.select(page, node)
  await hands.press(page, page.getByRole('button', { name: 'Browse…' }))
  const dialog = page.getByRole('dialog', { name: 'Choose a folder' })
  await hands.press(page, dialog.getByRole('button', { name: folder }))
  // Every image is opened and checked, the first time.
  await dialog
    .getByText(/\d+ images/)
    .first()
    .waitFor({ timeout: 120_000 })
  await hands.press(page, dialog.getByRole('button', { name: 'Use this folder' }))
  await dialog.waitFor({ state: 'detached' })
  await cardOf(page, node).getByText(folder).waitFor()
}

function portAt(text: string): PortAddress {
  const [node = '', port = ''] = text.split('.')
  return { node, port }
}

/** The wires of a document as pairs of node ids. */
export function wiresOf({
  edges,
}: {
  readonly edges: readonly { readonly from: { readonly node: string }; readonly to: { readonly node: string } }[]
}): readonly (readonly [from: string, to: string])[] {
  return edges.map(({ from, to }) => [from.node, to.node])
}
