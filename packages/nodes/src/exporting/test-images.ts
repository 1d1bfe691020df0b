import type { Sample } from '@graft/graph-schema'

/** Images to compare on where there are none of one's own: generated, so that they are the same everywhere. */
export function testImages(count: number): readonly Sample[] {
  return Array.from({ length: count }, (_, index) => ({
    id: `generated ${index}`,
    label: 0,
    fingerprint: `export check ${index}`,
    generated: { family: 'source', classIndex: index % 40, index, seed: 1, size: 96 + 16 * (index % 5) },
  }))
}
