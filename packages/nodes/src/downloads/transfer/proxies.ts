type Environment = Readonly<Record<string, string | undefined>>

/** The proxy that the environment names for an address, as curl and pip read it; null: none. */
export function proxyFor(address: URL, environment: Environment = process.env): string | null {
  const value = (name: string): string => environment[name.toLowerCase()] ?? environment[name] ?? ''
  if (isExcluded(address, value('NO_PROXY'))) return null
  const named = address.protocol === 'https:' ? value('HTTPS_PROXY') : value('HTTP_PROXY')
  const proxy = named || value('ALL_PROXY')
  if (proxy === '') return null
  return proxy.includes('://') ? proxy : `http://${proxy}`
}

/** By `NO_PROXY`: hosts with all below them, with or without a port and a leading dot, or `*` for all. */
function isExcluded({ hostname, port, protocol }: URL, list: string): boolean {
  const ofAddress = port || (protocol === 'https:' ? '443' : '80')
  return list.split(/[\s,]+/).some((entry) => {
    if (entry === '*') return true
    const [, host = '', ofEntry] = /^\*?\.?(.+?)(?::(\d+))?$/.exec(entry.toLowerCase()) ?? []
    if (host === '' || (ofEntry !== undefined && ofEntry !== ofAddress)) return false
    return hostname === host || hostname.endsWith(`.${host}`)
  })
}
