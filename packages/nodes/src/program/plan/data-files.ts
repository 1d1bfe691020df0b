import { dirname, isAbsolute, relative, sep } from 'node:path'
import { classesIn, type DatasetValue, type Sample } from '@graft/graph-schema'
import { loadSharp } from '../../image-files/sharp-library.js'
import { fnv1aOfText } from '../../random.js'
import { renderSample } from '../../sample-data/index.js'
import type { BlobStore } from '../../sdk/node-context.js'
import { NodeError } from '../../sdk/node-error.js'
import { readSamples } from '../../sdk/samples.js'

/** Folder in the program for images that were made and lie nowhere. */
const madeImages = 'images'

/** Tables of samples, each under a name that says what it is for. */
export class DataFiles {
  readonly #tables = new Map<string, { readonly name: string; readonly samples: readonly Sample[] }>()
  readonly #store: BlobStore

  constructor(store: BlobStore) {
    this.#store = store
  }

  /** The name of a table of these samples; the same samples have one table. */
  async add(dataset: DatasetValue, purpose: string): Promise<string> {
    const key = JSON.stringify([dataset.samples.sha256, dataset.root])
    const known = this.#tables.get(key)
    if (known !== undefined) return known.name
    const taken = new Set([...this.#tables.values()].map(({ name }) => name))
    const stem = `data/${purpose.replaceAll(/[^A-Za-z0-9_-]+/g, '-')}`
    let name = `${stem}.csv`
    for (let count = 2; taken.has(name); count++) name = `${stem}-${count}.csv`
    const samples = await readSamples(dataset, this.#store)
    refuseStoredValues(samples)
    this.#tables.set(key, { name, samples })
    return name
  }

  /** The tables, the images that were made, and the folder that paths start from. */
  async files(): Promise<{ readonly images: string; readonly files: ReadonlyMap<string, Uint8Array> }> {
    const tables = [...this.#tables.values()]
    const samples = tables.flatMap((table) => table.samples)
    const images = samples.some(({ generated }) => generated !== undefined) ? madeImages : commonFolder(samples)
    const files = new Map<string, Uint8Array>()
    for (const { name, samples: rows } of tables) files.set(name, new TextEncoder().encode(tableOf(rows, images)))
    for (const sample of samples) {
      const path = `${madeImages}/${pathOf(sample, images)}`
      if (sample.generated !== undefined && !files.has(path)) files.set(path, await madeImage(sample.generated))
    }
    return { images, files }
  }
}

function refuseStoredValues(samples: readonly Sample[]): void {
  const odd = samples.find((sample) => sample.generated === undefined && sample.values !== undefined)
  if (odd === undefined) return
  throw new NodeError(
    'train',
    `The image ${odd.id} has stored values that the graph scales (setting "values"), which a program can't be written for yet.`,
    'Convert such images to 8 bits first.',
  )
}

/** `path,label,key`: several labels with spaces between; the key draws the image's augmentation. */
function tableOf(samples: readonly Sample[], images: string): string {
  const rows = samples.map((sample) => [
    pathOf(sample, images),
    classesIn(sample.label).join(' '),
    String(fnv1aOfText(sample.fingerprint)),
  ])
  return [['path', 'label', 'key'], ...rows].map((row) => `${row.map(quoted).join(',')}\n`).join('')
}

const quoted = (cell: string): string => (/[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)

function pathOf(sample: Sample, images: string): string {
  if (sample.generated !== undefined) return `${sample.id}.png`
  const { path } = sample
  return (isAbsolute(images) ? relative(images, path) : path).split(sep).join('/')
}

/** The folder that all files are in. */
function commonFolder(samples: readonly Sample[]): string {
  const folders = samples.flatMap(({ path }) => (path === undefined ? [] : [dirname(path).split(sep)]))
  const [first = []] = folders
  const shared = first.findIndex((part, at) => folders.some((other) => other[at] !== part))
  return (shared < 0 ? first : first.slice(0, shared)).join(sep) || sep
}

async function madeImage({
  family,
  classIndex,
  index,
  seed,
  size,
}: NonNullable<Sample['generated']>): Promise<Uint8Array> {
  const sharp = await loadSharp()
  const raw = { width: size, height: size, channels: 3 } as const
  return new Uint8Array(
    await sharp(renderSample(family, classIndex, index, seed, size), { raw })
      .png()
      .toBuffer(),
  )
}
