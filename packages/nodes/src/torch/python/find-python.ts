import { accessSync, constants, readFileSync, realpathSync, statSync } from 'node:fs'
import { delimiter, isAbsolute, join } from 'node:path'

/** A Python that may have PyTorch, and who named it. */
export interface FoundPython {
  readonly path: string
  /** Named by GRAFT_PYTHON: no other is looked at. */
  readonly named: boolean
}

type Environment = Readonly<Record<string, string | undefined>>

/**
 * Pythons of this machine, the likeliest first, each once: the one that `GRAFT_PYTHON` names, and no other; else that
 * of an active environment, that of the path, and the system's. Nothing is started.
 */
export function findPythons(environment: Environment = process.env): readonly FoundPython[] {
  const named = environment['GRAFT_PYTHON']
  if (named !== undefined && named !== '') return [{ path: onPath(named, environment) ?? named, named: true }]
  const active = ['VIRTUAL_ENV', 'CONDA_PREFIX'].flatMap((name) => {
    const folder = environment[name]
    return folder === undefined ? [] : [join(folder, 'bin', 'python3'), join(folder, 'python.exe')]
  })
  const usual = ['python3', 'python'].map((name) => onPath(name, environment) ?? '')
  const here = [...active, ...usual, '/usr/bin/python3', '/usr/local/bin/python3'].filter(isProgram)
  // An environment's Python is a link to the one it was made from, yet has packages of its own.
  return [...new Set(here)].map((path) => ({ path, named: false }))
}

/** What tells one installation from another without starting it: the program, and when it was put there. */
export function installedPythons(environment: Environment = process.env): string {
  return findPythons(environment)
    .map(({ path }) => [path, ...factsOf(path)].join(' '))
    .join('; ')
}

/** A Python with a folder of PyTorch, and its version, as its files say; nothing is started. */
export function glimpseTorch(
  environment: Environment = process.env,
): { readonly path: string; readonly torch: string } | null {
  for (const { path } of findPythons(environment))
    for (const folder of foldersOf(path)) {
      const version = versionIn(join(folder, 'torch', 'version.py'))
      if (version !== null) return { path, torch: version }
    }
  return null
}

function foldersOf(path: string): readonly string[] {
  try {
    return packageFolders(path, realpathSync(path))
  } catch {
    return []
  }
}

function versionIn(file: string): string | null {
  try {
    return /^__version__ = '([^']+)'/m.exec(readFileSync(file, 'utf8'))?.[1] ?? null
  } catch {
    return null
  }
}

function factsOf(path: string): readonly string[] {
  try {
    const real = realpathSync(path)
    return [real, String(statSync(real).mtimeMs), ...packageFolders(path, real).map(changedAt)]
  } catch {
    return ['missing']
  }
}

/** Where a Python's packages may lie, its own first; they change when a package is added or replaced. */
function packageFolders(path: string, real: string): readonly string[] {
  const version = /python(3\.\d+)$/.exec(real)?.[1] ?? '3'
  const prefix = join(path, '..', '..')
  const isSystem = prefix === '/usr' || prefix === '/'
  return [
    join(prefix, 'lib', `python${version}`, 'site-packages'),
    join(prefix, 'local', 'lib', `python${version}`, 'dist-packages'),
    ...(isSystem ? ['/usr/lib/python3/dist-packages'] : []),
    join(process.env['HOME'] ?? '/', '.local', 'lib', `python${version}`, 'site-packages'),
  ]
}

function changedAt(folder: string): string {
  try {
    return String(statSync(folder).mtimeMs)
  } catch {
    return ''
  }
}

function onPath(name: string, environment: Environment): string | undefined {
  if (isAbsolute(name) || name.includes('/')) return isProgram(name) ? name : undefined
  const folders = (environment['PATH'] ?? '').split(delimiter).filter(Boolean)
  const endings = process.platform === 'win32' ? ['.exe', ''] : ['']
  return folders.flatMap((folder) => endings.map((ending) => join(folder, name + ending))).find(isProgram)
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return statSync(path).isFile()
  } catch {
    return false
  }
}
