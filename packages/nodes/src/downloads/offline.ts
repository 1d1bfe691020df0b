/** The variables that forbid connections, ours first. */
const switches = ['GRAFT_OFFLINE', 'HF_HUB_OFFLINE'] as const

type Environment = Readonly<Record<string, string | undefined>>

/** The variable that forbids connections; null when they are allowed. */
export function offlineBy(environment: Environment = process.env): string | null {
  return switches.find((name) => /^(1|true|yes|on)$/i.test(environment[name] ?? '')) ?? null
}
