import { memo } from 'react'
import type { ReactElement } from 'react'
import { readMarkdown } from './markdown.js'
import type { Block, Span } from './markdown.js'

/** A note's text as it is read: its Markdown drawn. Links open outside of Graft. */
export const NoteText = memo(function NoteText({ text }: { readonly text: string }): ReactElement {
  return (
    <div className="note-view">
      {readMarkdown(text).map((block, index) => (
        <BlockOf key={index} block={block} />
      ))}
    </div>
  )
})

function BlockOf({ block }: { readonly block: Block }): ReactElement {
  switch (block.kind) {
    case 'heading':
      // Not a heading of the page, which a note must not reorder.
      return (
        <p className={`note-heading note-heading-${block.level}`}>
          <Spans spans={block.spans} />
        </p>
      )
    case 'list': {
      const items = block.items.map((spans, index) => (
        <li key={index}>
          <Spans spans={spans} />
        </li>
      ))
      return block.ordered ? <ol>{items}</ol> : <ul>{items}</ul>
    }
    case 'paragraph':
      return (
        <p>
          {block.lines.map((spans, index) => (
            <span key={index} className="note-line">
              <Spans spans={spans} />
            </span>
          ))}
        </p>
      )
  }
}

function Spans({ spans }: { readonly spans: readonly Span[] }): ReactElement[] {
  return spans.map((span, index) => {
    switch (span.kind) {
      case 'strong':
        return <strong key={index}>{span.text}</strong>
      case 'emphasis':
        return <em key={index}>{span.text}</em>
      case 'code':
        return <code key={index}>{span.text}</code>
      case 'link':
        return (
          <a key={index} href={span.href} target="_blank" rel="noopener noreferrer" className="nodrag">
            {span.text}
          </a>
        )
      case 'text':
        return <span key={index}>{span.text}</span>
    }
  })
}
