/** Which part of the data a dataset wire carries. Part of the type: test data can't be wired into Train. */
export const splits = ['all', 'train', 'val', 'test'] as const
export type SplitName = (typeof splits)[number]

/** The less a part was used to choose anything, the more a number measured on it says; the most telling first. */
export const splitsByWorth = ['test', 'val', 'all', 'train'] as const satisfies readonly SplitName[]

/** Place of a part among `splitsByWorth`, from 0; parts that aren't known come last. */
export function worthRank(split: string): number {
  const rank = (splitsByWorth as readonly string[]).indexOf(split)
  return rank === -1 ? splitsByWorth.length : rank
}
