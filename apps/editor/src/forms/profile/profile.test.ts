import { exampleAdvice } from '@graft/graph-schema/testing'
import type { NodeManifest } from '@graft/graph-schema'
import { describe, expect, it } from 'vitest'
import { testGraph, testManifests, wiresOf } from '../../document/graph/test-graph.js'
import { graphForProfile, subjectOf } from './graph-for-profile.js'
import { cutsFor, profilesOf } from './known-profiles.js'

const port = (kind: 'dataset' | 'model' | 'advice'): NodeManifest['inputs'][string] => ({
  kind,
  title: kind,
  description: '',
})
const advisor: NodeManifest = {
  ...testManifests.get('split')!,
  type: 'advisor',
  inputs: { images: port('dataset'), models: { ...port('model'), multiple: true } },
  outputs: { advice: port('advice') },
}
const manifests = new Map([...testManifests, ['advisor', advisor] as const])

describe('measuring a profile for a form', () => {
  const wires = [
    'images.images > split.images',
    'net.model > strip.model',
    'strip.model > train.model',
    'split.train > train.train',
  ]
  const graph = testGraph({ images: 'images', split: 'split', net: 'backbone', strip: 'freeze', train: 'train' }, wires)

  it('asks about the images that are learned from and the network as it was loaded', () => {
    const asked = graphForProfile(graph, 'strip', manifests)
    expect(asked?.document.nodes[asked.to]?.type).toBe('advisor')
    expect(wiresOf(asked?.document ?? graph).slice(wires.length)).toEqual([
      `split.train > ${asked?.to}.images`,
      `net.model > ${asked?.to}.models`,
    ])
  })

  it('asks the same for all forms that one network arrives at, and not for another network', () => {
    const two = testGraph(
      { images: 'images', net: 'backbone', strip: 'freeze', freeze: 'freeze', other: 'backbone', last: 'freeze' },
      ['net.model > strip.model', 'strip.model > freeze.model', 'other.model > last.model'],
    )
    const [strip, freeze, last] = ['strip', 'freeze', 'last'].map((id) =>
      subjectOf(graphForProfile(two, id, manifests)!),
    )
    expect(freeze).toBe(strip)
    expect(last).not.toBe(strip)
  })

  it('takes the first images where nothing is trained yet', () => {
    const untrained = testGraph({ images: 'images', net: 'backbone', strip: 'freeze' }, ['net.model > strip.model'])
    expect(wiresOf(graphForProfile(untrained, 'strip', manifests)!.document).at(-2)).toMatch(/^images\.images/)
  })

  it.each([
    ['no network', testGraph({ images: 'images', strip: 'freeze' }), manifests],
    ['no images', testGraph({ net: 'backbone', strip: 'freeze' }, ['net.model > strip.model']), manifests],
    ['no advisor', graph, testManifests],
  ])('has nothing to ask with %s', (_, document, known) => expect(graphForProfile(document, 'strip', known)).toBeNull())
})

describe('the profile of a network', () => {
  const profiles = profilesOf({
    asked: { status: 'done', metrics: {}, curves: [], previews: [], outputs: { advice: exampleAdvice, other: 3 } },
  })
  const stage = (name: string, parameters: number): { readonly name: string; readonly parameters: number } => ({
    name,
    parameters,
  })
  const stages = [
    stage('stem', 6_000),
    stage('stage1', 17_000),
    stage('stage2', 67_000),
    stage('stage3', 870_000),
    stage('stage4', 870_000),
    stage('head', 755_000),
  ]

  it('is that whose stages have the same names and parameters; the head has no cut', () => {
    const cuts = cutsFor({ stages }, profiles)
    expect(cuts?.map((cut) => cut?.stage ?? null)).toEqual(['stem', 'stage1', 'stage2', 'stage3', 'stage4', null])
  })

  it('is found for a network that was cut meanwhile', () =>
    expect(cutsFor({ stages: stages.slice(0, 3) }, profiles)?.[2]?.probe?.value).toBe(0.7))

  it('is not that of a larger network with the same names', () =>
    expect(cutsFor({ stages: stages.map((one) => ({ ...one, parameters: one.parameters * 2 })) }, profiles)).toBeNull())
})
