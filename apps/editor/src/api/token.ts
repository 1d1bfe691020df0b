const key = 'graft.token'

/**
 * Takes the token out of the address (`#token=...`, which browsers don't send), so that it doesn't stay in the history.
 */
export function adoptToken(
  location: Pick<Location, 'hash' | 'pathname' | 'search'>,
  replace: (address: string) => void,
): void {
  const hash = new URLSearchParams(location.hash.replace(/^#/, ''))
  const token = hash.get('token')
  if (token === null) return
  keepToken(token)
  hash.delete('token')
  replace(`${location.pathname}${location.search}${hash.size === 0 ? '' : `#${hash.toString()}`}`)
}

/** Uses a token from now on, in this tab. */
export function keepToken(token: string): void {
  current = token
  try {
    sessionStorage.setItem(key, token)
  } catch {
    // Storage is off: the page asks again after a reload.
  }
}

let current: string | null | undefined

/** The token this page was opened with, or null: on loopback none is needed. */
export function readToken(): string | null {
  if (current !== undefined) return current
  try {
    current = globalThis.sessionStorage?.getItem(key) ?? null
  } catch {
    current = null
  }
  return current
}

export function authorization(): Readonly<Record<string, string>> {
  const token = readToken()
  return token === null ? {} : { authorization: `Bearer ${token}` }
}
