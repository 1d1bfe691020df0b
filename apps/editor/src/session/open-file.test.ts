import { serializeDocument } from '@graft/graph-schema'
import { describe, expect, it } from 'vitest'
import { onnxMetadata } from './onnx-metadata.js'
import { exportFile, openFile } from './open-file.js'
import { testGraph } from '../document/graph/test-graph.js'

const graph = testGraph({ backbone: 'backbone', train: 'train' }, ['backbone.model > train.model'])
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)

/** A protocol buffer field of bytes. */
function field(number: number, content: Uint8Array): Uint8Array {
  return Uint8Array.from([...varint(number * 8 + 2), ...varint(content.length), ...content])
}
function varint(value: number): number[] {
  return value < 128 ? [value] : [(value & 127) | 128, ...varint(Math.floor(value / 128))]
}
const join = (...parts: Uint8Array[]): Uint8Array => Uint8Array.from(parts.flatMap((part) => [...part]))
const entry = (key: string, value: string): Uint8Array => field(14, join(field(1, bytes(key)), field(2, bytes(value))))

describe('opening files', () => {
  it('reads a graph file and brings it out as the same text', () => {
    const opened = openFile('a.graft.json', bytes(serializeDocument(graph)))
    if ('problem' in opened) throw new Error(opened.problem.message)
    expect(exportFile(opened.document).text).toBe(serializeDocument(graph))
    expect(exportFile({ ...graph, name: 'Käfer & Bienen!' }).name).toBe('käfer-bienen.graft.json')
  })

  it('finds the graph of a report page, also when the text before it shows such a tag', () => {
    const page = `<!doctype html><html><body>&lt;script id="graft-document"&gt;<script type="application/json" id="graft-document">${JSON.stringify(graph).replaceAll('<', '\\u003c')}</script></body></html>`
    expect(openFile('report.html', bytes(page))).toMatchObject({ from: 'report', document: { name: 'Test' } })
  })

  it('finds the graph of an exported model behind its weights', () => {
    const model = join(
      Uint8Array.from([8, 8]),
      field(7, new Uint8Array(100_000)),
      entry('other', 'x'),
      entry('graft.document', JSON.stringify(graph)),
    )
    expect(openFile('model.onnx', model)).toMatchObject({ from: 'model', document: { name: 'Test' } })
  })

  it('says what was expected when there is none', () => {
    for (const [name, content] of [
      ['empty', ''],
      ['page.html', '<html></html>'],
      ['text.txt', 'hello'],
      ['half.json', '{"format":'],
      ['other.json', '{}'],
    ] as const) {
      const opened = openFile(name, bytes(content))
      expect('problem' in opened && `${opened.problem.message} ${opened.problem.fix}`).toMatch(
        new RegExp(`^${name}.*\\w`),
      )
    }
  })

  it('survives truncated and hostile models', () => {
    const model = join(field(7, new Uint8Array(50)), entry('graft.document', '{}'))
    for (let length = 0; length < model.length; length++)
      expect(onnxMetadata(model.subarray(0, length), 'graft.document')).toBeNull()
    expect(
      onnxMetadata(Uint8Array.from([114, 255, 255, 255, 255, 255, 255, 255, 255, 255, 1, 1, 1]), 'graft.document'),
    ).toBeNull()
    expect(onnxMetadata(model, 'graft.document')).toBe('{}')
  })
})
