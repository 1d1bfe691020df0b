import type { DroppedFile } from './upload-plan.js'

const mostFiles = 200_000

/**
 * Every file of what was dropped, folders included. The browser gives the entries up once the event is over, so they
 * are taken first.
 */
export async function readDrop(transfer: DataTransfer): Promise<readonly DroppedFile<File>[]> {
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry()).filter((entry) => entry !== null)
  if (entries.length === 0) return [...transfer.files].map((file) => ({ path: file.name, content: file }))
  const files: DroppedFile<File>[] = []
  for (const entry of entries) await walk(entry, files)
  return files
}

/** Files chosen in a dialog; with a folder chosen, each knows its place in it. */
export function readChosen(list: FileList): readonly DroppedFile<File>[] {
  return [...list].map((file) => ({
    path: file.webkitRelativePath === '' ? file.name : file.webkitRelativePath,
    content: file,
  }))
}

async function walk(entry: FileSystemEntry, files: DroppedFile<File>[]): Promise<void> {
  if (files.length >= mostFiles) return
  if (entry.isFile) {
    const content = await new Promise<File>((resolve, reject) => (entry as FileSystemFileEntry).file(resolve, reject))
    files.push({ path: entry.fullPath.replace(/^\//, ''), content })
    return
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader()
  // A reader gives some entries at a time, until it gives none.
  for (;;) {
    const batch = await new Promise<readonly FileSystemEntry[]>((resolve, reject) =>
      reader.readEntries(resolve, reject),
    )
    if (batch.length === 0) return
    for (const child of batch) await walk(child, files)
  }
}
