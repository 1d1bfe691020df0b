/** A format of photos that Graft reads. */
export interface ImageFormat {
  readonly title: string
  /** Usual endings of file names, in small letters, the commonest first. */
  readonly extensions: readonly string[]
}

/** Every format that is read: what uploads take, folders show and datasets hold. */
export const imageFormats = {
  jpeg: { title: 'JPEG', extensions: ['.jpg', '.jpeg', '.jpe', '.jfif'] },
  png: { title: 'PNG', extensions: ['.png', '.apng'] },
  webp: { title: 'WebP', extensions: ['.webp'] },
  tiff: { title: 'TIFF', extensions: ['.tif', '.tiff'] },
  avif: { title: 'AVIF', extensions: ['.avif'] },
  gif: { title: 'GIF', extensions: ['.gif'] },
  heic: { title: 'HEIC', extensions: ['.heic', '.heif', '.hif'] },
  bmp: { title: 'BMP', extensions: ['.bmp', '.dib'] },
  tga: { title: 'TGA', extensions: ['.tga'] },
  pnm: { title: 'PPM', extensions: ['.ppm', '.pgm', '.pbm', '.pnm'] },
} as const satisfies Readonly<Record<string, ImageFormat>>

export type ImageFormatId = keyof typeof imageFormats

const formats: readonly ImageFormat[] = Object.values(imageFormats)
const extensions: ReadonlySet<string> = new Set(formats.flatMap((format) => format.extensions))

/** Whether a file is an image by its name. What it really is only its bytes tell. */
export function hasImageName(name: string): boolean {
  const dot = name.lastIndexOf('.')
  return dot !== -1 && extensions.has(name.slice(dot).toLowerCase())
}

/** The formats for messages: "JPEG, PNG or GIF". */
export const imageFormatNames = `${formats
  .slice(0, -1)
  .map(({ title }) => title)
  .join(', ')} or ${formats.at(-1)?.title}`
