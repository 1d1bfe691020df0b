/**
 * What a list of stages becomes when boxes are ticked: in the network's order, names that are none of its stages last.
 * The first tick brings the last stage along, which has to be read in any case.
 */
export function stagesValue(
  before: readonly string[],
  ticked: readonly unknown[],
  stages: readonly string[],
): readonly string[] {
  const last = stages.at(-1)
  const names = ticked.filter((name) => typeof name === 'string')
  const wanted = new Set(before.length === 0 && names.length > 0 && last !== undefined ? [...names, last] : names)
  return [...stages.filter((name) => wanted.has(name)), ...[...wanted].filter((name) => !stages.includes(name))]
}

/** The names of a param's value. */
export const namesIn = (value: unknown): readonly string[] =>
  Array.isArray(value) ? value.filter((name) => typeof name === 'string') : []
