import { describe, expect, it } from 'vitest'
import { inOrderOfKeras } from './layer-order.js'

const layer = (name: string, ...inputs: string[]) => ({ name, inputs })
const namesOf = (layers: ReturnType<typeof layer>[], output: string): string =>
  inOrderOfKeras(layers, output)
    .map(({ name }) => name)
    .join(' ')

// Orders that Keras 3.15 gives `model.layers` of models built so.
describe('the order of Keras', () => {
  it('is that of the chain where there is one', () => {
    expect(namesOf([layer('x'), layer('a', 'x'), layer('b', 'a')], 'b')).toBe('x a b')
  })

  it('lists branches by their distance from the output, not one after the other', () => {
    const layers = [layer('x'), layer('long', 'x'), layer('longer', 'long'), layer('short', 'x')]
    expect(namesOf([...layers, layer('sum', 'longer', 'short')], 'sum')).toBe('x long longer short sum')
    expect(namesOf([...layers, layer('sum', 'short', 'longer')], 'sum')).toBe('x long short longer sum')
  })

  it('leaves out what the output does not need', () => {
    expect(namesOf([layer('x'), layer('unused', 'x'), layer('y', 'x')], 'y')).toBe('x y')
  })
})
