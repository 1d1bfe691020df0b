import module, { createRequire, syncBuiltinESMExports } from 'node:module'
import type { PluginPermissions } from '../../manifest/plugin-manifest.js'
import { allowedBuiltins, missingRightFor } from './allowed-builtins.js'
import { fix, refusing } from './refuse.js'

export type WallPermissions = Pick<PluginPermissions, 'network' | 'childProcesses'>

/** Modules that some versions of Node have without listing them. */
const unlisted = ['node:test', 'node:test/reporters', 'node:sea', 'node:sqlite', 'node:quic', 'node:ffi']

/**
 * Empties every built-in module of what plugins may not use. There is one object behind every way to a module
 * (`import`, `require`, `createRequire`, `process.getBuiltinModule`, `Module._load`, with and without `node:`), so no
 * way is left around it.
 */
export function closeBuiltins(permissions: WallPermissions): void {
  const require = createRequire(import.meta.url)
  for (const name of new Set([...module.builtinModules, ...unlisted.filter((name) => module.isBuiltin(name))])) {
    const plain = name.replace(/^node:/, '')
    const keeps = keeper(plain, permissions)
    if (keeps === null) continue
    const exported = loaded(require, name)
    if (exported !== null) closeExports(plain, exported, keeps)
  }
  syncBuiltinESMExports()
}

/** Which exports of a module stay; null: all of them. */
function keeper(name: string, permissions: WallPermissions): ((key: string) => boolean) | null {
  const allowed = Object.hasOwn(allowedBuiltins, name) ? allowedBuiltins[name] : undefined
  if (allowed === undefined) return () => false
  if (allowed === 'all') return null
  if ('with' in allowed) return permissions[allowed.with] ? null : () => false
  if ('only' in allowed) return (key) => allowed.only.includes(key)
  return (key) => !allowed.without.includes(key)
}

/** A module that can't be loaded here can't be by a plugin either. */
function loaded(require: NodeJS.Require, name: string): object | null {
  try {
    return require(name) as object
  } catch {
    return null
  }
}

/** Functions refuse; objects, which may hold functions, are gone; plain values harm nobody. */
function closeExports(module: string, exported: object, keeps: (key: string) => boolean): void {
  for (const key of Object.getOwnPropertyNames(exported)) {
    if (keeps(key) || (typeof exported === 'function' && ['prototype', 'length', 'name'].includes(key))) continue
    const { value } = Object.getOwnPropertyDescriptor(exported, key) ?? {}
    if (typeof value === 'function') fix(exported, key, refusing(missingRightFor(module), `${module}.${key}`))
    else if (value === undefined || typeof value === 'object') fix(exported, key, undefined)
  }
}
