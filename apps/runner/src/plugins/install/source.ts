import { execFile } from 'node:child_process'
import { mkdir, readFile, stat } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { PluginError } from '../plugin-error.js'
import { extractTarball } from './extract-tarball.js'

/** A package as npm names it, perhaps with a version; nothing that a program could take for an option or a path. */
const packagePattern = /^(@[a-z0-9][a-z0-9._-]*\/)?[a-z0-9][a-z0-9._-]*(@[a-z0-9^~<>=.*+-]+)?$/i
const downloadMilliseconds = 120_000

export interface PluginSource {
  /** Folder that holds the plugin now. */
  readonly folder: string
  /** Where it came from, as the person may name it again. */
  readonly origin: string
}

/**
 * Finds what `graft plugin add` was given: a folder, a tarball, a package in a node_modules above `from`, else a
 * package that npm fetches (`npm pack`: no dependencies, and no script of it runs). Unpacks into `temporary`. Throws
 * PluginError.
 */
export async function findSource(given: string, temporary: string, from = process.cwd()): Promise<PluginSource> {
  const path = resolve(from, given)
  const found = await stat(path).catch(() => null)
  if (found?.isDirectory()) return { folder: path, origin: path }
  if (found?.isFile()) return { folder: await unpack(path, temporary), origin: path }
  if (!packagePattern.test(given)) throw notFound(given, path)
  const installed = await findInstalled(given, from)
  if (installed !== null) return { folder: installed, origin: installed }
  return { folder: await unpack(await download(given, temporary), temporary), origin: given }
}

async function unpack(tarball: string, temporary: string): Promise<string> {
  const folder = join(temporary, 'unpacked')
  await extractTarball(await readFile(tarball), folder, tarball)
  return folder
}

async function findInstalled(name: string, from: string): Promise<string | null> {
  for (let folder = from; ; folder = dirname(folder)) {
    const candidate = join(folder, 'node_modules', ...name.split('/'))
    if ((await stat(join(candidate, 'package.json')).catch(() => null))?.isFile()) return candidate
    if (dirname(folder) === folder) return null
  }
}

async function download(name: string, temporary: string): Promise<string> {
  const folder = join(temporary, 'packed')
  await mkdir(folder, { recursive: true })
  try {
    const { stdout } = await promisify(execFile)(
      'npm',
      ['pack', '--ignore-scripts', '--json', '--pack-destination', folder, '--', name],
      { cwd: temporary, timeout: downloadMilliseconds },
    )
    const [packed] = JSON.parse(stdout) as readonly { readonly filename: string }[]
    return join(folder, (packed?.filename ?? '').replace(/^@/, '').replace('/', '-'))
  } catch (error) {
    const reason =
      error instanceof Error
        ? (error.message.split('\n').find((line) => /npm (error|ERR!) (?!code)/.test(line)) ??
          error.message.split('\n')[0] ??
          '')
        : String(error)
    throw new PluginError(
      'plugin-not-found',
      `There is no folder, tarball or installed package "${given(name)}", and npm could not fetch it: ${reason}.`,
      'Check the name and the connection, or add the plugin from a folder.',
    )
  }
}

const given = (name: string): string => name.slice(0, 200)

function notFound(name: string, path: string): PluginError {
  return new PluginError(
    'plugin-not-found',
    `There is nothing at ${path}, and "${given(name)}" is not the name of a package.`,
    'Give a folder, a .tgz file, or the name of an npm package.',
  )
}
