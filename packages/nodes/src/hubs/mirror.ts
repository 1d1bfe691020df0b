/**
 * An address of a hub, or the one that stands in for it: with `GRAFT_MIRROR=https://mirror.example/models`,
 * `https://download.pytorch.org/models/x.pth` is asked for at `https://mirror.example/models/download.pytorch.org/models/x.pth`.
 * For networks without a way out, and for tests.
 */
export function mirrored(address: string, environment: NodeJS.ProcessEnv = process.env): string {
  const mirror = environment.GRAFT_MIRROR
  return mirror ? address.replace(/^https?:\//, mirror.replace(/\/+$/, '')) : address
}
