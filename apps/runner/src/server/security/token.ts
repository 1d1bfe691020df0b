import { createHash, timingSafeEqual } from 'node:crypto'

export const tokenLength = 32

/**
 * Whether a given token is the right one; takes the same time whatever the difference. No token asked for: anything is
 * right.
 */
export function isRightToken(given: string | undefined, expected: string | null): boolean {
  if (expected === null) return true
  return timingSafeEqual(digest(given ?? ''), digest(expected))
}

/** The token of an `Authorization: Bearer` header. */
export function bearerToken(header: string | undefined): string | undefined {
  return /^Bearer ([\x21-\x7e]{1,4096})$/i.exec(header ?? '')?.[1]
}

/** Hashes are of one length, which the comparison needs. */
function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}
