import { open } from 'node:fs/promises'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { fix, refusing } from './refuse.js'

/** Functions of `process` that stay: what tells about this process, and what Node itself calls by this object. */
const functions = [
  ...[
    'assert',
    'availableMemory',
    'constrainedMemory',
    'cpuUsage',
    'cwd',
    'emitWarning',
    'exit',
    'getActiveResourcesInfo',
  ],
  ...['getBuiltinModule', 'getegid', 'geteuid', 'getgid', 'getgroups', 'getuid', 'hasUncaughtExceptionCaptureCallback'],
  ...['hrtime', 'memoryUsage', 'nextTick', 'reallyExit', 'ref', 'resourceUsage', 'setSourceMapsEnabled'],
  ...['setUncaughtExceptionCaptureCallback', 'threadCpuUsage', 'unref', 'uptime'],
  ...['_fatalException', '_rawDebug', '_tickCallback'],
]
/** Objects of `process` that stay. `report`, which writes files, is not one of them. */
const objects = [
  ...['_events', '_exiting', '_maxListeners', '_preload_modules', 'allowedNodeEnvironmentFlags', 'argv', 'config'],
  ...['domain', 'env', 'execArgv', 'exitCode', 'features', 'finalization', 'mainModule', 'moduleLoadList'],
  ...['permission', 'release', 'sourceMapsEnabled', 'stderr', 'stdin', 'stdout', 'versions'],
]

/**
 * Closes everything of `process` that reaches other processes, inner bindings, native code, the account or the disk
 * (`kill`, `binding`, `dlopen`, `setuid`, `chdir`, `abort`, `report`, `execve`, ...), also what later versions of Node
 * bring.
 */
export function closeProcess(): void {
  for (const name of Object.getOwnPropertyNames(process)) {
    const { value, get } = Object.getOwnPropertyDescriptor(process, name) ?? {}
    if (typeof value === 'function') {
      if (!functions.includes(name)) fix(process, name, refusing('ChildProcess', `process.${name}`))
    } else if ((get !== undefined || (typeof value === 'object' && value !== null)) && !objects.includes(name))
      fix(process, name, undefined)
  }
}

const handleReads = ['close', 'constructor', 'createReadStream', 'getAsyncId', 'read', 'readFile', 'readLines']
const handleMore = ['readableWebStream', 'readv', 'stat']

/** An open file can be read and no more: Node's permission model doesn't ask when its mode or times are changed. */
export async function closeFileHandles(): Promise<void> {
  const file = await open(fileURLToPath(import.meta.url))
  const prototype = Object.getPrototypeOf(file) as object
  await file.close()
  for (const name of Object.getOwnPropertyNames(prototype)) {
    const { value } = Object.getOwnPropertyDescriptor(prototype, name) ?? {}
    if (typeof value === 'function' && ![...handleReads, ...handleMore].includes(name))
      fix(prototype, name, refusing('FileSystemWrite', `FileHandle.${name}`))
  }
}
