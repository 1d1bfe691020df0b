import { writeFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { apiBase } from '@graft/graph-schema'
import type { Page } from 'playwright-core'
import { afterAll, describe, expect, test } from 'vitest'
import { accuracyOf, hasRealData, nodesThatRan, Workplace } from '../acceptance/run-graft.js'
import { trainingDetail } from '../acceptance/stored.js'
import { buildSmallAndSimilar, wiresOf } from './build-a-pipeline.js'
import { editorCannotRun, openPage, useEditor, waitForRun } from './editor-under-test.js'
import { keyboard, mouse } from './hands.js'
import type { Hands } from './hands.js'
import { canvasAtRest, soon } from './rest.js'

if (editorCannotRun !== null) console.log(`Skipping the tests that build a pipeline in the editor: ${editorCannotRun}.`)

describe.skipIf(editorCannotRun !== null)('building in the editor', { timeout: 300_000 }, () => {
  const editor = useEditor()
  const workplace = new Workplace()
  afterAll(() => workplace.remove())

  describe.skipIf(!hasRealData())('on real photos', () => {
    test.each([mouse, keyboard])(
      'from an empty canvas to 92 %, undone to nothing and redone, by $name',
      async (hands) => {
        const { page, context, complaints } = await openPage(editor.browser, editor.runner.address)
        await hands.press(page, page.getByRole('button', { name: 'Empty graph' }))
        await page.getByRole('heading', { name: 'An empty canvas' }).waitFor()
        const empty = await download(page, hands)
        await buildSmallAndSimilar(page, hands)
        const built = await download(page, hands)

        await travel(page, hands, 'Undo')
        expect(await download(page, hands)).toBe(empty)
        await travel(page, hands, 'Redo')
        expect(await download(page, hands)).toBe(built)

        await hands.command(page, 'Run')
        await waitForRun(page, 'Done')
        const score = page.locator('.run-line b')
        await expect.poll(async () => Number.parseFloat(await score.innerText()), soon).toBeGreaterThanOrEqual(92)
        await hands.command(page, 'Save')
        await page.locator('.save-state', { hasText: 'Saved' }).waitFor()
        expect(complaints).toEqual([])
        await context.close()
      },
    )

    test('the graph that the editor saved gives the same weights when `graft run` runs it, in another home and without a cache', async () => {
      const { graphs } = await ask<{ graphs: readonly { readonly id: string }[] }>('/graphs')
      const { document } = await ask<{ document: unknown }>(`/graphs/${graphs[0]?.id ?? ''}`)
      const { runs } = await ask<{ runs: readonly { readonly id: string }[] }>('/runs')
      const file = join(workplace.directory, 'saved.graft.json')
      writeFileSync(file, JSON.stringify(document))
      const run = await workplace.run(file, '--no-cache')
      expect(run.code, run.stderr).toBe(0)
      expect(nodesThatRan(run)).toContain('train')
      expect(accuracyOf(run, 'evaluate')).toBeGreaterThanOrEqual(0.92)
      const { state } = await ask<RunAnswer>(`/runs/${runs[0]?.id ?? ''}`)
      const { weightsHash } = await ask<{ weightsHash: string }>(
        `/artifacts/${state.nodes['train']?.outputs['metrics']?.detail.sha256 ?? ''}`,
      )
      expect(weightsHash).toMatch(/^[0-9a-f]{16,}$/)
      expect((await trainingDetail(workplace, run)).weightsHash).toBe(weightsHash)
    })
  })

  test('a graph written by hand, without places, opens tidily: no card on another, and every wire goes to the right or to a row below', async () => {
    const { page, context, complaints } = await openPage(editor.browser, editor.runner.address)
    const graph = JSON.parse(
      await readFile(new URL('../../../nodes/templates/photos-two-phase.graft.json', import.meta.url), 'utf8'),
    ) as HandWritten
    const { layout: _layout, ...byHand } = graph
    const chooser = page.waitForEvent('filechooser')
    await page.getByRole('button', { name: 'Open a file…' }).click()
    await (await chooser).setFiles({
      name: 'by-hand.graft.json',
      mimeType: 'application/json',
      buffer: Buffer.from(JSON.stringify(byHand)),
    })
    await page.locator('.react-flow__node').first().waitFor()
    // All of it is in view, or its cards would not be in the page.
    await page.getByRole('button', { name: 'Show everything' }).click()
    await expect.poll(() => page.locator('.react-flow__node').count(), soon).toBe(Object.keys(graph.nodes).length)
    await canvasAtRest(page)
    const boxes = new Map<string, Box>()
    for (const id of Object.keys(graph.nodes))
      boxes.set(
        id,
        (await page.locator(`.react-flow__node[data-id="${id}"]`).boundingBox()) ?? { x: 0, y: 0, width: 0, height: 0 },
      )
    expect(overlaps(boxes)).toEqual([])
    const isBelow = (from: Box | undefined, to: Box | undefined): boolean =>
      (to?.y ?? 0) > (from?.y ?? 0) + (from?.height ?? 0)
    expect(
      wiresOf(graph).filter(
        ([from, to]) => right(boxes.get(from)) > (boxes.get(to)?.x ?? 0) && !isBelow(boxes.get(from), boxes.get(to)),
      ),
    ).toEqual([])
    expect(complaints).toEqual([])
    await context.close()
  })

  async function ask<Answer>(path: string): Promise<Answer> {
    const answer = await fetch(new URL(`${apiBase}${path}`, editor.runner.address))
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`)
    return (await answer.json()) as Answer
  }
})

interface RunAnswer {
  readonly state: {
    readonly nodes: Readonly<
      Record<string, { readonly outputs: Readonly<Record<string, { readonly detail: { readonly sha256: string } }>> }>
    >
  }
}

interface HandWritten {
  readonly nodes: Readonly<Record<string, unknown>>
  readonly edges: readonly { readonly from: { readonly node: string }; readonly to: { readonly node: string } }[]
  readonly layout?: unknown
}

interface Box {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

const right = (box: Box | undefined): number => (box?.x ?? 0) + (box?.width ?? 0)

/** Pairs of cards of which one covers a part of the other. */
function overlaps(boxes: ReadonlyMap<string, Box>): readonly string[] {
  const all = [...boxes]
  return all.flatMap(([first, a], index) =>
    all
      .slice(index + 1)
      .filter(([, b]) => a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height)
      .map(([second]) => `${first} and ${second}`),
  )
}

/** What the editor writes for "Download as a file". */
async function download(page: Page, hands: Hands): Promise<string> {
  const arrives = page.waitForEvent('download')
  await hands.command(page, 'Download as a file')
  return readFile(await (await arrives).path(), 'utf8')
}

async function travel(page: Page, hands: Hands, direction: 'Undo' | 'Redo'): Promise<void> {
  const button = page.getByRole('button', { name: direction, exact: true })
  for (let step = 0; step < 400 && (await button.isEnabled()); step++) {
    if (hands.name === 'mouse') await button.click()
    else await page.keyboard.press(direction === 'Undo' ? 'Control+z' : 'Control+y')
  }
}
