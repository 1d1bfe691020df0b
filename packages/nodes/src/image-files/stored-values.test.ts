import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ValuesRule } from '@graft/network'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { checkImage } from './check-image.js'
import { decodeSample } from './decode.js'

// Scientific images (fault 5), against numpy and Pillow, which write them and say what each rule makes of them.

const python = process.env.GRAFT_PYTHON ?? '/usr/bin/python3'
const rules: readonly ValuesRule[] = [
  { rule: 'full range' },
  { rule: 'own range' },
  { rule: 'fixed range', from: 0, to: 4095 },
  { rule: 'fixed range', from: -0.5, to: 0.75 },
]

const program = `
import json, sys
import numpy as np
from PIL import Image
folder, rules = sys.argv[1], json.loads(sys.argv[2])
draw = np.random.RandomState(7)
shape = (9, 13)
images = {
  'float.tif': (draw.rand(*shape) * 1.4 - 0.2).astype('float32'),
  'int32.tif': (draw.rand(*shape) * 6000 - 1000).astype('int32'),
  'uint16.tif': (draw.rand(*shape) * 65535).astype('uint16'),
  'twelve.tif': (draw.rand(*shape) * 4095).astype('uint16'),
  'twelve.png': (draw.rand(*shape) * 4095).astype('uint16'),
  'constant.tif': np.full(shape, 0.25, 'float32'),
}
full = {'float32': (0, 1), 'int32': (-2**31, 2**31 - 1), 'uint16': (0, 65535)}
expected = {}
for name, values in images.items():
  Image.fromarray(values).save(folder + '/' + name)
  # Read back by Pillow, so that writing is checked as well.
  read = np.asarray(Image.open(folder + '/' + name)).astype('float64')
  assert np.allclose(read, values)
  for rule in rules:
    low, high = {
      'full range': full[str(values.dtype)],
      'own range': (read.min(), read.max()),
      'fixed range': (rule.get('from'), rule.get('to')),
    }[rule['rule']]
    scaled = np.zeros(shape) if high == low else (read - low) * (255 / (high - low))
    expected[name + json.dumps(rule)] = np.clip(np.floor(scaled + 0.5), 0, 255).astype(int).ravel().tolist()
print(json.dumps({'names': list(images), 'expected': expected, 'keys': [json.dumps(rule) for rule in rules]}))
`

interface Reference {
  readonly names: readonly string[]
  readonly expected: Readonly<Record<string, readonly number[]>>
  readonly keys: readonly string[]
}

const folder = mkdtempSync(join(tmpdir(), 'graft-values-'))
afterAll(() => rmSync(folder, { recursive: true }))

function hasPillow(): boolean {
  try {
    execFileSync(python, ['-c', 'import numpy, PIL'], { stdio: 'ignore' })
    return true
  } catch {
    console.log(`skipped: ${python} has no numpy and Pillow (set GRAFT_PYTHON)`)
    return false
  }
}

describe.skipIf(!hasPillow())('scientific images (fault 5)', () => {
  let reference: Reference
  beforeAll(() => {
    reference = JSON.parse(
      execFileSync(python, ['-c', program, folder, JSON.stringify(rules)], { encoding: 'utf8' }),
    ) as Reference
  })

  it.each(rules.map((rule, index) => [JSON.stringify(rule), rule, index] as const))(
    'become the pixels that numpy makes of them under %s',
    async (_, rule, index) => {
      for (const name of reference.names) {
        const path = join(folder, name)
        const check = await checkImage(name, readFileSync(path), { values: rule })
        expect(check, name).toMatchObject({ ok: true, notes: [`its values are scaled (${rule.rule})`] })
        if (!check.ok || check.values === undefined) throw new Error(`${name} has no range`)
        const sample = { id: name, path, label: 0, fingerprint: name, values: check.values }
        const { width, height, data } = await decodeSample(sample, { width: 13, height: 9 })
        const gray = reference.expected[`${name}${reference.keys[index]}`] ?? []
        expect([width, height]).toEqual([13, 9])
        // Floating-point values on the border of two levels may fall on either side.
        const differences = [...data].map((value, at) => Math.abs(value - (gray[Math.floor(at / 3)] ?? -1)))
        expect(Math.max(...differences), name).toBeLessThanOrEqual(1)
        expect(differences.filter((difference) => difference > 0).length, name).toBeLessThan(12)
      }
    },
  )

  it('are refused without a rule, with the way to set one', async () => {
    for (const name of ['float.tif', 'int32.tif', 'twelve.tif', 'twelve.png'])
      expect(await checkImage(name, readFileSync(join(folder, name)))).toMatchObject({
        ok: false,
        reason: expect.stringMatching(/or say with the setting "values" what is black and white$/) as unknown,
      })
    expect(await checkImage('uint16.tif', readFileSync(join(folder, 'uint16.tif')))).toMatchObject({ ok: true })
  })

  it('are still held against the fingerprint of their bytes', async () => {
    const sample = { id: 'a', path: join(folder, 'float.tif'), label: 0, values: { from: 0, to: 1 } }
    const needed = { width: 13, height: 9 }
    await expect(decodeSample({ ...sample, fingerprint: `${'0'.repeat(64)} 0 to 1` }, needed)).rejects.toThrow(
      /not those that were there/,
    )
  })
})
