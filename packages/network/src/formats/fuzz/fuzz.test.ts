import { describe, expect, it } from 'vitest'
import { corpora, type Corpus, shareOf } from './corpora-node.js'
import { readAll, withoutCorpus } from './read-all.js'
import { fuzz, fuzzChild } from './run-child-node.js'

/*
 * Damaged files of every format: a sound network or an error that explains itself, in five seconds, in twice the
 * file's memory and 100 MB. GRAFT_FUZZ=100000 for the long run, over all formats; GRAFT_FUZZ_ONLY: a part of a corpus's
 * name; GRAFT_FUZZ_FROM: number of the first file.
 */
const all = corpora()
const only = process.env['GRAFT_FUZZ_ONLY'] ?? ''
const chosen = all.filter(({ id }) => id.includes(only))
const total = Number(process.env['GRAFT_FUZZ'] ?? 20 * chosen.length)
const shares = chosen.reduce((sum, corpus) => sum + shareOf(corpus), 0)
const countOf = (corpus: Corpus): number => Math.ceil((total * shareOf(corpus)) / shares)
const seed = Number(process.env['GRAFT_FUZZ_SEED'] ?? Math.floor(Math.random() * 1e6))
const from = Number(process.env['GRAFT_FUZZ_FROM'] ?? 0)
const built = fuzzChild() !== null
if (!built)
  console.log('skipped: Graft is not built, and damaged files are read in a process of its own (npm run build)')

describe('models to be damaged', () => {
  it('are there of every format', () => expect(withoutCorpus(all)).toEqual([]))

  it.each(
    all
      .filter(({ format, id }) => format !== 'pytorch' || /written/.test(id))
      .map((corpus) => [corpus.id, corpus] as const),
  )('%s: is read when nothing is damaged', async (_, corpus) =>
    expect(await readAll(await corpus.files())).toEqual({ kind: 'network' }),
  )
})

describe.skipIf(!built)(`damaged files (${total} in all, seed ${seed})`, () => {
  it.each(chosen.map((corpus) => [corpus.id, countOf(corpus)] as const))(
    '%s (%i)',
    { timeout: 24 * 3600_000 },
    async (id, each) => {
      const { networks, refused, faults, most } = await fuzz({ corpus: id, seed, from, to: from + each })
      console.log(
        `${id}: ${networks} networks, ${refused} refused, at most ${Math.round(most / 1e6)} MB over twice the files`,
      )
      expect(faults, `GRAFT_FUZZ_SEED=${seed} GRAFT_FUZZ_ONLY="${id}"`).toEqual([])
      expect(networks + refused).toBe(each)
    },
  )
})
