import { describe, expect, it } from 'vitest'
import { readMarkdown } from './markdown.js'

const linksIn = (text: string): readonly string[] =>
  readMarkdown(text).flatMap((block) =>
    (block.kind === 'heading' ? block.spans : block.kind === 'list' ? block.items.flat() : block.lines.flat()).flatMap(
      (span) => (span.kind === 'link' ? [span.href] : []),
    ),
  )

describe('the Markdown of notes', () => {
  it('reads headings, lists, forms and paragraphs', () => {
    const blocks = readMarkdown('# Why\nTry **this** and *that*\nwith `code`\n\n- one\n- two\n1. first')
    expect(blocks.map(({ kind }) => kind)).toEqual(['heading', 'paragraph', 'list', 'list'])
    expect(blocks[1]).toMatchObject({
      lines: [
        [{ text: 'Try ' }, { kind: 'strong', text: 'this' }, { text: ' and ' }, { kind: 'emphasis', text: 'that' }],
        [{ text: 'with ' }, { kind: 'code', text: 'code' }],
      ],
    })
    expect(blocks[2]).toMatchObject({ ordered: false, items: [[{ text: 'one' }], [{ text: 'two' }]] })
  })

  it('links to web pages and mail only', () => {
    expect(linksIn('[a](https://a.org/x) http://b.org/y. [m](mailto:m@c.org)')).toEqual([
      'https://a.org/x',
      'http://b.org/y',
      'mailto:m@c.org',
    ])
    expect(linksIn('[x](javascript:alert(1)) [y](data:text/html,z) [z](//evil.org)')).toEqual([])
  })

  it('leaves HTML and single marks as text', () => {
    expect(readMarkdown('<b onclick="x">2 * 3 < 7 * 1</b>')).toEqual([
      { kind: 'paragraph', lines: [[{ kind: 'text', text: '<b onclick="x">2 * 3 < 7 * 1</b>' }]] },
    ])
  })

  it('takes no longer for a line of thousands of marks than for as much text', () => {
    expect(readMarkdown('*'.repeat(20_000) + '['.repeat(20_000))).toHaveLength(1)
  })
})
