import { html } from '../html.js'
import type { Html } from '../html.js'

/** Sizes of letters in pixels, as the page's style has them; bold ones are wider. */
const kinds = { 'node-title': 13.5 * 1.12, 'node-detail': 11.5 } as const

export interface PlacedText {
  readonly words: string
  readonly kind: keyof typeof kinds
  readonly x: number
  readonly y: number
}

/** By how much letters may be narrowed before words are left out. */
const narrowest = 0.85

/**
 * SVG text that stays within so many pixels whatever font a reader's machine has: the letters of one are a fifth wider
 * than those of another, and nothing can be measured where a page is written. What may be too long is given its length,
 * and words that would have to be narrowed too far are cut.
 */
export function textWithin(room: number, { words, kind, x, y }: PlacedText): Html {
  const longest = room / narrowest
  const letters = [...words]
  while (letters.length > 1 && widthOf(lettersOf(letters, words), kind) > longest) letters.pop()
  const text = lettersOf(letters, words)
  const length = widthOf(text, kind) > room && html` textLength="${room}" lengthAdjust="spacingAndGlyphs"`
  return html`<text class="${kind}" x="${x}" y="${y}"${length}>${text}</text>`
}

const lettersOf = (letters: readonly string[], words: string): string =>
  letters.join('').length === words.length ? words : `${letters.join('').trimEnd()}…`

/** In the widest font of those that a page asks for. */
export const widthOf = (text: string, kind: PlacedText['kind']): number =>
  kinds[kind] * [...text].reduce((sum, letter) => sum + partOfSize(letter), 0)

function partOfSize(letter: string): number {
  if (/[\u1100-\uffff]/u.test(letter) || letter.length > 1) return 1
  if (/[ .,:;'!|ijlIft()/[\]-]/u.test(letter)) return 0.39
  if (/[mwMW@%…]/u.test(letter)) return 0.97
  return /[A-Z]/u.test(letter) ? 0.72 : 0.63
}
