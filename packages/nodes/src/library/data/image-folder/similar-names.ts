import { groupBy } from '../group-by.js'

export interface MergedNames {
  /** The class that a folder's name stands for. */
  nameOf(folder: string): string
  readonly classNames: readonly string[]
  readonly warnings: readonly string[]
}

/**
 * Class names that differ in case, Unicode form or spaces only ("Cat", "cat", "cat "). Between parts they are spellings
 * of one class, which is called as in the first part that has it; side by side in one part they stay classes of their
 * own. Both are said. `parts` are the names of class folders in each part, training first.
 */
export function mergeNames(parts: readonly (readonly string[])[]): MergedNames {
  const all = [...new Set(parts.flat())]
  const alike = [...groupBy(all, plain).values()].filter((names) => names.length > 1)
  const besideEachOther = alike.filter((names) =>
    parts.some((part) => names.filter((name) => part.includes(name)).length > 1),
  )
  const merged = alike.filter((names) => !besideEachOther.includes(names))
  const target = new Map(merged.flatMap((names) => names.map((name) => [name, names[0] ?? name] as const)))
  const nameOf = (folder: string): string => target.get(folder) ?? folder
  return {
    nameOf,
    classNames: [...new Set(all.map(nameOf))],
    warnings: [
      ...(merged.length > 0
        ? [
            `Class names that differ in case, Unicode form or spaces only are taken for one class, spelled as in the first of the folders: ${list(merged, ' = ')}.`,
          ]
        : []),
      ...(besideEachOther.length > 0
        ? [
            `Class folders whose names differ in case, Unicode form or spaces only are trained on as separate classes: ${list(besideEachOther, ' and ')}. If they are one class, put their images into one folder.`,
          ]
        : []),
    ],
  }
}

function plain(name: string): string {
  return name.normalize('NFC').trim().replace(/\s+/gu, ' ').toLowerCase()
}

/** Names with what can't be seen made visible: spaces by quotation marks, Unicode forms by the codes of accents. */
function list(groups: readonly (readonly string[])[], separator: string): string {
  const visible = (name: string): string =>
    JSON.stringify(name).replace(/\p{M}/gu, (mark) => `\\u${mark.charCodeAt(0).toString(16).padStart(4, '0')}`)
  const shown = groups.slice(0, 8).map((names) => names.map(visible).join(separator))
  return groups.length > shown.length
    ? `${shown.join('; ')} and ${groups.length - shown.length} more`
    : shown.join('; ')
}
