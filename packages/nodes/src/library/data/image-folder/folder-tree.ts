import { extname } from 'node:path'
import type { Listing } from '../../../image-files/list-files.js'
import { otherExtensions } from './other-files.js'

/** What lies directly in a folder. */
export interface FolderContents {
  /** Names of the folders in it. */
  readonly folders: readonly string[]
  /** How many files in it may be images, by their names. */
  readonly images: number
  /** Names of the files that are something else: tables, notes. */
  readonly others: readonly string[]
}

/** The folders of a listing by what they hold; "" is the root. */
export type FolderTree = (folder: string) => FolderContents

const nothing: FolderContents = { folders: [], images: 0, others: [] }

export function folderTree({ files, folders }: Pick<Listing, 'files' | 'folders'>): FolderTree {
  const contents = new Map<string, { folders: string[]; images: number; others: string[] }>()
  const at = (folder: string): { folders: string[]; images: number; others: string[] } => {
    const known = contents.get(folder) ?? { folders: [], images: 0, others: [] }
    contents.set(folder, known)
    return known
  }
  for (const folder of folders) at(parentOf(folder)).folders.push(folder.slice(folder.lastIndexOf('/') + 1))
  for (const { id } of files) {
    const parent = at(parentOf(id))
    if (otherExtensions.has(extname(id).toLowerCase())) parent.others.push(id.slice(id.lastIndexOf('/') + 1))
    else parent.images += 1
  }
  return (folder) => contents.get(folder) ?? nothing
}

/** A folder inside another; "" is the root. */
export function inside(folder: string, name: string): string {
  return folder === '' ? name : `${folder}/${name}`
}

function parentOf(id: string): string {
  return id.includes('/') ? id.slice(0, id.lastIndexOf('/')) : ''
}
