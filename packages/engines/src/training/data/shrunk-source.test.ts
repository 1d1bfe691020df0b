import { spawnSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { noiseSource } from '../testing/small-problem.js'
import { shrink, shrunkSource } from './shrunk-source.js'

const images = {
  shape: [2, 1, 9, 12],
  data: Float32Array.from({ length: 216 }, (_, index) => Math.sin(index * 0.7) * 3),
}

describe('images made smaller', () => {
  it('keep what is even as it is, and their mean where sizes go into one another', () => {
    const even = shrink({ shape: [1, 1, 7, 5], data: new Float32Array(35).fill(0.25) }, [3, 4])
    expect(even.shape).toEqual([1, 1, 3, 4])
    for (const value of even.data) expect(value).toBeCloseTo(0.25, 6)
  })

  it('are other images for the cache, with the labels of the source', async () => {
    const source = noiseSource({ count: 3 })
    const small = shrunkSource(source, [2, 2])
    expect(small.key(1, 0)).not.toBe(source.key(1, 0))
    expect(small.labels).toBe(source.labels)
    expect((await small.load([2, 0], 0)).shape).toEqual([2, 3, 2, 2])
  })

  const script = `
import json, sys, torch
given = json.loads(sys.argv[1])
images = torch.tensor(given['data']).reshape(given['shape'])
small = torch.nn.functional.interpolate(images, size=(5, 8), mode='bilinear', antialias=True, align_corners=False)
print(json.dumps(small.flatten().tolist()))`
  const python = spawnSync(
    '/usr/bin/python3',
    ['-c', script, JSON.stringify({ shape: images.shape, data: [...images.data] })],
    { encoding: 'utf8' },
  )
  if (python.status !== 0) console.warn('skipped: /usr/bin/python3 has no torch')

  it.skipIf(python.status !== 0)('are those of PyTorch, bilinear with antialiasing', () => {
    const expected = JSON.parse(python.stdout) as number[]
    const { data } = shrink(images, [5, 8])
    expect(data).toHaveLength(expected.length)
    data.forEach((value, index) => expect(value).toBeCloseTo(expected[index] as number, 5))
  })
})
