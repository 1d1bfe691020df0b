import { isIP } from 'node:net'

/**
 * Whether a `Host` header is one that this server goes by. DNS rebinding makes a browser send requests under the
 * attacker's own name, so names are only accepted when they are known; IP addresses can't be rebound.
 */
export function isAllowedHost(header: string | undefined, allowed: readonly string[]): boolean {
  const name = hostName(header)
  if (name === null) return false
  return name === 'localhost' || isIP(name.replace(/^\[|\]$/g, '')) !== 0 || allowed.includes(name)
}

/**
 * Whether a request may come from a page of this origin; requests without an origin don't come from a page of another
 * site.
 */
export function isAllowedOrigin(
  origin: string | undefined,
  host: string | undefined,
  allowed: readonly string[],
): boolean {
  if (origin === undefined) return true
  if (!URL.canParse(origin)) return false
  const { host: from, protocol, origin: normal } = new URL(origin)
  if (allowed.includes(normal)) return true
  return (
    (protocol === 'http:' || protocol === 'https:') &&
    host !== undefined &&
    from.toLowerCase() === host.toLowerCase().replace(/:(80|443)$/, '')
  )
}

function hostName(header: string | undefined): string | null {
  const match = /^(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(?::\d{1,5})?$/i.exec(header ?? '')
  return match?.[1]?.toLowerCase() ?? null
}
