import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { conformanceCases } from '@graft/engines/conformance'
import { isGraftError } from '@graft/errors'
import { writeSafetensors } from '@graft/network'
import { modelFile, stateDict, torchNetwork } from '@graft/nodes'

export interface WrittenCase {
  /** Of its files, without their ending. */
  readonly name: string
  readonly entry: (typeof conformanceCases)[number]
}

export interface WrittenCases {
  readonly written: readonly WrittenCase[]
  /** How many cases of an operator the writer refuses, by its name. */
  readonly refusals: ReadonlyMap<string, number>
}

/** Writes every network of the conformance suite into a folder: `NAME.py`, its values and an input, as safetensors. */
export function writeCases(folder: string): WrittenCases {
  const refusals = new Map<string, number>()
  const written = conformanceCases.flatMap((entry, index) => {
    const name = `case${String(index).padStart(4, '0')}`
    try {
      const torch = torchNetwork(entry.network)
      writeFileSync(join(folder, `${name}.py`), modelFile(torch))
      writeFileSync(join(folder, `${name}.safetensors`), writeSafetensors(stateDict(torch, entry.tensors)))
      const input = new Map([['input', { shape: entry.input.shape, data: entry.input.data }]])
      writeFileSync(join(folder, `${name}.input.safetensors`), writeSafetensors(input))
      return [{ name, entry }]
    } catch (error) {
      if (!isGraftError(error) || error.code === 'internal') throw error
      refusals.set(entry.operator, (refusals.get(entry.operator) ?? 0) + 1)
      return []
    }
  })
  return { written, refusals }
}
