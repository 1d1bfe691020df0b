import { NetworkError } from '../../network-error.js'
import type { AttributeValue, Layer } from '../../network.js'

/** What names a layer and its attributes, defaults filled in: every call of an operator. */
export interface AttributedCall {
  readonly layer: Layer
  readonly attributes: Readonly<Record<string, AttributeValue>>
}

/** A number attribute of a layer. Throws NetworkError naming layer and attribute when it is something else. */
export function numberAttribute(call: AttributedCall, name: string): number {
  const value = call.attributes[name]
  if (typeof value === 'number') return value
  throw wrongType(call, name, 'a number', value)
}

/** A 0|1 (or boolean) attribute. */
export function flagAttribute(call: AttributedCall, name: string): boolean {
  const value = call.attributes[name]
  if (value === 0 || value === 1 || typeof value === 'boolean') return Boolean(value)
  throw wrongType(call, name, '0 or 1', value)
}

/** A list-of-integers attribute. */
export function listAttribute(call: AttributedCall, name: string): readonly number[] {
  const value = call.attributes[name]
  if (Array.isArray(value) && value.every((entry) => Number.isInteger(entry))) return value as readonly number[]
  throw wrongType(call, name, 'a list of whole numbers', value)
}

/** A string attribute limited to `choices`. */
export function choiceAttribute<Choice extends string>(
  call: AttributedCall,
  name: string,
  choices: readonly Choice[],
): Choice {
  const value = call.attributes[name]
  const choice = choices.find((candidate) => candidate === value)
  if (choice !== undefined) return choice
  throw wrongType(call, name, `one of ${choices.map((candidate) => `'${candidate}'`).join(', ')}`, value)
}

function wrongType(
  { layer }: AttributedCall,
  name: string,
  expected: string,
  value: AttributeValue | undefined,
): NetworkError {
  const got = value === undefined ? 'nothing' : JSON.stringify(value)
  return new NetworkError(
    `Layer '${layer.name}' (${layer.operator}) has ${name} = ${got}. Expected ${expected}.`,
    `Set the attribute '${name}' of this layer accordingly.`,
  )
}
