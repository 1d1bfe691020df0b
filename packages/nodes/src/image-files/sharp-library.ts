import type Sharp from 'sharp'

export type SharpLibrary = typeof Sharp

/**
 * Loads sharp when it is first used: finding its modules takes a tenth of a second, which most commands don't need to
 * spend.
 */
export async function loadSharp(): Promise<SharpLibrary> {
  return (await import('sharp')).default
}
