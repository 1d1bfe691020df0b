import type { BlobReference, NodeManifest } from '@graft/graph-schema'

export interface Preview {
  readonly title: string
  readonly blob: BlobReference
}

/**
 * Whether the runner can show images of what a node does without running the graph: it gives images, and computes
 * nothing that takes long.
 */
export function showsImages(manifest: NodeManifest | undefined): boolean {
  return (
    manifest !== undefined &&
    !manifest.usesEngine &&
    Object.values(manifest.outputs).some(({ kind }) => kind === 'dataset')
  )
}

/**
 * Whether its pictures show what its fields do to pictures: those come before the fields, to be looked at while the
 * fields are changed.
 */
export const showsItsEffect = (manifest: NodeManifest): boolean =>
  showsImages(manifest) &&
  Object.keys(manifest.outputs).length === 1 &&
  Object.values(manifest.inputs).some(({ kind }) => kind === 'dataset')

/**
 * What a form shows: images of the settings as they are now where they can be had, else those of the last run, which
 * may be old.
 */
export function pickPreviews(
  ofRun: readonly Preview[],
  isRunOld: boolean,
  ofNow: readonly Preview[],
  isNowOld: boolean,
): { readonly previews: readonly Preview[]; readonly isOld: boolean } {
  const fresh = ofRun.length > 0 && !isRunOld ? ofRun : ofNow
  return fresh.length > 0
    ? { previews: fresh.slice(-3), isOld: fresh === ofNow && isNowOld }
    : { previews: ofRun.slice(-3), isOld: ofRun.length > 0 }
}
