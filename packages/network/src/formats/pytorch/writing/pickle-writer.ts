import { joined } from '../../support/write-zip.js'

/** The few opcodes of protocol 2 that a state dict needs. */
const opcodes = {
  protocol: 0x80,
  mark: 0x28,
  global: 0x63,
  emptyTuple: 0x29,
  reduce: 0x52,
  text: 0x58,
  int: 0x4a,
  long: 0x8a,
  tuple: 0x74,
  false: 0x89,
  persistentId: 0x51,
  emptyDict: 0x7d,
  setItem: 0x73,
  setItems: 0x75,
  build: 0x62,
  stop: 0x2e,
} as const

/** Writes a pickle as Python's `pickle` would (protocol 2), value by value. */
export class PickleWriter {
  private readonly parts: Uint8Array[] = [Uint8Array.of(opcodes.protocol, 2)]

  op(name: keyof typeof opcodes): this {
    return this.push(Uint8Array.of(opcodes[name]))
  }

  /** A class or function by module and name. */
  global(module: string, name: string): this {
    return this.op('global').push(new TextEncoder().encode(`${module}\n${name}\n`))
  }

  text(value: string): this {
    const bytes = new TextEncoder().encode(value)
    return this.op('text').push(number(bytes.length)).push(bytes)
  }

  integer(value: number): this {
    if (value < 2 ** 31) return this.op('int').push(number(value))
    const bytes: number[] = []
    for (let rest = value; rest > 0; rest = Math.floor(rest / 256)) bytes.push(rest % 256)
    if ((bytes.at(-1) ?? 0) >= 128) bytes.push(0)
    return this.op('long').push(Uint8Array.of(bytes.length, ...bytes))
  }

  integers(values: readonly number[]): this {
    this.op('mark')
    for (const value of values) this.integer(value)
    return this.op('tuple')
  }

  finish(): Uint8Array {
    return joined([...this.parts, Uint8Array.of(opcodes.stop)])
  }

  private push(bytes: Uint8Array): this {
    this.parts.push(bytes)
    return this
  }
}

function number(value: number): Uint8Array {
  const bytes = new Uint8Array(4)
  new DataView(bytes.buffer).setInt32(0, value, true)
  return bytes
}
