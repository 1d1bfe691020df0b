import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { adviceValueSchema, parseDocumentText } from '@graft/graph-schema'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { hasRealData, mobilenet, photos as insects, realData, Workplace } from './run-graft.js'
import { trainingDetail } from './stored.js'

const workplace = new Workplace()
const photos = join(workplace.directory, 'photos')
const backbone = ['--backbones', 'embedded:graftnet-64']
afterAll(() => workplace.remove())

/** Squares that are red or blue, each of another shade. */
beforeAll(async () => {
  for (const [index, name] of ['blue', 'red'].entries()) {
    mkdirSync(join(photos, name), { recursive: true })
    for (let shade = 0; shade < 8; shade++) {
      const [r, b] = index === 0 ? [shade * 9, 255 - shade * 11] : [255 - shade * 11, shade * 9]
      const picture = sharp({ create: { width: 64, height: 64, channels: 3, background: { r, g: shade * 13, b } } })
      writeFileSync(join(photos, name, `${shade}.png`), await picture.png().toBuffer())
    }
  }
})

describe('graft advise', () => {
  it('prints advice as JSON and nothing else, and writes a page', async () => {
    const page = join(workplace.directory, 'advice.html')
    const { code, stdout } = await workplace.call('advise', photos, ...backbone, '--json', '--out', page)
    expect(code).toBe(0)
    const advice = adviceValueSchema.parse(JSON.parse(stdout))
    expect(advice.data).toMatchObject({ folder: photos, pictures: 16 })
    expect(readFileSync(page, 'utf8')).toContain(advice.recommendation.words)
  })

  it('gives the graph that does what it says, whose training finds the features of the advice', async () => {
    const { code, stdout } = await workplace.call('advise', photos, ...backbone, '--apply')
    expect(code).toBe(0)
    expect(parseDocumentText(stdout).problems).toEqual([])
    const graph = join(workplace.directory, 'mine.graft.json')
    writeFileSync(graph, stdout)
    const run = await workplace.run(graph)
    expect(run.code).toBe(0)
    const { prefix } = await trainingDetail(workplace, run)
    expect([prefix.computed, prefix.cached]).toEqual([0, 12])
  })

  it('says what to do in plain words, and refuses what it does not understand', async () => {
    const { stdout } = await workplace.call('advise', photos, ...backbone)
    expect(stdout).toMatch(/^What to do\n {2}Use the network/)
    const wrong = await workplace.call('advise', photos, '--minutes', 'soon')
    expect([wrong.code, wrong.stderr]).toEqual([2, expect.stringContaining('--minutes soon is no time')])
  })
})

describe.skipIf(!hasRealData())('graft advise on real photos', () => {
  it('asks a second real network for no more than its own pass, and leaves the first as it was', async () => {
    const few = join(workplace.directory, 'insects')
    for (const name of ['ants', 'bees'])
      for (const file of readdirSync(join(insects, 'val', name)).slice(0, 12))
        cpSync(join(insects, 'val', name, file), join(few, name, file))
    const other = join(realData, 'teachable_machine/keras_model.h5')
    const ask = async (networks: string) => {
      const { code, stdout } = await workplace.call('advise', few, '--backbones', networks, '--json')
      expect(code).toBe(0)
      return adviceValueSchema.parse(JSON.parse(stdout))
    }
    const alone = await ask(mobilenet)
    const both = await ask(`${mobilenet},${other}`)
    const passes = ({ networks }: typeof both) => networks.map(({ computed, cached }) => [computed, cached])
    expect(passes(alone)).toEqual([[24, 0]])
    expect(passes(both)).toEqual([
      [0, 24],
      [24, 0],
    ])
    expect(both.profiles[0]?.cuts.map(({ probe }) => probe)).toEqual(alone.profiles[0]?.cuts.map(({ probe }) => probe))
    expect(both.recommendation.words).toMatch(/^Use the network \S+/)
  })
})
