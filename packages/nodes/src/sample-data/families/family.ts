/** A task with an unlimited number of images, drawn by code. */
export interface SampleFamily {
  readonly id: string
  readonly title: string
  readonly description: string
  readonly classNames: readonly string[]
  /**
   * One image of a class: `size * size * 3` bytes, red-green-blue, row by row. The same numbers from `random` give
   * the same image.
   */
  render(classIndex: number, random: () => number, size: number): Uint8Array
}

/** The class's entry in a family's list; throws when there is none. */
export function requireClass<T>(classes: readonly T[], classIndex: number): T {
  const found = classes[classIndex]
  if (found === undefined) throw new RangeError(`There is no class ${classIndex}; expected 0 to ${classes.length - 1}.`)
  return found
}
