import { describe, expect, it } from 'vitest'
import { defineMigrations } from './migrate.js'
import { parseDocument, parseDocumentText } from './parse-document.js'
import { serializeDocument } from './serialize-document.js'

const text = `{
  "format": "graft-graph",
  "plugin-data": {
    "z": 1,
    "a": [1, 2, { "deep": null }]
  },
  "version": 1,
  "name": "Ants",
  "description": "",
  "nodes": {
    "data": { "params": { "path": "x", "later": { "b": 1 } }, "version": 7, "type": "from-the-future", "badge": "kept" }
  },
  "edges": [
    { "to": { "node": "b", "port": "in" }, "color": "red", "from": { "node": "data", "port": "out" } }
  ],
  "layout": {
    "positions": { "data": { "x": 1.5, "y": -2, "pinned": true } },
    "frames": [],
    "notes": [],
    "zoom": 2
  }
}
`

describe('parseDocument', () => {
  it('keeps unknown nodes and unknown fields byte for byte through reading and writing', () => {
    const { document, problems } = parseDocumentText(text)
    expect(problems).toEqual([])
    expect(document && serializeDocument(document)).toBe(text)
  })

  it('keeps a field named __proto__ as data', () => {
    const { document } = parseDocumentText(
      '{"format":"graft-graph","version":1,"nodes":{"a":{"type":"t","version":1,"params":{"__proto__":{"x":1}}}}}',
    )
    expect(document && serializeDocument(document)).toContain('{ "__proto__": { "x": 1 } }')
    expect(({} as Record<string, unknown>)['x']).toBeUndefined()
  })

  it('fills in what may be left out', () => {
    const { document } = parseDocument({ format: 'graft-graph', version: 1, nodes: { a: { type: 't', version: 1 } } })
    expect(document).toEqual({
      format: 'graft-graph',
      version: 1,
      name: 'Untitled',
      description: '',
      nodes: { a: { type: 't', version: 1, params: {} } },
      edges: [],
      layout: { positions: {}, frames: [], notes: [] },
    })
  })

  it('does not change what it was given', () => {
    const given = Object.freeze({ format: 'graft-graph', version: 1, nodes: Object.freeze({}) })
    expect(parseDocument(given)).toMatchObject({ raw: given, problems: [] })
  })

  it('keeps a newer document and says so', () => {
    const newer = { format: 'graft-graph', version: 3, cells: [] }
    const { document, raw, problems } = parseDocument(newer)
    expect(document).toBeNull()
    expect(raw).toBe(newer)
    expect(problems).toEqual([
      {
        code: 'document-version-newer',
        severity: 'error',
        field: 'version',
        message:
          'This graph was written by a newer Graft: document version 3, and this one reads up to 1. Nothing was changed.',
        fix: 'Update Graft, or open the graph with the version that wrote it.',
      },
    ])
  })

  it('brings an older document to the newest version and names the steps', () => {
    const migrations = defineMigrations<Readonly<Record<string, unknown>>>('the document', [
      { to: 2, name: 'rename label to name', up: ({ label, ...rest }) => ({ ...rest, version: 2, name: label }) },
    ])
    const { document, migrated } = parseDocument({ format: 'graft-graph', version: 1, label: 'Old' }, migrations)
    expect(migrated).toEqual(['rename label to name'])
    expect(document).toMatchObject({ name: 'Old', version: 2 })
  })

  it.each([
    ['', 'The file is empty; expected a Graft graph as JSON.'],
    ['{"format": "graft-graph",\n "version": 1,}', /^The file is not valid JSON at line 2, column 15: /],
    ['[1]', 'This is not a Graft graph: this is not a JSON object, expected "format": "graft-graph".'],
    ['{"nodes": 3}', 'This is not a Graft graph: "format" is missing, expected "format": "graft-graph".'],
    ['{"format": "graft-graph", "version": "1"}', 'the document has version NaN; versions are whole numbers from 1.'],
    [
      '{"format": "graft-graph", "version": 1, "nodes": {"12": {"type": "a", "version": 1}}}',
      '"nodes.12" can\'t be read: Node ids are a letter, then up to 63 letters, digits, - or _.',
    ],
    [
      `{"format": "graft-graph", "version": 1, "x": ${'['.repeat(80)}${']'.repeat(80)}}`,
      "The document can't be read: it is nested deeper than 64 levels.",
    ],
    [
      `{"format": "graft-graph", "version": 1, "x": [${'1,'.repeat(500_000)}1]}`,
      "The document can't be read: it holds more than 500000 values.",
    ],
    [
      JSON.stringify({
        format: 'graft-graph',
        version: 1,
        nodes: Object.fromEntries(Array.from({ length: 5001 }, (_, index) => [`n${index}`, { type: 'a', version: 1 }])),
      }),
      "The document can't be read: it has 5001 nodes, and at most 5000 are read.",
    ],
    [
      JSON.stringify({
        format: 'graft-graph',
        version: 1,
        edges: Array.from({ length: 20_001 }, () => ({ from: { node: 'a', port: 'b' }, to: { node: 'c', port: 'd' } })),
      }),
      "The document can't be read: it has 20001 edges, and at most 20000 are read.",
    ],
  ])('refuses %.60s', (bad, message) => {
    const { document, problems } = parseDocumentText(bad)
    expect(document).toBeNull()
    expect(problems[0]?.message).toMatch(message)
    expect(problems[0]?.fix).not.toBe('')
  })

  it('says which node and field can not be read', () => {
    const { problems } = parseDocument({ format: 'graft-graph', version: 1, nodes: { a: { type: 't', version: 'x' } } })
    expect(problems).toMatchObject([{ code: 'document-invalid', node: 'a', field: 'version' }])
    expect(problems[0]?.message).toContain('"nodes.a.version" can\'t be read')
  })
})

describe('serializeDocument', () => {
  it('breaks up what does not fit on a line', () => {
    const { document } = parseDocument({
      format: 'graft-graph',
      version: 1,
      nodes: { a: { type: 't', version: 1, params: { text: 'x'.repeat(100), more: [1, 2] } } },
    })
    expect(document && serializeDocument(document)).toContain(
      `"a": {\n      "type": "t",\n      "version": 1,\n      "params": { "text": "${'x'.repeat(100)}"`.replace(
        '{ "text"',
        '{\n        "text"',
      ),
    )
  })
})
