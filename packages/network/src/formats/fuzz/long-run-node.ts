import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { corpora, type Corpus, shareOf } from './corpora-node.js'
import { fuzz } from './run-child-node.js'

// node dist/formats/fuzz/long-run-node.js RECORD [FILES [SEED [PATTERN]]]: reads so many damaged files over all formats
// (those whose names fit the pattern), in slices. What was reached stands in the record: the next call goes on from there.

/** What was reached with one corpus. */
interface Reached {
  next: number
  networks: number
  refused: number
  most: number
  faults: string[]
}

interface FuzzRecord {
  readonly seed: number
  readonly reached: Record<string, Reached>
}

const slice = 1000
const [file = 'fuzz.json', files = '100000', givenSeed = '1', only = ''] = process.argv.slice(2)

const record: FuzzRecord = existsSync(file)
  ? (JSON.parse(readFileSync(file, 'utf8')) as FuzzRecord)
  : { seed: Number(givenSeed), reached: {} }

const all = corpora()
const shares = all.reduce((sum, corpus) => sum + shareOf(corpus), 0)
const wantedOf = (corpus: Corpus): number => Math.ceil((Number(files) * shareOf(corpus)) / shares)
const reachedOf = ({ id }: Corpus): Reached =>
  (record.reached[id] ??= { next: 0, networks: 0, refused: 0, most: 0, faults: [] })

async function oneSlice(corpus: Corpus): Promise<void> {
  const reached = reachedOf(corpus)
  const to = Math.min(wantedOf(corpus), reached.next + slice)
  const found = await fuzz({ corpus: corpus.id, seed: record.seed, from: reached.next, to })
  record.reached[corpus.id] = {
    next: to,
    networks: reached.networks + found.networks,
    refused: reached.refused + found.refused,
    most: Math.max(reached.most, found.most),
    faults: [...reached.faults, ...found.faults],
  }
  writeFileSync(`${file}.part`, JSON.stringify(record, null, 2))
  renameSync(`${file}.part`, file)
  for (const fault of found.faults) console.log(`${corpus.id}: ${fault}`)
}

const open = (): readonly Corpus[] =>
  all.filter((corpus) => new RegExp(only).test(corpus.id) && reachedOf(corpus).next < wantedOf(corpus))

for (let left = open(); left.length > 0; left = open()) for (const corpus of left) await oneSlice(corpus)

const total = Object.values(record.reached).reduce((sum, { next }) => sum + next, 0)
const faults = Object.values(record.reached).reduce((sum, reached) => sum + reached.faults.length, 0)
console.log(`${total} files with seed ${record.seed}, ${faults} faults`)
