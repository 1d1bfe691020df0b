import { counted } from '../../ui/format.js'

/** What Predict's form says of a folder: images to look at, whatever they are called. */
export function unlabelledWords(images: number, folders: number): string {
  return `${counted(images, 'image')} here${folders === 0 ? '' : `, and those in ${counted(folders, 'folder')}`}. They need no class folders.`
}
