import { BlockList, isIPv6, Socket } from 'node:net'
import { networkInterfaces } from 'node:os'
import { getSystemErrorMap } from 'node:util'
import { fix, refusing } from './refuse.js'

interface WithHandle {
  readonly _handle?: object | null
}

const opening = ['bind', 'bind6', 'connect', 'connect6', 'fchmod', 'listen', 'open', 'setPendingInstances']

/**
 * Unix sockets and named pipes lie in the file system: binding one creates a file, and behind others are services that
 * can do anything. The handles under `streams` are of the only class that reaches them.
 */
export function closePipes(streams: readonly object[]): void {
  const found = streams.flatMap((stream) => {
    const handle = (stream as WithHandle)._handle
    return handle ? prototypesOf(handle) : []
  })
  if (found.length === 0) throw new Error('The handles of the standard streams were not found.')
  for (const prototype of found)
    for (const name of opening)
      if (Object.hasOwn(prototype, name)) fix(prototype, name, refusing('Network', `a local socket (${name})`))
}

function prototypesOf(handle: object): object[] {
  const above = Object.getPrototypeOf(handle) as object | null
  return above === null || above === Object.prototype ? [] : [above, ...prototypesOf(above)]
}

/**
 * The network is not this machine: services on it, such as a Graft without a token, trust whoever can connect. Every
 * TCP connection of Node passes here, with the address already looked up.
 */
export function closeThisMachine(): void {
  const probe = new Socket()
  probe.on('error', () => undefined).connect(1, '127.0.0.1')
  const handle = (probe as WithHandle)._handle
  const prototype = handle ? (Object.getPrototypeOf(handle) as Record<string, unknown>) : null
  // Destroyed before the turn in which it would connect.
  probe.destroy()
  if (prototype === null) throw new Error('The handle of a socket was not found.')
  const isHere = addressesOfThisMachine()
  const denied = [...getSystemErrorMap()].find(([, [name]]) => name === 'EACCES')?.[0] ?? -13
  for (const name of ['connect', 'connect6']) {
    const original = prototype[name] as (request: object, address: string, port: number) => number
    fix(prototype, name, function connect(this: object, request: object, address: string, port: number): number {
      return isHere(`${address}`) ? denied : original.call(this, request, `${address}`, port)
    })
  }
}

/** Loopback, "any address", and the addresses of its network devices. */
function addressesOfThisMachine(): (address: string) => boolean {
  const here = new BlockList()
  here.addSubnet('127.0.0.0', 8)
  here.addSubnet('0.0.0.0', 8)
  here.addAddress('::1', 'ipv6')
  here.addAddress('::', 'ipv6')
  for (const { address } of Object.values(networkInterfaces()).flatMap((each) => each ?? []))
    here.addAddress(withoutZone(address), isIPv6(withoutZone(address)) ? 'ipv6' : 'ipv4')
  return (address) => {
    const plain = withoutZone(address)
    return here.check(plain, isIPv6(plain) ? 'ipv6' : 'ipv4')
  }
}

const withoutZone = (address: string): string => address.replace(/%.*$/, '')
