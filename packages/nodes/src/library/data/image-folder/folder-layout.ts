import type { Listing, ListedFile } from '../../../image-files/list-files.js'

export type Layout = 'classes' | 'splits'
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
}

const splitNames: Readonly<Record<string, OwnSplit>> = {
  train: 'train',
  training: 'train',
  val: 'val',
  valid: 'val',
  validation: 'val',
  dev: 'val',
  test: 'test',
  testing: 'test',
}

/**
 * One folder per class, or train/val/test folders each with one folder per class? `classes` and `splits` are taken as
 * given; `auto` finds out which. A class may be called "train" (the vehicle): its folder holds images, a split's folder holds
 * folders.
 */
export function placeFiles({ files, folders }: Listing, wanted: 'auto' | Layout): Placement {
  const layout = wanted === 'auto' ? detectLayout(folders) : wanted
  const placed: PlacedFile[] = []
  const misplaced: { file: string; reason: string }[] = []
  for (const file of files) {
    const [top = '', second = '', ...rest] = file.id.split('/')
    const split = splitOf(top)
    if (layout === 'classes' && second !== '') placed.push({ ...file, className: top })
    else if (layout === 'splits' && split !== undefined && rest.length > 0)
      placed.push({ ...file, className: second, split })
    else
      misplaced.push({
        file: file.id,
        reason:
          layout === 'splits' && split === undefined && second !== ''
            ? 'outside of the train, val and test folders'
            : 'not inside a class folder',
      })
  }
  return { layout, placed, misplaced, classFolders: classFoldersOf(folders, layout) }
}

function splitOf(folder: string): OwnSplit | undefined {
  const name = folder.toLowerCase()
  return Object.hasOwn(splitNames, name) ? splitNames[name] : undefined
}

function detectLayout(folders: readonly string[]): Layout {
  const tops = folders.filter((folder) => !folder.includes('/'))
  const splitFolders = tops.filter(
    (top) => splitOf(top) !== undefined && folders.some((folder) => folder.startsWith(`${top}/`)),
  )
  const kinds = new Set(splitFolders.map(splitOf))
  return splitFolders.length > 0 && (kinds.size > 1 || splitFolders.length === tops.length) ? 'splits' : 'classes'
}

function classFoldersOf(folders: readonly string[], layout: Layout): readonly string[] {
  const names = folders.flatMap((folder) => {
    const parts = folder.split('/')
    if (layout === 'classes') return parts.length === 1 ? parts : []
    return parts.length === 2 && splitOf(parts[0] ?? '') !== undefined ? parts.slice(1) : []
  })
  return [...new Set(names)]
}
