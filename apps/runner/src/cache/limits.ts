const gigabyte = 1e9
const megabyte = 2 ** 20

/** What is kept may take this much, in bytes. */
export interface CacheLimits {
  /** On disk: results, artifacts and derived data. */
  readonly disk: number
  /** In memory: the caches of one process. */
  readonly memory: number
}

const defaults: CacheLimits = { disk: 20 * gigabyte, memory: 512 * megabyte }

/**
 * The limits of this process: `$GRAFT_CACHE_LIMIT_GB` (else 20) and `$GRAFT_MEMORY_LIMIT_MB` (else 512). A value that
 * isn't a positive number counts as absent.
 */
export function cacheLimits(environment: Readonly<Record<string, string | undefined>> = process.env): CacheLimits {
  const [gigabytes, megabytes] = [Number(environment.GRAFT_CACHE_LIMIT_GB), Number(environment.GRAFT_MEMORY_LIMIT_MB)]
  return {
    disk: gigabytes > 0 ? gigabytes * gigabyte : defaults.disk,
    memory: megabytes > 0 ? megabytes * megabyte : defaults.memory,
  }
}

/** The variables that give a child process these limits. */
export function environmentOf({ disk, memory }: CacheLimits): Readonly<Record<string, string>> {
  return { GRAFT_CACHE_LIMIT_GB: String(disk / gigabyte), GRAFT_MEMORY_LIMIT_MB: String(memory / megabyte) }
}
