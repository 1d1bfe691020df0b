import { type Architecture, architectures, findArchitecture } from '../../architectures/index.js'
import { type Fit, faults, fitOf, type Misfit } from '../../architectures/support/recognise.js'
import { FormatError } from '../../weight-format.js'
import { usualHelp } from '../claims/export-help.js'

type Shapes = ReadonlyMap<string, readonly number[]>

/** How many names a message lists. */
const mostNamed = 5

export interface ChosenFit extends Fit {
  /** Other architectures with the same tensors. */
  readonly others: readonly Architecture[]
}

/**
 * The architecture that the tensors belong to: the wanted one, or that whose tensors they all are. Where several have
 * the same ones, the file's name decides, else the first.
 * @param label of the file
 * @throws FormatError when there is no such architecture, or when tensors are missing, unexpected or of other shapes
 */
export function chooseFit(shapes: Shapes, label: string, wanted?: string): ChosenFit {
  const fits = (wanted === undefined ? architectures : [findArchitecture(wanted)]).flatMap((architecture) => {
    const fit = fitOf(architecture, shapes)
    return fit === null ? [] : [fit]
  })
  const exact = fits.filter((fit) => faults(fit) === 0)
  const [first] = exact.toSorted((left, right) => namedIn(label, right) - namedIn(label, left))
  if (first !== undefined)
    return { ...first, others: exact.flatMap((fit) => (fit === first ? [] : [fit.architecture])) }
  if (wanted !== undefined) refuseOther(shapes, label, wanted)
  const [closest] = fits.toSorted((left, right) => faults(left) - faults(right))
  if (closest === undefined) throw unknown(shapes, label, wanted)
  if (closest.missing.length + closest.misshapen.length === 0 && closest.options.classes === null)
    return { ...closest, others: [] }
  throw different(
    closest,
    `The tensors in ${label} don't fit the network ${closest.architecture.id}, the closest to them`,
  )
}

/** Throws FormatError where the tensors are exactly those of another architecture than the wanted one. */
function refuseOther(shapes: Shapes, label: string, wanted: string): void {
  const other = architectures.find((architecture) => {
    const fit = fitOf(architecture, shapes)
    return fit !== null && faults(fit) === 0
  })
  if (other === undefined) return
  throw new FormatError(
    `The weights in ${label} are not those of ${wanted}: they are those of ${other.id}.`,
    `Choose the architecture ${other.id}, or leave it open.`,
  )
}

/** Whether the tensors are exactly those of some architecture. */
export const fitsSome = (shapes: Shapes): boolean =>
  architectures.some((architecture) => {
    const fit = fitOf(architecture, shapes)
    return fit !== null && faults(fit) === 0
  })

/** Length of the architecture's name if the file's name has it: the longest says most. */
function namedIn(label: string, { architecture: { id, aliases } }: Fit): number {
  const text = label.toLowerCase().replaceAll('-', '_')
  return Math.max(
    0,
    ...[id, ...aliases].filter((name) => text.includes(name.toLowerCase())).map(({ length }) => length),
  )
}

/** Bare weights of a network that Graft can't build. */
export class UnknownWeights extends FormatError {}

function unknown(shapes: Shapes, label: string, wanted: string | undefined): FormatError {
  const families = [...new Set(architectures.map(({ family }) => family))].join(', ')
  return new UnknownWeights(
    `${label} holds weights only: ${shapes.size} tensors (${shortly([...shapes.keys()])}). Which layers they belong to is not in the file, and their names are not those of ${wanted ?? `an architecture that Graft can build (${families})`}.`,
    usualHelp,
  )
}

/** What is wrong with tensors that don't fit. */
export function different({ missing, misshapen, unexpected, total }: Misfit, problem: string): FormatError {
  const found = [
    ...(missing.length > 0 ? [`${missing.length} of ${total} are missing (${shortly(missing)})`] : []),
    ...(unexpected.length > 0 ? [`${unexpected.length} are not of it (${shortly(unexpected)})`] : []),
    ...(misshapen.length > 0 ? [`${misshapen.length} have another shape (${shortly(misshapen)})`] : []),
  ]
  return new FormatError(
    `${problem}: ${found.join('; ')}.`,
    'Give the weights that were saved from this network, all of them and no others.',
  )
}

export function shortly(names: readonly string[]): string {
  const shown = names.slice(0, mostNamed).join(', ')
  return names.length > mostNamed ? `${shown} and ${names.length - mostNamed} more` : shown
}
