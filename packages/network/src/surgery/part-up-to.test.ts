import { expect, it } from 'vitest'
import { graftnet } from '../architectures/graftnet.js'
import { inferShapes } from '../infer-shapes.js'
import { partUpTo } from './part-up-to.js'

const network = graftnet.build({ classes: 4 })

it('keeps what the layers need and nothing else', () => {
  const part = partUpTo(network, ['stage3.0.activation', 'stem.conv'])
  expect(part.output).toBe('stage3.0.activation')
  expect(part.layers.map(({ name }) => name)).not.toContain('head.fc')
  expect(Object.keys(part.parameters).some((name) => name.startsWith('stage4'))).toBe(false)
  expect(inferShapes(part).get(part.output)).toEqual(inferShapes(network).get('stage3.0.activation'))
})

it('names layers that are not there', () => {
  expect(() => partUpTo(network, ['stem.conv', 'stage9'])).toThrow('no layer "stage9"')
  expect(() => partUpTo(network, [])).toThrow('No layer was named')
})
