import { copyFileSync, mkdirSync } from 'node:fs'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { must } from '@graft/errors'
import type { GraphDocument } from '@graft/graph-schema'
import { runBeside } from '../program/python.js'

const script = fileURLToPath(new URL('../../../src/exports/parity/evaluated_images.py', import.meta.url))

/** Copies the images that a program is measured on into a folder of their own, without labels; their number. */
export function copyEvaluatedImages(program: string, folder: string): number {
  mkdirSync(folder, { recursive: true })
  const paths = JSON.parse(runBeside(program, script)) as readonly string[]
  for (const [index, path] of paths.entries())
    copyFileSync(path, join(folder, `${String(index).padStart(6, '0')}-${basename(path)}`))
  return paths.length
}

/** A graph with a Predict of the network that it evaluates, for the images of a folder. */
export function withPredict(document: GraphDocument, path: string): GraphDocument {
  const { from } = must(
    document.edges.find(({ to }) => to.node === 'evaluate' && to.port === 'model'),
    'the network that is evaluated',
  )
  return {
    ...document,
    nodes: { ...document.nodes, predict: { type: 'predict', version: 1, params: { path } } },
    edges: [...document.edges, { from, to: { node: 'predict', port: 'model' } }],
  }
}
