// What every benchmark shares: the machine's facts, a table on the screen, the same rows in results/NAME.json, and
// `graft` as a user calls it.
import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { cpus, totalmem } from 'node:os'
import { fileURLToPath } from 'node:url'

export const root = fileURLToPath(new URL('../../../', import.meta.url))
export const realData =
  process.env.GRAFT_REAL_DATA ?? fileURLToPath(new URL('../../../../shared/real', import.meta.url))

const versionOf = (name) => JSON.parse(readFileSync(`${root}node_modules/${name}/package.json`, 'utf8')).version

/** Facts without which a figure means nothing. */
export function machineFacts(more = {}) {
  return {
    processor: cpus()[0]?.model ?? 'unknown',
    vectors: vectors(),
    cores: cpus().length,
    memoryGigabytes: Math.round(totalmem() / 2 ** 30),
    node: process.version,
    onnxruntime: versionOf('onnxruntime-node'),
    tfjs: versionOf('@tensorflow/tfjs'),
    date: new Date().toISOString().slice(0, 10),
    ...more,
  }
}

/**
 * The widest vectors that the processor has: they decide how fast either side can compute, and not by the same factor.
 */
function vectors() {
  const flags = existsSync('/proc/cpuinfo') ? readFileSync('/proc/cpuinfo', 'utf8') : ''
  return ['avx512f', 'avx2', 'asimd'].find((flag) => new RegExp(`\\b${flag}\\b`).test(flags)) ?? 'unknown'
}

/** The middle one of some numbers; of an even count, the mean of the two in the middle. */
export function median(values) {
  const sorted = values.toSorted((a, b) => a - b)
  const half = sorted.length / 2
  return (sorted[Math.ceil(half) - 1] + sorted[Math.floor(half)]) / 2
}

/** Rows of one shape as an aligned table. */
export function printTable(rows) {
  const columns = Object.keys(rows[0] ?? {})
  const cells = [columns, ...rows.map((row) => columns.map((column) => show(row[column])))]
  const widths = columns.map((_, index) => Math.max(...cells.map((row) => row[index].length)))
  for (const row of cells) console.log(row.map((cell, index) => cell.padEnd(widths[index])).join('  '))
}

const show = (value) => (typeof value === 'number' ? String(Math.round(value * 1000) / 1000) : String(value ?? '-'))

/** Prints the table and keeps it with the machine's facts; a row from an earlier time may bring its own. */
export function keepResults(name, rows, facts) {
  printTable(rows.map((row) => Object.fromEntries(Object.entries(row).filter(([column]) => column !== 'machine'))))
  const folder = new URL('./results/', import.meta.url)
  mkdirSync(folder, { recursive: true })
  writeFileSync(new URL(`${name}.json`, folder), `${JSON.stringify({ name, machine: facts, rows }, null, 2)}\n`)
}

/** `graft run ...` with its own home; resolves to the run's events. Throws when it fails. */
export function runGraft(graph, options, home) {
  return new Promise((resolve, reject) => {
    const child = spawn(
      process.execPath,
      [`${root}apps/runner/bin/graft.mjs`, 'run', graph, ...options, '--json', '--out', `${home}/out`],
      { env: { ...process.env, GRAFT_HOME: home } },
    )
    let stdout = ''
    let stderr = ''
    child.stdout.on('data', (chunk) => {
      stdout += chunk
    })
    child.stderr.on('data', (chunk) => {
      stderr += chunk
    })
    child.on('close', (code) =>
      code === 0
        ? resolve(
            stdout
              .split('\n')
              .filter(Boolean)
              .map((line) => JSON.parse(line)),
          )
        : reject(new Error(`graft run ${graph} ended with ${code}: ${stderr || stdout.slice(-2000)}`)),
    )
  })
}

/** What a node gave on a port. */
export function outputOf(events, node, port) {
  return events.find((event) => (event.type === 'node-finished' || event.type === 'node-cached') && event.node === node)
    ?.outputs[port]
}

/** Milliseconds that a node took; null when it was reused. */
export function timeOf(events, node) {
  return events.find((event) => event.type === 'node-finished' && event.node === node)?.milliseconds ?? null
}

/** A wire of a document: `edge('split.train', 'train.train')`. */
export function edge(from, to) {
  const end = (text) => ({ node: text.split('.')[0], port: text.split('.')[1] })
  return { from: end(from), to: end(to) }
}

/** A node of a document, with the parameters that aren't as usual. */
export const node = (type, params = {}) => ({ type, version: 1, params })

/** A document of such nodes and edges. */
export const documentWith = (name, nodes, edges) => ({
  ...{ format: 'graft-graph', version: 1, name, description: '' },
  nodes,
  edges,
  layout: { positions: {}, frames: [], notes: [] },
})

/**
 * A training on split images: `images` gives them, the embedded backbone gets a head, is frozen as `freeze` says and
 * trained as `train` says.
 */
export const trainingOf = (name, { images, freeze, train }) =>
  documentWith(
    name,
    {
      images,
      split: node('split'),
      backbone: node('load-backbone'),
      strip: node('strip-head'),
      head: node('add-head', { classes: 0 }),
      freeze: node('freeze-range', freeze),
      train: node('train', train),
    },
    [
      edge('images.images', 'split.images'),
      edge('backbone.model', 'strip.model'),
      edge('strip.model', 'head.model'),
      edge('split.train', 'head.images'),
      edge('head.model', 'freeze.model'),
      edge('freeze.model', 'train.model'),
      edge('split.train', 'train.train'),
      edge('split.val', 'train.validation'),
    ],
  )

/** Of `names`, those that `words` ask for: a whole name means that one alone, part of one all that have it; no word, all. */
export const askedFor = (names, words) =>
  names.filter(
    (name) => words.length === 0 || words.some((word) => (names.includes(word) ? name === word : name.includes(word))),
  )
