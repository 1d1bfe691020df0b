import { emptyDocument, setParam } from '@graft/graph-schema'
import type { GraphDocument } from '@graft/graph-schema'
import { expect, it } from 'vitest'
import { commandLineOf } from './command-line.js'

const node = (params: Record<string, unknown>): GraphDocument['nodes'][string] => ({ type: 'x', version: 1, params })
const template: GraphDocument = {
  ...emptyDocument('Your photos'),
  nodes: { images: node({ path: 'photos' }), train: node({ epochs: 25 }) },
  edges: [{ from: { node: 'images', port: 'images' }, to: { node: 'train', port: 'train' } }],
}
const templates = new Map([['photos', template]])

it('is the template with the settings that differ, quoted for a shell, and gives the graph back', () => {
  const settings = ["images.path=/home/me/it's mine", 'train.epochs=3', 'train.note="7"', 'train.list=[1,2]']
  const changed = settings.reduce((document, setting) => {
    const result = setParam(document, setting)
    if (!('document' in result)) throw new Error(result.problem.message)
    return result.document
  }, template)
  expect(commandLineOf(changed, templates)).toBe(
    "graft run photos --set 'images.path=/home/me/it'\\''s mine' --set train.epochs=3 --set 'train.note=\"7\"' --set 'train.list=[1,2]'",
  )
  expect(commandLineOf(template, templates)).toBe('graft run photos')
})

it('is the file where the graph is another one', () => {
  const other = { ...template, name: 'My graph', nodes: { ...template.nodes, more: node({}) } }
  expect(commandLineOf(other, templates)).toMatch(/^graft run \S+\.graft\.json$/)
  const without = { ...template, nodes: { ...template.nodes, train: node({}) } }
  expect(commandLineOf(without, templates)).toMatch(/\.graft\.json$/)
})
