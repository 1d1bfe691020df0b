/** Something that can be found by typing. */
export interface Searchable {
  readonly title: string
  /** Further words by which it is found: category, type, id. */
  readonly words?: string
  /** Long text, searched last. */
  readonly text?: string
}

/**
 * The items that match what was typed, best first: titles that begin with it, words that begin with it, titles that
 * hold it, initials (`fr` finds Freeze Range), letters in order, and at last the long text. Equal ones keep their
 * order; nothing typed gives all.
 */
export function search<Item extends Searchable>(items: readonly Item[], query: string): readonly Item[] {
  const wanted = query.trim().toLowerCase()
  if (wanted === '') return items
  return items
    .map((item, index) => ({ item, index, score: scoreOf(item, wanted) }))
    .filter(({ score }) => score > 0)
    .sort((left, right) => right.score - left.score || left.index - right.index)
    .map(({ item }) => item)
}

function scoreOf({ title, words = '', text = '' }: Searchable, wanted: string): number {
  const name = title.toLowerCase()
  const other = words.toLowerCase()
  const parts = name.split(/[^\p{L}\p{N}]+/u)
  if (name.startsWith(wanted)) return 100 - name.length / 100
  if (parts.some((part) => part.startsWith(wanted))) return 80
  if (
    parts
      .map((part) => part.charAt(0))
      .join('')
      .startsWith(wanted)
  )
    return 70
  if (name.includes(wanted)) return 60
  if (other.split(/[^\p{L}\p{N}]+/u).some((part) => part.startsWith(wanted))) return 50
  const all = `${name} ${other}`
  if (wanted.split(/\s+/).every((word) => all.includes(word))) return 40
  if (wanted.length > 2 && lettersInOrder(name, wanted)) return 20
  return wanted.length > 2 && text.toLowerCase().includes(wanted) ? 10 : 0
}

function lettersInOrder(text: string, wanted: string): boolean {
  let at = 0
  for (const letter of wanted) {
    at = text.indexOf(letter, at) + 1
    if (at === 0) return false
  }
  return true
}
