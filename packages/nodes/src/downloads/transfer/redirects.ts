import { BlockList, isIP } from 'node:net'
import { DownloadError, shownAddress } from '../download-error.js'

const mostRedirects = 10

/** Addresses that only this machine or its own network reaches. */
const inside = new BlockList()
for (const [network, prefix] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
] as const)
  inside.addSubnet(network, prefix)
for (const [network, prefix] of [
  ['::', 127],
  ['fc00::', 7],
  ['fe80::', 10],
] as const)
  inside.addSubnet(network, prefix, 'ipv6')

/** Whether a host, as written, is this machine or in a private network. Names other than `localhost` aren't looked up. */
export function isInside(hostname: string): boolean {
  const host = hostname.replace(/^\[|\]$/g, '').toLowerCase()
  const family = isIP(host)
  if (family === 0) return host === 'localhost' || host.endsWith('.localhost')
  return inside.check(host, family === 6 ? 'ipv6' : 'ipv4')
}

/**
 * Where an answer leads. A public server may not lead to this machine or a private network, nor from https to http.
 * @throws DownloadError naming the rule
 */
export function followRedirect(from: URL, location: string | undefined, followed: number): URL {
  const refuse = (why: string): DownloadError =>
    new DownloadError('refused', `${shownAddress(from)} leads elsewhere, ${why}.`)
  if (location === undefined || !URL.canParse(location, from.href)) throw refuse('without saying where')
  const to = new URL(location, from)
  if (followed >= mostRedirects) throw refuse(`and so on, more than ${mostRedirects} times`)
  if (to.protocol !== 'https:' && to.protocol !== 'http:') throw refuse(`to ${to.protocol}, which is not http or https`)
  if (from.protocol === 'https:' && to.protocol === 'http:')
    throw refuse(`from https to ${shownAddress(to)}, where anyone could change the file on its way`)
  if (isInside(to.hostname) && !isInside(from.hostname))
    throw refuse(`to ${to.host}, which only this machine or its own network reaches`)
  return to
}
