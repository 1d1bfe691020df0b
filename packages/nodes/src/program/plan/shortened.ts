/** The part of a dotted name before its last dot: the module that a parameter is in. */
export const moduleOf = (name: string): string => name.slice(0, Math.max(0, name.lastIndexOf('.')))

/** As few beginnings of names as say which of all names are meant, in their order. */
export function shortened(meant: ReadonlySet<string>, all: Iterable<string>): readonly string[] {
  const others = [...all].filter((name) => !meant.has(name))
  const taken = new Set(others.flatMap(beginningsOf))
  return [...new Set([...meant].map((name) => beginningsOf(name).find((beginning) => !taken.has(beginning)) ?? name))]
}

/** `a`, `a.b` and `a.b.c` of `a.b.c`. */
function beginningsOf(name: string): readonly string[] {
  const parts = name.split('.')
  return parts.map((_, index) => parts.slice(0, index + 1).join('.'))
}
