import { FormatError } from '../weight-format.js'
import { foreignFormatOf } from './foreign-formats.js'
import { type Format, headBytes, isNamedLike } from './format.js'
import { formats } from './formats.js'
import type { ModelFiles } from './model-files.js'

/** The file of a folder (or the file itself) that holds a network, and its format. */
export interface FoundModel {
  readonly format: Format
  readonly name: string
}

/** Files with other names than a format's own that are looked into, to say what a folder holds instead. */
const mostLookedInto = 200

/**
 * Finds what is to be read: the given file, whatever it is called, or the one model of a folder. In a folder, formats
 * that hold a whole network go before bare weights, files near the top before those below, and `model.*` before others.
 * @throws FormatError naming what was found instead, or the models of which one has to be chosen
 */
export async function findModel(files: ModelFiles): Promise<FoundModel> {
  if (files.main !== null) return { name: files.main, format: await formatOfGiven(files, files.main) }
  const all = await candidatesOf(files)
  const whole = all.filter(({ format }) => format.kind === 'network')
  const candidates = nearestTop(whole.length > 0 ? whole : all)
  const [first] = formats.filter((format) => candidates.some((candidate) => candidate.format === format))
  if (first === undefined) throw await nothingFound(files)
  const names = candidates.filter(({ format }) => format === first).map(({ name }) => name)
  return { format: first, name: chosenOf(names, first, files) }
}

/** The format whose files begin like this; undefined when it is none of ours. */
export function recogniseFormat(head: Uint8Array): Format | undefined {
  return formats.find((format) => format.recognises(head))
}

/** By content; else by a name that tells, so that the format's own reader says what is wrong with the file. */
async function formatOfGiven(files: ModelFiles, name: string): Promise<Format> {
  const head = await files.head(name, headBytes)
  const known = recogniseFormat(head)
  if (known !== undefined) return known
  const foreign = foreignFormatOf(head, name)
  const label = files.label.endsWith(name) ? files.label : `${name} in ${files.label}`
  if (foreign !== undefined) throw new FormatError(`${label} is ${foreign.title}.`, foreign.advice)
  const named = formats.find((format) => format.nameTells && isNamedLike(format, name))
  if (named !== undefined && head.length > 0) return named
  throw new FormatError(
    `${label} is ${head.length === 0 ? 'an empty file' : 'not a network in a known format'}. Expected one of: ${listOfFormats()}.`,
    'Give a file or folder in one of these formats, or convert it first.',
  )
}

async function candidatesOf(files: ModelFiles): Promise<readonly FoundModel[]> {
  const candidates: FoundModel[] = []
  for (const name of byDepth(files.names)) {
    if (!formats.some((format) => isNamedLike(format, name) && format.continues?.(name) !== true)) continue
    const format = recogniseFormat(await files.head(name, headBytes))
    if (format !== undefined) candidates.push({ format, name })
  }
  return candidates
}

/** One of several models of a format. */
function chosenOf(names: readonly string[], format: Format, files: ModelFiles): string {
  const standard = names.filter((name) => /^model\.[^.]+$/i.test(name.split('/').at(-1) ?? ''))
  const [chosen, ...others] = standard.length === 1 ? standard : names
  if (chosen !== undefined && others.length === 0) return chosen
  throw new FormatError(
    `${files.label} holds ${names.length} files in the format ${format.title}: ${listShortly(names)}. Expected one.`,
    `Choose one by its path, such as ${files.label.replace(/[/\\]$/, '')}/${chosen ?? ''}.`,
  )
}

const isNamedLikeModel = (name: string): boolean =>
  formats.some((format) => format.nameTells && isNamedLike(format, name))

/** What the folder holds instead. */
async function nothingFound(files: ModelFiles): Promise<FormatError> {
  let beside: FormatError | undefined
  for (const name of byDepth(files.names).slice(0, mostLookedInto)) {
    const foreign = foreignFormatOf(await files.head(name, headBytes), name)
    if (foreign === undefined) continue
    const said = `${files.label} holds no network that can be loaded: ${name} is ${foreign.title}.`
    if (foreign.liesBeside !== true || isNamedLikeModel(name)) return new FormatError(said, foreign.advice)
    beside ??= new FormatError(said, foreign.advice)
  }
  const damaged = files.names.find(isNamedLikeModel)
  if (damaged !== undefined)
    return new FormatError(
      `${files.label} holds no network that can be loaded: ${damaged} is not what its name says, or it is damaged.`,
      'Download or export it again.',
    )
  if (beside !== undefined) return beside
  const found = files.names.length > 0 ? `It holds ${listShortly(files.names)}.` : 'It holds no files.'
  const left =
    files.leftOut !== undefined && files.leftOut.length > 0 ? ` Left out: ${listShortly(files.leftOut)}.` : ''
  return new FormatError(
    `${files.label} is not a network in a known format. ${found}${left} Expected one of: ${listOfFormats()}.`,
    'Give a file or folder in one of these formats, or convert it first.',
  )
}

/** The formats for a sentence, with the endings of their names. */
export function listOfFormats(): string {
  return formats.map(({ title, extensions }) => `${title} (${extensions.join(', ')})`).join('; ')
}

function nearestTop(candidates: readonly FoundModel[]): readonly FoundModel[] {
  const depth = Math.min(...candidates.map(({ name }) => depthOf(name)))
  return candidates.filter(({ name }) => depthOf(name) === depth)
}

const depthOf = (name: string): number => name.split('/').length

const byDepth = (names: readonly string[]): readonly string[] =>
  [...names].sort((left, right) => depthOf(left) - depthOf(right) || (left < right ? -1 : 1))

function listShortly(names: readonly string[]): string {
  const shown = names.slice(0, 8).join(', ')
  return names.length > 8 ? `${shown} and ${names.length - 8} more` : shown
}
