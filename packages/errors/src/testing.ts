import { textOf } from './text-of.js'

/** For tests: all that a function says to a person by throwing, message and fix; empty when it throws nothing. */
export function refusalOf(operate: () => unknown): string {
  try {
    operate()
  } catch (error) {
    return textOf(error)
  }
  return ''
}

/** For tests: the same of a promise that is rejected. */
export const rejectionOf = (promise: Promise<unknown>): Promise<string> => promise.then(() => '', textOf)
