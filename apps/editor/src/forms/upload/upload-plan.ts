import { hasImageName } from '@graft/graph-schema'

/** A file that was dropped or chosen, with its place in the folder that it came from. */
export interface DroppedFile<Content = Blob> {
  /** `photos/cats/1.jpg`, without a leading slash. */
  readonly path: string
  readonly content: Content
}

export type UploadPlan<Content = Blob> =
  | { readonly kind: 'zip'; readonly name: string; readonly content: Content }
  | {
      readonly kind: 'files'
      readonly name: string
      readonly files: readonly DroppedFile<Content>[]
      readonly ignored: number
    }
  | { readonly kind: 'refused'; readonly message: string }

/**
 * What to send for what was dropped: a zip as it is, or images as CLASS/FILE (or train/CLASS/FILE), without the
 * folder around them all.
 */
export function planUpload<Content>(dropped: readonly DroppedFile<Content>[]): UploadPlan<Content> {
  const [only] = dropped
  if (dropped.length === 1 && only !== undefined && /\.zip$/i.test(only.path))
    return { kind: 'zip', name: nameFrom(only.path.replace(/\.zip$/i, '')), content: only.content }
  const visible = dropped.filter(
    ({ path }) => !path.split('/').some((part) => part.startsWith('.') || part === '__MACOSX'),
  )
  const usable = visible.filter(({ path }) => hasImageName(path))
  if (usable.length === 0)
    return {
      kind: 'refused',
      message: dropped.some(({ path }) => /\.zip$/i.test(path))
        ? 'Drop one zip file at a time.'
        : 'There are no images in what was dropped. Drop a zip file, or a folder with one folder of images per class.',
    }
  const root = commonRoot(usable.map(({ path }) => path))
  const files = usable.map(({ path, content }) => ({
    path: root === null ? path : path.slice(root.length + 1),
    content,
  }))
  if (files.some(({ path }) => !path.includes('/')))
    return {
      kind: 'refused',
      message: 'Images have to be in folders named as their classes. Drop the folder that holds the class folders.',
    }
  return { kind: 'files', name: nameFrom(root ?? 'photos'), files, ignored: dropped.length - usable.length }
}

/** The one folder that everything is in, as long as class folders are left inside it. */
function commonRoot(paths: readonly string[]): string | null {
  const parts = paths.map((path) => path.split('/'))
  const first = parts[0]?.[0]
  return first !== undefined && parts.every((path) => path[0] === first && path.length > 2) ? first : null
}

/** A name for the folder on the runner. */
function nameFrom(path: string): string {
  const last = path.split('/').at(-1) ?? ''
  const clean = last
    .replaceAll(/[^\p{L}\p{N}._ -]+/gu, '-')
    .replaceAll(/^[-. ]+|[-. ]+$/g, '')
    .slice(0, 80)
  return clean === '' ? 'photos' : clean
}
