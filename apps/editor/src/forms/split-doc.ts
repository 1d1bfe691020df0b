/**
 * A node's documentation as the sentence that stands alone, and the paragraphs after it. Lines that break inside a
 * sentence are joined.
 */
export function splitDoc(doc: string): { readonly first: string; readonly rest: readonly string[] } {
  const paragraphs = doc.split('\n').reduce<readonly string[]>((done, line) => {
    const last = done.at(-1)
    return last === undefined || /[.!?:]$/.test(last) ? [...done, line] : [...done.slice(0, -1), `${last} ${line}`]
  }, [])
  const [opening = '', ...others] = paragraphs
  const end = opening.search(/[.!?] (?=[A-Z])/)
  if (end < 0) return { first: opening, rest: others }
  return { first: opening.slice(0, end + 1), rest: [opening.slice(end + 2), ...others] }
}
