import type { Listing, ListedFile } from '../../../image-files/list-files.js'
import { folderTree, type FolderTree } from './folder-tree.js'
import { maskedImage, warnOfMaskFolders } from './masks.js'
import { readLayout, warnOfSplitNames, type Layout, type Reading } from './read-layout.js'
import { mergeNames } from './similar-names.js'
import { splitOf } from './split-names.js'

export type OwnSplit = 'train' | 'val' | 'test'

/** A file with what its folders say about it. */
export interface PlacedFile extends ListedFile {
  readonly className: string
  readonly split?: OwnSplit
}

export interface Placement {
  readonly layout: Layout
  readonly placed: readonly PlacedFile[]
  /** Class folders, whether or not they have files. */
  readonly classFolders: readonly string[]
  readonly misplaced: readonly { readonly file: string; readonly reason: string }[]
  /** Folders that are splits by their names, but hold no class folders. */
  readonly unlabelled: readonly string[]
  /** What was read in a way that may not be meant, with how to take the other. */
  readonly warnings: readonly string[]
}

/** What a file's folders say: its class and split, or why it has none. */
type Place = { readonly className: string; readonly split?: OwnSplit } | { readonly reason: string }

/**
 * Gives every file its class and split, after `readLayout`. Spellings of one class that differ between splits become one
 * class (see `mergeNames`); masks are left out.
 */
export function placeFiles(listing: Listing, wanted: 'auto' | 'classes' | 'splits'): Placement {
  const tree = folderTree(listing)
  const reading = readLayout(tree, wanted)
  const names = mergeNames(classFoldersByPart(tree, reading))
  const masked = maskedImage(listing.files.map(({ id }) => id))
  const placed: PlacedFile[] = []
  const misplaced: { file: string; reason: string }[] = []
  for (const file of listing.files) {
    const place = placeOf(file.id, reading)
    if ('reason' in place) misplaced.push({ file: file.id, reason: place.reason })
    else if (masked(file.id)) misplaced.push({ file: file.id, reason: 'a mask of the image beside it' })
    else placed.push({ ...file, ...place, className: names.nameOf(place.className) })
  }
  return {
    layout: reading.layout,
    placed,
    misplaced,
    unlabelled: reading.unlabelled,
    classFolders: names.classNames,
    warnings: [
      ...reading.warnings,
      ...warnOfSplitNames(names.classNames, reading),
      ...warnOfMaskFolders(names.classNames),
      ...names.warnings,
    ],
  }
}

function placeOf(id: string, { layout, parts, unlabelled }: Reading): Place {
  const [top = '', second = '', ...rest] = id.split('/')
  const outside: Place = { reason: 'not inside a class folder' }
  if (unlabelled.includes(top) && second !== '')
    return { reason: 'unlabelled: in a split folder without class folders' }
  if (layout === 'classes') return second === '' ? outside : { className: top }
  if (layout === 'splitsInClasses') {
    const split = splitOf(second)
    if (rest.length === 0) return outside
    return split === undefined || split === 'unlabelled'
      ? { reason: 'unlabelled: in a folder for predictions' }
      : { className: top, split }
  }
  const part = parts.find(({ folder }) => id.startsWith(`${folder}/`))
  if (part === undefined) return second === '' ? outside : { reason: 'outside of the train, val and test folders' }
  const [className = '', ...file] = id.slice(part.folder.length + 1).split('/')
  if (file.length === 0) return outside
  return { className, ...(part.split !== undefined && { split: part.split }) }
}

/** Names of class folders, by the part that holds them; training first. */
function classFoldersByPart(tree: FolderTree, { layout, parts, unlabelled }: Reading): readonly (readonly string[])[] {
  if (layout === 'classes' || layout === 'splitsInClasses')
    return [tree('').folders.filter((top) => !unlabelled.includes(top))]
  return parts
    .toSorted((left, right) => Number(right.split === 'train') - Number(left.split === 'train'))
    .map(({ folder }) => tree(folder).folders)
}
