import { hasImageName, imageFormatNames } from '@graft/graph-schema'
import { HttpProblem } from '../http/http-problem.js'

const deepest = 8
const longestName = 200
/** Devices of Windows, which are not file names there even with an extension. */
const reserved = /^(con|prn|aux|nul|com\d|lpt\d)(\..*)?$/i

/** What to do with a file of an upload: where it goes, why it is left out, or why the whole upload is refused. */
export type Placing = { readonly parts: readonly string[] } | { readonly ignored: string }

/**
 * Judges the name of an uploaded file. Throws HttpProblem 400 on names that only someone with bad intentions (or a
 * broken program) writes: ones that lead out of the folder, absolute ones, ones with control characters. Files that are
 * no images are left out, with the reason.
 */
export function placeUpload(name: string): Placing {
  const parts = name.split('/').filter((part) => part !== '' && part !== '.')
  const isHostile =
    name.startsWith('/') ||
    name.includes('\\') ||
    /[\p{Cc}\p{Cs}]/u.test(name) ||
    /^[a-z]:/i.test(name) ||
    parts.includes('..')
  if (isHostile)
    throw new HttpProblem(
      400,
      'file-name-hostile',
      `The file name ${JSON.stringify(name.slice(0, 100))} leads out of the upload or cannot be a file name. Nothing was stored. Use plain relative names such as cats/1.jpg.`,
    )
  if (parts.length === 0) return { ignored: 'it has no name' }
  if (parts.length > deepest) return { ignored: `it lies deeper than ${deepest} folders` }
  if (parts.some((part) => Buffer.byteLength(part) > longestName))
    return { ignored: `its name is longer than ${longestName} bytes` }
  if (parts.some((part) => part.startsWith('.') || part === '__MACOSX')) return { ignored: 'it is hidden' }
  if (parts.some((part) => reserved.test(part) || /[<>:"|?*]/.test(part) || /[. ]$/.test(part)))
    return { ignored: 'its name is not allowed on every system' }
  if (!hasImageName(parts.at(-1) ?? '')) return { ignored: `it is not an image (${imageFormatNames})` }
  return { parts }
}

/** A folder name for the upload. Throws HttpProblem when it is not one. */
export function placeDataset(name: string): string {
  const isPlain = /^[\p{L}\p{N}][\p{L}\p{N} ._-]*$/u.test(name) && !/[. ]$/.test(name) && !reserved.test(name)
  if (!isPlain)
    throw new HttpProblem(
      400,
      'name-invalid',
      'The name of the upload must be letters, digits, spaces, dots, - and _, beginning with a letter or digit.',
      { field: 'name' },
    )
  return name
}
