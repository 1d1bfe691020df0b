import { listOf, numberOf, type TorchCall } from '../torch-operator.js'

/** A window that slides over height and width, as PyTorch has it. */
export interface TorchWindow {
  readonly kernel: readonly number[]
  readonly strides: readonly number[]
  readonly dilations: readonly number[]
  /** The same on both sides; null where padding has to be a step of its own. */
  readonly padding: readonly number[] | null
  /** `F.pad`'s amounts: left, right, top, bottom. */
  readonly margins: readonly number[]
  readonly ceil: boolean
}

/** @param kernel height and width of the window @param most padding that the layer's own may have, by its kernel */
export function windowOf(call: TorchCall, kernel: readonly number[], most: (size: number) => number): TorchWindow {
  const [top = 0, left = 0, bottom = 0, right = 0] = listOf(call, 'pads')
  const fits = top === bottom && left === right && top <= most(kernel[0] ?? 1) && left <= most(kernel[1] ?? 1)
  return {
    kernel,
    strides: listOf(call, 'strides'),
    dilations: call.attributes['dilations'] === undefined ? [1, 1] : listOf(call, 'dilations'),
    padding: fits ? [top, left] : null,
    margins: [left, right, top, bottom],
    ceil: call.attributes['ceil_mode'] !== undefined && numberOf(call, 'ceil_mode') === 1,
  }
}

/** The margins that make a window without `ceil_mode` give as many values as the layer has. */
export function explicitMargins(
  call: TorchCall,
  { kernel, strides, dilations, margins }: TorchWindow,
): readonly number[] {
  const [left = 0, right = 0, top = 0, bottom = 0] = margins
  const needed = (axis: 0 | 1, before: number, after: number): number => {
    const size = call.inputs[0]?.[axis + 2] ?? 1
    const covered =
      ((call.output[axis + 2] ?? 1) - 1) * (strides[axis] ?? 1) + ((kernel[axis] ?? 1) - 1) * (dilations[axis] ?? 1) + 1
    return Math.max(after, covered - size - before)
  }
  return [left, needed(1, left, right), top, needed(0, top, bottom)]
}

/** A pair, or the one number where both are the same. */
export const pair = (values: readonly number[]): string =>
  values.every((value) => value === values[0]) ? String(values[0] ?? 1) : `(${values.join(', ')})`

/** Keyword arguments that differ from what PyTorch takes by itself. */
export const options = (entries: Readonly<Record<string, string | null>>): string =>
  Object.entries(entries)
    .flatMap(([name, value]) => (value === null ? [] : [`, ${name}=${value}`]))
    .join('')

export const unless = (value: string, usual: string): string | null => (value === usual ? null : value)
