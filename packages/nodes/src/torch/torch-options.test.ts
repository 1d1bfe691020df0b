import { describe, expect, it } from 'vitest'
import { torchOptions, worldSize } from './torch-options.js'

describe('how many processes train together', () => {
  it('is one where nothing is said', () => {
    expect(torchOptions({}, {})).toEqual({ processes: 1, nodes: 1, nodeRank: 0, precision: 'float32' })
    expect(worldSize(torchOptions({ processes: 4, nodes: 3, nodeRank: 2, rendezvous: 'host:29500' }, {}))).toBe(12)
  })

  it.each([
    ['no place to meet', { nodes: 2 }, /2 machines, but not where they meet/],
    ['a machine too many', { nodes: 2, nodeRank: 2, rendezvous: 'host:1' }, /machine 2 of 2/],
    ['no process', { processes: 0 }, /not set right/],
    ['a place without a port', { rendezvous: 'host' }, /HOST:PORT/],
  ])('is refused with the way out: %s', (_, given, message) => {
    expect(() => torchOptions(given, {})).toThrow(message)
  })

  it('meets where the surroundings say, for a run that is resumed elsewhere', () => {
    const given = { nodes: 2, rendezvous: 'old:1' }
    expect(torchOptions(given, { GRAFT_RENDEZVOUS: 'new:2' }).rendezvous).toBe('new:2')
  })
})
