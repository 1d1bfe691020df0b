/** A part of a line: text in some form, or a link. */
export type Span =
  | { readonly kind: 'text' | 'strong' | 'emphasis' | 'code'; readonly text: string }
  | { readonly kind: 'link'; readonly text: string; readonly href: string }

export type Block =
  | { readonly kind: 'heading'; readonly level: 1 | 2 | 3; readonly spans: readonly Span[] }
  | { readonly kind: 'list'; readonly ordered: boolean; readonly items: readonly (readonly Span[])[] }
  | { readonly kind: 'paragraph'; readonly lines: readonly (readonly Span[])[] }

/**
 * Reads the part of Markdown that notes need: headings, lists, **strong**, *emphasis*, `code` and links. The result is
 * data: nothing in a note can become HTML, and addresses other than http, https and mailto stay text.
 */
export function readMarkdown(text: string): readonly Block[] {
  const blocks: Block[] = []
  for (const line of text.split('\n')) {
    const heading = /^(#{1,3})\s+(.+)$/.exec(line)
    const item = /^\s*(?:([-*+])|\d{1,4}[.)])\s+(.+)$/.exec(line)
    const last = blocks.at(-1)
    if (heading !== null)
      blocks.push({
        kind: 'heading',
        level: (heading[1] ?? '').length as 1 | 2 | 3,
        spans: readSpans(heading[2] ?? ''),
      })
    else if (item !== null) {
      const ordered = item[1] === undefined
      const spans = readSpans(item[2] ?? '')
      if (last?.kind === 'list' && last.ordered === ordered)
        blocks[blocks.length - 1] = { ...last, items: [...last.items, spans] }
      else blocks.push({ kind: 'list', ordered, items: [spans] })
    } else if (line.trim() === '') blocks.push({ kind: 'paragraph', lines: [] })
    else if (last?.kind === 'paragraph' && last.lines.length > 0)
      blocks[blocks.length - 1] = { ...last, lines: [...last.lines, readSpans(line)] }
    else blocks.push({ kind: 'paragraph', lines: [readSpans(line)] })
  }
  return blocks.filter((block) => block.kind !== 'paragraph' || block.lines.length > 0)
}

const marks =
  /\*\*(?<strong>[^*\n]+)\*\*|\*(?<emphasis>[^*\s][^*\n]*)\*|`(?<code>[^`\n]+)`|\[(?<label>[^\][\n]+)\]\((?<href>(?:https?:\/\/|mailto:)[^\s)]+)\)|(?<address>https?:\/\/[^\s<>()]+[^\s<>().,;:!?])/g

function readSpans(line: string): readonly Span[] {
  const spans: Span[] = []
  let end = 0
  for (const match of line.matchAll(marks)) {
    if (match.index > end) spans.push({ kind: 'text', text: line.slice(end, match.index) })
    spans.push(spanOf(match.groups ?? {}))
    end = match.index + match[0].length
  }
  if (end < line.length) spans.push({ kind: 'text', text: line.slice(end) })
  return spans
}

function spanOf({ strong, emphasis, code, label, href, address }: Readonly<Record<string, string | undefined>>): Span {
  if (strong !== undefined) return { kind: 'strong', text: strong }
  if (emphasis !== undefined) return { kind: 'emphasis', text: emphasis }
  if (code !== undefined) return { kind: 'code', text: code }
  return { kind: 'link', text: label ?? address ?? '', href: href ?? address ?? '' }
}
