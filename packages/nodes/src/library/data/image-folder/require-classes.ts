import { labelsElsewhere } from './labels-elsewhere.js'
import { folderTree } from './folder-tree.js'
import type { Placement } from './folder-layout.js'
import { NodeError } from '../../../sdk/node-error.js'
import { linkedFolder, unreadableFolder, type Listing } from '../../../image-files/list-files.js'

const layouts =
  'Expected one folder per class (cats/, dogs/), or train/ and val/ folders with one folder per class each (train/cats/, val/cats/)'

/** Refuses what can't be two classes before any image is opened. */
export function requireClasses(
  { classFolders, placed, layout, unlabelled }: Placement,
  listing: Listing,
  { path, layout: wanted }: { readonly path: string; readonly layout: 'auto' | 'classes' | 'splits' },
  root: string,
): void {
  requireReadableNames(listing, path)
  const elsewhere = labelsElsewhere(folderTree(listing))
  if (classFolders.length < 2) requireNoLinks(listing, path, root)
  if (classFolders.length < 2 && elsewhere !== undefined)
    throw new NodeError(
      'path',
      `"${path}" is ${elsewhere.title}, without one folder per class. ${layouts}.`,
      elsewhere.fix,
    )
  if (classFolders.length === 0 && unlabelled.length > 1 && wanted === 'auto')
    throw new NodeError(
      'layout',
      `"${path}" has only folders named like splits (${unlabelled.slice(0, 8).join(', ')}), and no class folders in them. ${layouts}.`,
      'Sort the images of each split into one folder per class. If these folders are the classes, set the layout to "classes".',
    )
  if (classFolders.length === 0 && wanted === 'splits') {
    throw new NodeError(
      'layout',
      `"${path}" has no train, val or test folders with class folders in them. ${layouts}.`,
      'Set the layout to "auto", or give the folder that holds train and val.',
    )
  }
  if (classFolders.length === 0)
    throw new NodeError(
      'path',
      `There is no class folder in "${path}" (${root}). ${layouts}.`,
      brokenLinks(listing) ?? 'Sort the images into one folder per class.',
    )
  if (placed.length === 0)
    throw new NodeError(
      'path',
      `The folders in "${path}" (${root}) are empty: ${classFolders.slice(0, 8).join(', ')}.`,
      'Put the images of each class into its folder.',
    )
  if (classFolders.length === 1) {
    const only = classFolders[0] ?? ''
    const inside = layout === 'classes' && placed.some((file) => file.id.split('/').length > 2)
    throw new NodeError(
      'path',
      `There is only one class folder in "${path}": "${only}". A classifier needs at least two classes.`,
      inside
        ? `If the classes are folders inside it, give "${path}/${only}".`
        : 'Add a folder for every further class.',
    )
  }
}

/** Refuses what turned out not to be images of two classes, naming some of the files and why. */
export function requireImages(
  classNames: readonly string[],
  { placed }: Placement,
  listing: Listing,
  skipped: readonly { readonly file: string; readonly reason: string }[],
  root: string,
): void {
  if (classNames.length >= 2) return
  const examples = skipped
    .slice(0, 3)
    .map(({ file, reason }) => `${file}: ${reason}`)
    .join('; ')
  const elsewhere = labelsElsewhere(folderTree(listing))
  const found =
    classNames.length === 0 ? 'none is a usable image' : `only class "${classNames[0] ?? ''}" has usable images`
  throw new NodeError(
    'path',
    `Of ${placed.length} files in ${root} ${found} (${examples}). Expected images of at least two classes.${elsewhere === undefined ? '' : ` The folder looks like ${elsewhere.title}.`}`,
    elsewhere?.fix ?? 'Replace the files named, or give another folder.',
  )
}

/** Refuses links in the place of class folders: the classes are there, but not read. */
function requireNoLinks({ unread }: Listing, path: string, root: string): void {
  const links = unread.filter(({ reason }) => reason === linkedFolder).map(({ file }) => file)
  if (links.length === 0) return
  throw new NodeError(
    'followLinks',
    `Folders in "${path}" (${root}) are symbolic links, which are not followed: ${links.slice(0, 8).join(', ')}. ${layouts}.`,
    'Set "Follow links" (followLinks=true) to read them.',
  )
}

/** Refuses folders that can't be opened because of their names' bytes: a class would be missing. */
function requireReadableNames({ unread }: Listing, path: string): void {
  const unreadableFolders = unread.filter(({ reason }) => reason === unreadableFolder).map(({ file }) => file)
  if (unreadableFolders.length === 0) return
  throw new NodeError(
    'path',
    `Names of folders in "${path}" are not valid UTF-8, so they can't be opened: ${unreadableFolders.slice(0, 8).join(', ')}.`,
    'Rename them, for example with: convmv -f latin1 -t utf8 -r --notest FOLDER',
  )
}

const longestPath = 260

/** Links that were copied as text: small files without an ending where class folders are expected. */
function brokenLinks({ files }: Listing): string | undefined {
  const names = files.map(({ id }) => id)
  const areLinks = files.length > 1 && files.every(({ id, size }) => !/[./]/u.test(id) && size <= longestPath)
  if (!areLinks) return undefined
  return `The small files ${names.slice(0, 8).join(', ')} may be links to folders that were copied as text (Git on Windows and some archives do that): copy the folders themselves.`
}
