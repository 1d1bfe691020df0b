/** What was missing, in the words of Node's permission model; see `rights` in host/failures.ts. */
export type MissingRight = 'FileSystemWrite' | 'ChildProcess' | 'Network' | 'Builtin'

/** A function that does nothing but say what it would have needed. It can also be called with `new`. */
export function refusing(permission: MissingRight, name: string): (...given: readonly unknown[]) => never {
  return function refuse(first?: unknown): never {
    const resource =
      permission === 'FileSystemWrite' && (typeof first === 'string' || first instanceof URL) ? String(first) : name
    throw Object.assign(new Error(`${name} is not permitted to this plugin.`), { permission, resource })
  }
}

/**
 * Puts a value in the place of a property for good. False where the property is fixed already; such are constants of
 * Node.
 */
export function fix(target: object, name: PropertyKey, value: unknown): boolean {
  return Reflect.defineProperty(target, name, { value, writable: false, configurable: false, enumerable: true })
}
