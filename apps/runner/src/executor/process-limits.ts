import { readFileSync } from 'node:fs'

/** What the system lets this process and its children have; null: no limit, or nobody tells. */
export interface ProcessLimits {
  readonly openFiles: number | null
  readonly addressSpace: number | null
}

/** Below this a run on a few threads can run out of open files. */
const fewFiles = 256

/** As Linux tells; of other systems only the number of files is known. */
export function readProcessLimits(text: string = readLimits()): ProcessLimits {
  const soft = (name: string): number | null => {
    const value = Number(new RegExp(`^${name}\\s+(\\d+)`, 'm').exec(text)?.[1] ?? Number.NaN)
    return Number.isFinite(value) ? value : null
  }
  return { openFiles: soft('Max open files') ?? openFilesByNode(), addressSpace: soft('Max address space') }
}

/** Asked of the system without opening a file: where files have run out, the text of Linux can't be read either. */
function openFilesByNode(): number | null {
  const report = process.report?.getReport() as unknown as { readonly userLimits?: Record<string, { soft: unknown }> }
  const value = report?.userLimits?.['open_files']?.soft
  return typeof value === 'number' ? value : null
}

/** The limit that an error most likely comes from, and how to raise it; null when it comes from none. */
export function limitBehind(error: string, limits: ProcessLimits = readProcessLimits()): string | null {
  const { openFiles, addressSpace } = limits
  // A database that can't be opened says only so (SQLite's code 14).
  const isOpening = /unable to open|ConnectionFailed/i.test(error) && openFiles !== null && openFiles < fewFiles
  if (/too many open files|EMFILE|ENFILE/i.test(error) || isOpening)
    return `The system lets a process open ${openFiles ?? 'only so many'} files at once. Raise that limit (\`ulimit -n 4096\`) and run again.`
  const isMemory =
    /SIGTRAP|SIGABRT|ERR_DLOPEN_FAILED|failed to map segment|creating thread|pthread_create|spawn worker thread|resource temporarily unavailable|out of memory|bad_alloc|cannot allocate|failed to allocate|ENOMEM|EAGAIN|RangeError: .*(memory|allocation)|panicked/i.test(
      error,
    )
  if (isMemory && addressSpace !== null)
    return `The system gives a process ${(addressSpace / 2 ** 30).toFixed(1)} GB of address space, of which engines and decoders reserve several. Raise that limit (\`ulimit -v unlimited\`) and run again.`
  return null
}

function readLimits(): string {
  try {
    return readFileSync('/proc/self/limits', 'utf8')
  } catch {
    return ''
  }
}
