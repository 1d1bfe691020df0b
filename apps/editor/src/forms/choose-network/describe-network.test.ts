import type { Catalogued } from '@graft/graph-schema'
import { describe, expect, it } from 'vitest'
import { factsOf, findCatalogued, isRemote, placeOf } from './describe-network.js'

const network: Catalogued = {
  source: 'timm:resnet18.a1_in1k',
  title: 'ResNet-18',
  family: 'ResNet',
  why: '',
  inputSize: 224,
  parameters: 11_689_512,
  accuracy: 0.73158,
  accuracySize: 288,
  licence: 'apache-2.0',
  bytes: 46_800_000,
  speed: 'medium',
  milliseconds: 7.25,
  here: false,
  sha256: null,
}

describe('a network in words', () => {
  it('says what decides, as far as it is known', () => {
    expect(factsOf(network)).toEqual([
      '224 px',
      '11.69 M parameters',
      '73.2% on ImageNet at 288 px',
      'medium, from 7.3 ms per image here',
      'apache-2.0',
    ])
    expect(factsOf({ ...network, speed: null, parameters: null, milliseconds: 120, licence: null })).toEqual([
      '224 px',
      '73.2% on ImageNet at 288 px',
      'from 120 ms per image here',
    ])
    expect(factsOf({ ...network, milliseconds: null })).toContain('medium')
    expect(placeOf(network)).toBe('to download: 46.8 MB')
    expect(placeOf({ here: true, bytes: null })).toBe('here')
  })

  it('is found by either way of writing it', () => {
    expect(findCatalogued([network], 'timm/resnet18.a1_in1k')).toBe(network)
    expect(findCatalogued([network], 'torchvision:resnet18')).toBe(null)
  })

  it.each([
    ['torchvision:resnet50', true],
    ['timm/resnet18.a1_in1k', true],
    ['hf:google/vit-base-patch16-224', true],
    ['https://example.org/net.onnx', true],
    ['embedded:graftnet-64', false],
    ['/models/net.onnx', false],
    ['C:\\models\\net.onnx', false],
    ['net.onnx', false],
    ['', false],
  ])('%s can be fetched: %s', (source, expected) => expect(isRemote(source)).toBe(expected))
})
