import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { checkNetwork } from './check-network.js'
import { checkWritten } from './check-written.js'
import { madeIn, makeNetworks } from './make-networks.js'
import { usualNames, wantedNames } from './names.js'
import { type Distances, readReference } from './reference.js'

// State dicts of torchvision and timm, bound to Graft's architectures, against what PyTorch computes with them. GRAFT_PARITY=all (or a list:
// resnet50,timm/vit_small_patch16_224) compares others, on the Python of GRAFT_PYTHON; parity.ts does so with a cache and prints a table.
const wanted = process.env['GRAFT_PARITY'] ?? ''
const python = process.env['GRAFT_PYTHON'] ?? '/usr/bin/python3'
const names = wanted === '' ? usualNames : wantedNames(wanted)
const size = Number(process.env['GRAFT_PARITY_SIZE'] ?? 64)

const hasTorch =
  spawnSync(python, ['-c', 'import torch, torchvision'], { env: { ...process.env, TVSHIM: '1' } }).status === 0
if (!hasTorch)
  console.log(`skipped: ${python} has no torch and torchvision (apt-get install python3-torchvision) to compare with`)

/** Rounding may be twice PyTorch's own, or a ten-thousandth of the step. */
const limit = (own: number | undefined): number => Math.max(1e-4, 2 * (own ?? 0))

function expectStep(distances: Distances | undefined, noise: Distances | undefined): void {
  for (const part of ['all', 'tensor', 'statistics'] as const)
    expect(distances?.[part], part).toBeLessThan(limit(noise?.[part]))
}

describe.skipIf(!hasTorch)(`state dicts against PyTorch (${names.length} networks at ${size} pixels)`, () => {
  const directory = mkdtempSync(join(tmpdir(), 'graft-parity-'))
  afterAll(() => rmSync(directory, { recursive: true }))
  if (hasTorch) console.log(makeNetworks(python, directory, size, ['reference', 'steps'], names).join('\n'))
  const made = names.filter((name) => madeIn(directory, name) !== null)

  it.each(made)(
    '%s gives the same logits, learns the same numbers, takes the same steps, and goes back strict=True',
    async (name) => {
      const folder = madeIn(directory, name) ?? ''
      const { noise } = readReference(folder)
      const { refused, logits, parameters, stages, steps } = await checkNetwork(folder, 'weights')
      expect({ refused, parameters, stages }).toEqual({ refused: undefined, parameters: 'ok', stages: 'ok' })
      expect(logits?.onnx).toBeLessThan(1e-4)
      expect(logits?.tfjs).toBeLessThan(1e-4)
      for (const policy of ['frozen', 'batch'] as const) expectStep(steps?.[policy], noise[policy])
      const { same, head } = await checkWritten(folder, python)
      expect(same).toBe(0)
      expect(head).toBeLessThan(1e-4)
    },
    300_000,
  )
})
