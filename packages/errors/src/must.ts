import { GraftError } from './graft-error.js'

/** What to do about an error that only a mistake in Graft can cause. */
export const reportFix = 'This is a defect in Graft or in a plugin. Run again with --debug and report what it prints.'

/**
 * The value, where it can't be missing: the one way to say so. In place of a `!`, which hides a mistake, and of a `?? ''`,
 * which turns it into another result: to ONNX an empty name means "this input was left out".
 *
 * @example
 *   const scale = must(layer.parameters.scale, `the scale of layer "${layer.name}"`)
 *
 * @param what The value in words, for the message: "the scale of layer conv1".
 * @throws GraftError with the code `internal` when it is null or undefined.
 */
export function must<Value>(value: Value | null | undefined, what: string): Value {
  if (value === null || value === undefined)
    throw new GraftError({
      code: 'internal',
      message: `${capitalised(what)} is missing, which can't be.`,
      fix: reportFix,
    })
  return value
}

const capitalised = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1)
