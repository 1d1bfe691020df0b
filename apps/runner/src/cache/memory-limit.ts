const megabyte = 2 ** 20
const defaultMegabytes = 512

/**
 * How much caches may take in memory: `$GRAFT_MEMORY_LIMIT_MB`, else 512 MB, in bytes. A value that is no positive
 * number counts as absent.
 */
export function memoryLimit(environment: Readonly<Record<string, string | undefined>> = process.env): number {
  const megabytes = Number(environment.GRAFT_MEMORY_LIMIT_MB)
  return (megabytes > 0 ? megabytes : defaultMegabytes) * megabyte
}
