import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { must } from '@graft/errors'
import { readSafetensors, type Tensors } from '@graft/network'
import { runBeside } from '../program/python.js'

const script = fileURLToPath(new URL('../../../src/exports/parity/stays_frozen.py', import.meta.url))

/** Tensors that a graph freezes all through, and how many of them its program changed in any bit. */
export function frozenIn(folder: string): { readonly frozen: number; readonly moved: number } {
  const names = JSON.parse(runBeside(folder, script)) as readonly string[]
  const tensorsOf = (file: string) => readSafetensors(readFileSync(join(folder, file))).tensors
  const [before, after] = [tensorsOf('weights.safetensors'), tensorsOf('runs/trained.safetensors')]
  const bytes = (tensors: Tensors, name: string): Buffer => {
    const { buffer, byteOffset, byteLength } = must(tensors.get(name), `the values of ${name}`).data
    return Buffer.from(buffer, byteOffset, byteLength)
  }
  const moved = names.filter((name) => !bytes(before, name).equals(bytes(after, name)))
  return { frozen: names.length, moved: moved.length }
}
