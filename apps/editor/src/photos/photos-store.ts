import type { DroppedFile } from '../forms/upload/upload-plan.js'
import { planUpload } from '../forms/upload/upload-plan.js'
import { readDrop } from '../forms/upload/read-drop.js'
import { ui } from '../page/page-store.js'
import { openBlob } from '../session/session.js'
import { textOf } from '@graft/errors'
import { createStore, useStoreValue } from '../ui/store/create-store.js'
import { toast } from '../ui/toasts/toast.js'

/** What the dialogue for own photos begins with: files that were dropped, to be sent; or nothing. */
const photos = createStore<{ readonly dropped: readonly DroppedFile<File>[] | null }>({ dropped: null })

export const useDropped = (): readonly DroppedFile<File>[] | null => useStoreValue(photos, ({ dropped }) => dropped)

export function openPhotos(dropped: readonly DroppedFile<File>[] | null = null): void {
  photos.set({ dropped })
  ui.set({ dialog: 'photos' })
}

export function closePhotos(): void {
  photos.set({ dropped: null })
  ui.set({ dialog: null })
}

/** Something was dropped on the page: a folder or zip of images begins the dialogue, a file with a graph is opened. */
export async function takeDrop(transfer: DataTransfer): Promise<void> {
  try {
    const [first] = transfer.files
    const files = await readDrop(transfer)
    const plan = planUpload(files)
    if (plan.kind !== 'refused') return openPhotos(files)
    const [only] = files
    if (files.length === 1 && first !== undefined && only !== undefined && !only.path.includes('/'))
      await openBlob(first.name, first)
    else toast('error', plan.message, 'A folder with one folder of images per class is what is expected.')
  } catch (error) {
    toast(
      'error',
      `What was dropped can’t be read: ${textOf(error)}.`,
      'Choose the folder with “Use my photos” instead.',
    )
  }
}
