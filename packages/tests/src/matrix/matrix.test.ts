import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Check, checkModel } from './check-model.js'

const python = '/usr/bin/python3'
/** As for further training, and as PyTorch exports for one image by default. */
const variants = ['L16p', 'L16b1']
/** Of each kind one: attention with the batch inside, shifted windows with channels last, Einsum, a momentum of its own. */
const models = ['tv_vit_b_16', 'tv_swin_t', 'tv_maxvit_t', 'tv_mobilenet_v3_small']

const hasTorchvision = spawnSync(python, ['-c', 'import torch, torchvision']).status === 0
if (!hasTorchvision)
  console.log(
    `skipped: ${python} has no torch and torchvision (apt-get install python3-torchvision) to make models with`,
  )

describe.skipIf(!hasTorchvision)('a part of the matrix of PyTorch models', () => {
  const directory = mkdtempSync(join(tmpdir(), 'graft-matrix-'))
  afterAll(() => rmSync(directory, { recursive: true }))

  describe.each(models)('%s', (model) => {
    const checks: Record<string, Check> = {}

    beforeAll(async () => {
      const script = fileURLToPath(new URL('make_model.py', import.meta.url))
      const made = spawnSync(python, [script, join(directory, model), model, variants.join()], { encoding: 'utf8' })
      if (made.status !== 0) throw new Error(`${model} could not be made: ${made.stderr}`)
      for (const variant of variants) checks[variant] = await checkModel(join(directory, model), variant)
    }, 300_000)

    it.each(variants)(
      '%s gives the logits of PyTorch, has stages, a head that reads the channels, and takes the step that PyTorch takes',
      (variant) => {
        const { load, values, stages, head, frozen = 'ok', batch = 'ok' } = checks[variant] ?? { load: 'not checked' }
        expect({ load, values, stages, head, frozen, batch }).toEqual({
          load: 'ok',
          values: 'ok',
          stages: 'ok',
          head: 'ok',
          frozen: 'ok',
          batch: 'ok',
        })
      },
    )

    it('learns every parameter that PyTorch learns, and nothing else', () => {
      expect(checks['L16p']?.parameters).toBe('ok')
    })
  })
})
