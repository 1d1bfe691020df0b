/**
 * How the C library keeps memory in a process that computes. By itself glibc gives large blocks back as soon as they
 * are free, and takes small pages one by one: a training then spends its first steps, seconds of them, on page faults.
 * These let it keep blocks up to 32 MiB and ask for huge pages.
 */
const tunables = { hugetlb: '1', mmap_threshold: String(32 * 2 ** 20), trim_threshold: String(2 ** 30) }

/**
 * The environment for a process that computes with an engine; to be given when the process is started, since glibc
 * reads its tunables then. Other C libraries and systems ignore them. Those who have set `GLIBC_TUNABLES` for memory keep
 * what was set.
 */
export function computingEnvironment(inherited: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const given = inherited.GLIBC_TUNABLES
  if (given?.includes('glibc.malloc.') === true) return inherited
  return { ...inherited, GLIBC_TUNABLES: [...(given ? [given] : []), ...ours].join(':') }
}

const ours: readonly string[] = Object.entries(tunables).map(([name, value]) => `glibc.malloc.${name}=${value}`)

/** The environment without what `computingEnvironment` added: for a program that keeps its memory in its own way. */
export function inheritedEnvironment(computing: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const { GLIBC_TUNABLES: given, ...rest } = computing
  const kept = given?.split(':').filter((one) => !ours.includes(one)) ?? []
  return kept.length === 0 ? rest : { ...rest, GLIBC_TUNABLES: kept.join(':') }
}
