import type { Architecture, ArchitectureOptions } from '../architecture.js'
import { type StoredParameter, storedParameters } from './stored-weights.js'

type Shapes = ReadonlyMap<string, readonly number[]>

/** How tensors fit an architecture. */
export interface Fit extends Misfit {
  readonly architecture: Architecture
  readonly layout: string
  readonly options: ArchitectureOptions
}

/** What is wrong with tensors, where something is. */
export interface Misfit {
  /** Tensors that the file has not. */
  readonly missing: readonly string[]
  /** Such as `conv1.weight is [8, 3, 3, 3], expected [16, 3, 3, 3]`. */
  readonly misshapen: readonly string[]
  /** Tensors of the file that nothing needs. */
  readonly unexpected: readonly string[]
  /** How many tensors there should be. */
  readonly total: number
}

interface Signature {
  readonly body: readonly StoredParameter[]
  /** Of a classifier with `probeClasses` classes. */
  readonly head: readonly StoredParameter[]
}

const probeClasses = 11
const signatures = new WeakMap<Architecture, Map<string, Signature>>()

/** How the tensors fit one architecture, in the layout in which they do best; null where not even half of them do. */
export function fitOf(architecture: Architecture, shapes: Shapes): Fit | null {
  const fits = architecture.layouts.flatMap((layout) => {
    if (!architecture.beginsWith(layout).every((name) => shapes.has(name))) return []
    const { body, head } = signatureOf(architecture, layout)
    const found = body.filter(({ names }) => names.every((name) => shapes.has(name)))
    return found.length * 2 > body.length ? [compared(architecture, layout, { body, head }, shapes)] : []
  })
  return fits.toSorted((left, right) => faults(left) - faults(right))[0] ?? null
}

/** How far from fitting; 0: exactly. */
export const faults = ({ missing, misshapen, unexpected }: Misfit): number =>
  missing.length + misshapen.length + unexpected.length

function compared(architecture: Architecture, layout: string, { body, head }: Signature, shapes: Shapes): Fit {
  const inputSize = inputSizeOf(architecture, body, shapes)
  const expected = inputSize === undefined ? body : sized(architecture, layout, inputSize)
  const missing = body.flatMap(({ names }) => names.filter((name) => !shapes.has(name)))
  const misshapen = expected.flatMap((parameter) => {
    const found = joinedShape(parameter, shapes)
    return found === null || sameNumbers(found, parameter.shape)
      ? []
      : [`${parameter.names.join(' + ')} is [${found.join(', ')}], expected [${parameter.shape.join(', ')}]`]
  })
  const classes = classesOf(head, shapes)
  const known = new Set([...body, ...(classes === null ? [] : head)].flatMap(({ names }) => names))
  const unexpected = [...shapes.keys()].filter((name) => !known.has(name) && !architecture.ignores(name))
  const options = { classes, ...(inputSize !== undefined && { inputSize }) }
  return { architecture, layout, options, missing, misshapen, unexpected, total: body.length }
}

/** Classes of the classifier in a file; null when it has none of this architecture. */
function classesOf(head: readonly StoredParameter[], shapes: Shapes): number | null {
  const counts = head.map((parameter) => {
    const found = joinedShape(parameter, shapes)
    const [expected] = parameter.shape
    if (found === null) return null
    const fits = product(found.slice(1)) === product(parameter.shape.slice(1))
    return fits && expected === probeClasses ? (found[0] ?? null) : null
  })
  return counts.length > 0 && counts.every((count) => count !== null && count === counts[0])
    ? (counts[0] ?? null)
    : null
}

/** The shape of all parts together; null where one is missing. */
export function joinedShape({ names }: StoredParameter, shapes: Shapes): readonly number[] | null {
  const parts = names.map((name) => shapes.get(name))
  const [first] = parts
  if (first === undefined || parts.includes(undefined)) return null
  if (parts.length === 1) return first
  return [parts.reduce((sum, part) => sum + (part?.[0] ?? 0), 0), ...first.slice(1)]
}

/** Equal up to axes of one entry: a 1x1 convolution is a matrix. */
function sameNumbers(left: readonly number[], right: readonly number[]): boolean {
  if (left.join() === right.join()) return true
  const [ones, others] = [left, right].map((shape) => shape.filter((size) => size !== 1).join())
  return (ones === others || left[0] === right[0]) && left.length !== right.length && product(left) === product(right)
}

const product = (shape: readonly number[]): number => shape.reduce((result, size) => result * size, 1)

function inputSizeOf(architecture: Architecture, body: readonly StoredParameter[], shapes: Shapes): number | undefined {
  if (architecture.inputSizeOf === undefined) return undefined
  const own = new Map(
    body.flatMap((parameter): [string, readonly number[]][] => {
      const found = joinedShape(parameter, shapes)
      return found === null ? [] : [[parameter.key, found]]
    }),
  )
  return architecture.inputSizeOf(own)
}

/** The body for images of this size. */
const sized = (architecture: Architecture, layout: string, inputSize: number): readonly StoredParameter[] =>
  storedParameters(architecture, architecture.build({ classes: null, inputSize }), layout, { classes: null, inputSize })

function signatureOf(architecture: Architecture, layout: string): Signature {
  const known = signatures.get(architecture) ?? new Map<string, Signature>()
  signatures.set(architecture, known)
  const found = known.get(layout)
  if (found !== undefined) return found
  const options = { classes: probeClasses }
  const network = architecture.build(options)
  const headLayers = new Set(network.stages.find(({ name }) => name === 'head')?.layers)
  const ofHead = new Set(
    network.layers.filter(({ name }) => headLayers.has(name)).flatMap(({ parameters }) => Object.values(parameters)),
  )
  const all = storedParameters(architecture, network, layout, options)
  const signature = {
    body: all.filter(({ key }) => !ofHead.has(key)),
    head: all.filter(({ key }) => ofHead.has(key)),
  }
  known.set(layout, signature)
  return signature
}
