import dgram from 'node:dgram'
import dns from 'node:dns'
import { syncBuiltinESMExports } from 'node:module'
import net from 'node:net'
import process from 'node:process'

type Replaceable = Record<string, unknown>

/**
 * Takes away every documented way to the network, before the plugin is loaded. Node's permission model (up to Node 24)
 * has no such switch. It keeps honest code honest and makes the failure readable; code that wants out can find
 * undocumented ways, which only the network namespace (see host/isolation-tools.ts) closes.
 */
export function denyNetwork(): void {
  const refuse = (what: string) => (): never => {
    throw Object.assign(new Error(`${what} needs the network, which this plugin was not permitted to use.`), {
      permission: 'Network',
      resource: what,
    })
  }
  replace(net.Socket.prototype, ['connect'], refuse)
  replace(net.Server.prototype, ['listen'], refuse)
  replace(dgram.Socket.prototype, ['bind', 'connect', 'send', 'sendto'], refuse)
  replace(dgram, ['createSocket'], refuse)
  for (const resolver of [dns, dns.promises, dns.Resolver.prototype, dns.promises.Resolver.prototype]) {
    replace(
      resolver,
      Object.getOwnPropertyNames(resolver).filter((name) => /^(lookup|resolve|reverse)/.test(name)),
      refuse,
    )
  }
  replace(
    globalThis,
    ['fetch', 'WebSocket', 'EventSource'].filter((name) => name in globalThis),
    refuse,
  )
  syncBuiltinESMExports()
}

/** Signals to other processes, and Node's inner bindings, which lead around everything above. */
export function denyProcessControl(): void {
  const refuse = (what: string) => (): never => {
    throw Object.assign(new Error(`process.${what} is not permitted in plugins.`), {
      permission: 'ChildProcess',
      resource: `process.${what}`,
    })
  }
  replace(
    process,
    ['kill', '_kill', 'binding', '_linkedBinding', 'dlopen', '_debugProcess'].filter((name) => name in process),
    refuse,
  )
  syncBuiltinESMExports()
}

function replace(target: object, names: readonly string[], refuse: (what: string) => () => never): void {
  for (const name of names) {
    Object.defineProperty(target as Replaceable, name, {
      value: refuse(name),
      writable: false,
      configurable: false,
      enumerable: true,
    })
  }
}
