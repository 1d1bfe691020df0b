import { describe, expect, it } from 'vitest'
import type { TorchNetwork } from '../network/torch-network.js'
import { isForNetwork, isForTorchEngine } from './checkpoint-form.js'

const torch: TorchNetwork = {
  network: {} as TorchNetwork['network'],
  stages: [],
  names: new Map([
    ['conv1.weight', 'stem.conv1.weight'],
    ['fc.bias', 'head.fc.bias'],
  ]),
}
const one = { shape: [1], data: Float32Array.of(1) }
const form = (weights: readonly string[], slots: readonly string[]) => ({
  trainer: {
    step: 3,
    weights: new Map(weights.map((name) => [name, one])),
    slots: new Map(slots.map((name) => [name, one])),
  },
})

describe('whose checkpoint it is', () => {
  it('is told by slots by place and by the names of the program', () => {
    const engine = form(['stem.conv1.weight', 'head.fc.bias'], ['optimizer/0/momentum_buffer', 'scaler/scale'])
    expect([isForTorchEngine(engine, torch), isForNetwork(engine, torch)]).toEqual([true, false])
    // Plain SGD keeps nothing.
    const plain = form(['stem.conv1.weight', 'head.fc.bias'], [])
    expect([isForTorchEngine(plain, torch), isForNetwork(plain, torch)]).toEqual([true, false])
  })

  it('is told by the names of the network, of which only some may be stepped', () => {
    const graft = form(['fc.bias'], ['momentum/fc.bias'])
    expect([isForTorchEngine(graft, torch), isForNetwork(graft, torch)]).toEqual([false, true])
  })

  it('is told by its slots where both call the weights the same', () => {
    const alike = { ...torch, names: new Map([['fc.bias', 'fc.bias']]) }
    expect(isForTorchEngine(form(['fc.bias'], ['momentum/fc.bias']), alike)).toBe(false)
    expect(isForNetwork(form(['fc.bias'], ['optimizer/0/exp_avg']), alike)).toBe(false)
  })
})
