import { parseDocument } from '@graft/graph-schema'
import type { DatasetSummary, NodeManifest, TemplateSummary } from '@graft/graph-schema'
import { describe, expect, it } from 'vitest'
import { testManifests, wiresOf } from '../document/graph/test-graph.js'
import { testGraph } from '../document/graph/test-graph.js'
import { graphForLook } from './graphs/graph-for-look.js'
import { graphForPhotos } from './graphs/graph-for-photos.js'
import { oddities } from './look-at-data.js'
import { recipesForPhotos, suggestRecipe } from './suggest-recipe.js'

const withField = (type: string, from: string, field: string, widget: string): NodeManifest => ({
  ...testManifests.get(from)!,
  type,
  params: { type: 'object', properties: { [field]: { type: 'string', widget } } },
})
const manifests = new Map([
  ...testManifests,
  ['folder', withField('folder', 'images', 'path', 'path')] as const,
  ['backbone', withField('backbone', 'backbone', 'source', 'backbone')] as const,
])

describe('a recipe on one’s own folder', () => {
  const recipe = testGraph({ toy: 'images', split: 'split', net: 'backbone' }, ['toy.images > split.images'])
  const photos = testGraph({ images: 'folder' })

  it('reads the folder where its own images came from, loads the chosen network, and keeps its wires', () => {
    const graph = graphForPhotos(recipe, photos, { path: '/home/ann/Field photos', network: '/models/net' }, manifests)
    expect(graph.nodes).toMatchObject({
      toy: { type: 'folder', params: { path: '/home/ann/Field photos' } },
      split: recipe.nodes.split,
      net: { type: 'backbone', params: { source: '/models/net' } },
    })
    expect(wiresOf(graph)).toEqual(wiresOf(recipe))
    expect(graph.name).toBe(`Field photos: ${recipe.name}`)
    expect(parseDocument(JSON.parse(JSON.stringify(graph))).document).not.toBeNull()
  })

  it('keeps the recipe’s network when none was chosen, and says so when there is nothing to replace', () => {
    const graph = graphForPhotos(recipe, photos, { path: 'C:\\Users\\ann\\cats', network: null }, manifests)
    expect(graph.nodes.net).toEqual(recipe.nodes.net)
    expect(graph.name).toMatch(/^cats: /)
    const without = testGraph({ split: 'split' })
    expect(() => graphForPhotos(without, photos, { path: '/x', network: null }, manifests)).toThrow(/another recipe/)
  })
})

describe('the graph that looks at images', () => {
  const port = (kind: 'dataset' | 'model' | 'advice'): NodeManifest['inputs'][string] => ({
    kind,
    title: kind,
    description: '',
  })
  const advisor: NodeManifest = {
    ...testManifests.get('split')!,
    type: 'oracle',
    inputs: { images: port('dataset'), nets: port('model') },
    outputs: { says: port('advice') },
  }
  const photos = testGraph({ images: 'folder', net: 'backbone' })

  it('wires the folder and every network into the node that gives advice, whatever that is called', () => {
    const graph = graphForLook(
      photos,
      { path: '/home/ann/birds', networks: ['/models/a', '/models/b'] },
      new Map([...manifests, ['oracle', advisor]]),
    )
    expect(graph.nodes).toMatchObject({
      images: { params: { path: '/home/ann/birds' } },
      'backbone-2': { params: { source: '/models/b' } },
      advisor: { type: 'oracle' },
    })
    expect(wiresOf(graph)).toEqual([
      'images.images > advisor.images',
      'backbone.model > advisor.nets',
      'backbone-2.model > advisor.nets',
    ])
  })

  it('says so where the server has no such node', () =>
    expect(() => graphForLook(photos, { path: '/x', networks: ['/a'] }, manifests)).toThrow(/can’t look at images/))
})

const summary = (counts: Readonly<Record<string, number>>, rest: Partial<DatasetSummary> = {}): DatasetSummary => ({
  classes: Object.entries(counts).map(([name, count]) => ({ name, count, samples: [] })),
  splits: { train: 0, val: 0, test: 0, none: 0 },
  skipped: [],
  count: Object.values(counts).reduce((sum, count) => sum + count, 0),
  ...rest,
})

describe('looking at a folder', () => {
  it('has nothing to say of a plain one', () => expect(oddities(summary({ ants: 120, bees: 119 }))).toEqual([]))
  it.each([
    ['one class', summary({ ants: 120 }), /one class only/],
    ['an empty class', summary({ ants: 120, bees: 0, wasps: 100 }), /No images for bees/],
    ['a class of two images', summary({ ants: 8, bees: 2 }), /Very few images of bees \(2\)/],
    ['30 to 1', summary({ ants: 300, bees: 10 }), /30 times/],
    ['files that are no images', summary({ a: 9, b: 9 }, { skipped: [{ file: 'x', reason: 'y' }] }), /1 file can’t/],
  ])('names %s', (_, data, expected) => expect(oddities(data).join(' ')).toMatch(expected))
})

describe('the suggested recipe', () => {
  const template = (id: string, needsPhotos: boolean, quadrant: TemplateSummary['quadrant']): TemplateSummary => ({
    id,
    title: id,
    quadrant,
    needsPhotos,
    summary: '',
  })
  const templates = [
    template('small-similar', false, { size: 'small', similarity: 'similar' }),
    template('head', true, null),
    template('two-phase', true, null),
    template('several', false, null),
  ]

  it('goes by the images of a typical class and says how many they are', () => {
    expect(suggestRecipe(templates, summary({ ants: 30, bees: 40, wasps: 900 }))).toMatchObject({
      id: 'head',
      reason: expect.stringContaining('40 images per class') as string,
    })
    expect(suggestRecipe(templates, summary({ ants: 600, bees: 700 }))?.id).toBe('two-phase')
    expect(suggestRecipe([], summary({ ants: 300 }))).toBeNull()
  })

  it('offers those for own photos first, and none that wants several classes per image', () =>
    expect(recipesForPhotos(templates).map(({ id }) => id)).toEqual(['head', 'two-phase', 'small-similar']))
})
