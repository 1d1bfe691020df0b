/** Markup that is safe to put in a page: only `html` and `rawHtml` make it. */
export class Html {
  constructor(readonly text: string) {}
  toString(): string {
    return this.text
  }
}

type Content = Html | string | number | null | undefined | false | readonly Content[]

/**
 * Builds markup from a template; everything that is put in is escaped unless it is markup already. Lists are joined,
 * null and false give nothing.
 */
export function html(strings: TemplateStringsArray, ...values: readonly Content[]): Html {
  return new Html(strings.map((part, index) => part + (index < values.length ? render(values[index]) : '')).join(''))
}

/** Text that is known to be markup; never for anything that came from outside. */
export function rawHtml(text: string): Html {
  return new Html(text)
}

function render(content: Content): string {
  if (content === null || content === undefined || content === false) return ''
  if (content instanceof Html) return content.text
  if (Array.isArray(content)) return content.map((item: Content) => render(item)).join('')
  return escapeHtml(String(content))
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

/**
 * Escapes text for element content and quoted attributes. Control characters, which no page may hold, become the
 * replacement character.
 */
export function escapeHtml(text: string): string {
  return text
    .replace(/[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]/g, '\uFFFD')
    .replace(/[&<>"']/g, (character) => entities[character] ?? character)
}
