import type { Member, WrittenLayer } from './written-layer.js'

/** Layers of a stage that run on several values, one after the other, with the same parameters. */
export interface RepeatedRun {
  readonly start: number
  /** Layers of one run. */
  readonly length: number
  /** The value that each run begins with. */
  readonly given: readonly string[]
}

/**
 * The first layers of a stage that come again right behind themselves, on another value: as where both views of an image
 * go through the same stage. Null where there are none, or too few to be worth a method of their own.
 * @param leaving values that later stages read
 */
export function repeatedRun(layers: readonly WrittenLayer[], leaving: readonly string[]): RepeatedRun | null {
  const again = layers.findIndex(({ torch, makes }) => torch.module !== undefined && !makes.module)
  const first = layers.findIndex(({ module, makes }) => makes.module && isSame(module, layers[again]?.module))
  if (again < 0 || first < 0) return null
  const length = again - first
  let start = first
  while (start > 0 && areAlike(layers[start - 1], layers[start - 1 + length])) start--
  const run = layers.slice(start, start + length)
  const given = [valueGivenTo(run)]
  for (let at = start + length; run.every((layer, index) => areAlike(layer, layers[at + index])); at += length)
    given.push(matchingValue(run, layers.slice(at, at + length)))
  const values = given.filter((value) => value !== null)
  const inside = layers
    .slice(start, start + length * given.length)
    .filter((_, index) => (index + 1) % length !== 0)
    .map(({ layer }) => layer.name)
  const isRead = (name: string): boolean => leaving.includes(name) || layers.some((one) => readsFromAfar(one, name))
  const readsFromAfar = ({ layer }: WrittenLayer, name: string): boolean =>
    layer.inputs.includes(name) && runOf(layer.name) !== runOf(name)
  const runOf = (name: string): number =>
    Math.floor((layers.findIndex(({ layer }) => layer.name === name) - start) / length)
  return length < 3 || given.length < 2 || values.length < given.length || inside.some(isRead)
    ? null
    : { start, length, given: values }
}

const isSame = (one: Member, other: Member | undefined): boolean =>
  one.stage === other?.stage && one.name === other.name

/** Whether a layer is another one again but for what it reads: it makes nothing, and is written in the same words. */
function areAlike(one: WrittenLayer | undefined, again: WrittenLayer | undefined): boolean {
  if (one === undefined || again === undefined || again.makes.module || again.makes.loose.size > 0) return false
  return wordsOf(one) === wordsOf(again)
}

const wordsOf = ({ layer, torch, module, loose, call }: WrittenLayer): string =>
  JSON.stringify([
    layer.operator,
    call.attributes,
    [call.inputs, call.output],
    torch.module === undefined ? null : module,
    loose,
    layer.inputs.length,
  ])

/** The one value from outside that a run reads; null where it reads none, or several. */
function valueGivenTo(run: readonly WrittenLayer[]): string | null {
  const own = new Set(run.map(({ layer }) => layer.name))
  const [given = null, ...others] = new Set(run.flatMap(({ layer }) => layer.inputs.filter((input) => !own.has(input))))
  return others.length === 0 ? given : null
}

/** The same of a run's repetition; null where values are read in another order too. */
function matchingValue(run: readonly WrittenLayer[], repeated: readonly WrittenLayer[]): string | null {
  const given = valueGivenTo(repeated)
  const counterparts = new Map(run.map(({ layer }, index) => [layer.name, repeated[index]?.layer.name]))
  const isTheSame = run.every(({ layer }, index) =>
    layer.inputs.every((input, at) => (counterparts.get(input) ?? given) === repeated[index]?.layer.inputs[at]),
  )
  return isTheSame ? given : null
}
