import { called, damaged, globalOf, storageOf } from './pickle-globals.js'
import { Global, Opaque, type PickleValue, Tuple } from './pickle-values.js'

/** Where a pickle ends in its bytes, and what it holds. */
export interface Unpickled {
  readonly value: PickleValue
  readonly end: number
}

/** The bytes ended before the pickle did: give more of them. */
export class PickleEnds extends Error {}

/**
 * Reads a pickle (protocols 0 to 5) as data. Names of Python are kept to a list (`pickle-globals.ts`); none is ever
 * looked up or run.
 * @throws FormatError naming what isn't on the list, or saying what is damaged; PickleEnds when bytes are missing
 */
export function unpickle(bytes: Uint8Array, from = 0): Unpickled {
  return new Machine(bytes, from).run()
}

class Machine {
  private readonly view: DataView
  private readonly memo = new Map<number, PickleValue>()
  private stack: PickleValue[] = []
  private readonly marks: PickleValue[][] = []

  constructor(
    private readonly bytes: Uint8Array,
    private at: number,
  ) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }

  run(): Unpickled {
    for (;;) {
      const code = this.byte()
      if (code === 0x2e) return { value: this.pop(), end: this.at }
      const step = steps[code]
      if (step === undefined)
        throw damaged(`it has the byte ${code} at ${this.at - 1}, where an instruction of a pickle belongs`)
      step(this)
    }
  }

  push(value: PickleValue): void {
    this.stack.push(value)
  }

  pop(): PickleValue {
    const value = this.stack.pop()
    if (value === undefined) throw damaged('an instruction of its pickle has no operand')
    return value
  }

  top(): PickleValue {
    const value = this.stack.at(-1)
    if (value === undefined) throw damaged('an instruction of its pickle has no operand')
    return value
  }

  mark(): void {
    this.marks.push(this.stack)
    this.stack = []
  }

  /** What was pushed since the last mark. */
  sinceMark(): PickleValue[] {
    const items = this.stack
    const before = this.marks.pop()
    if (before === undefined) throw damaged('its pickle ends a list that it has not begun')
    this.stack = before
    return items
  }

  byte(): number {
    return this.view.getUint8(this.take(1))
  }

  integer(bytes: 1 | 2 | 4): number {
    const at = this.take(bytes)
    if (bytes === 1) return this.view.getUint8(at)
    return bytes === 2 ? this.view.getUint16(at, true) : this.view.getUint32(at, true)
  }

  signed(): number {
    return this.view.getInt32(this.take(4), true)
  }

  long(): number {
    const value = this.view.getBigUint64(this.take(8), true)
    if (value > BigInt(this.bytes.length)) throw new PickleEnds('a length')
    return Number(value)
  }

  double(): number {
    return this.view.getFloat64(this.take(8), false)
  }

  raw(length: number): Uint8Array {
    const at = this.take(length)
    return this.bytes.subarray(at, at + length)
  }

  text(length: number): string {
    return new TextDecoder().decode(this.raw(length))
  }

  line(): string {
    const end = this.bytes.indexOf(0x0a, this.at)
    if (end < 0) throw new PickleEnds('a line')
    const text = this.text(end - this.at)
    this.at = end + 1
    return text
  }

  remember(key: number): void {
    this.memo.set(key, this.top())
  }

  rememberNext(): void {
    this.memo.set(this.memo.size, this.top())
  }

  recall(key: number): void {
    const value = this.memo.get(key)
    if (value === undefined) throw damaged(`its pickle refers to its value ${key}, which isn't there`)
    this.push(value)
  }

  private take(length: number): number {
    const at = this.at
    if (at + length > this.bytes.length) throw new PickleEnds('a value')
    this.at += length
    return at
  }
}

type Step = (machine: Machine) => void

const tupleOf =
  (count: number): Step =>
  (machine) => {
    const items = Array.from({ length: count }, () => machine.pop()).reverse()
    machine.push(new Tuple(items))
  }

const pushing =
  (value: (machine: Machine) => PickleValue): Step =>
  (machine) =>
    machine.push(value(machine))

function setItems(target: PickleValue, items: readonly PickleValue[]): void {
  if (target instanceof Opaque) return
  if (!(target instanceof Map)) throw damaged('its pickle puts entries into what is no dictionary')
  for (let index = 0; index + 1 < items.length; index += 2) target.set(items[index] ?? null, items[index + 1] ?? null)
}

function append(target: PickleValue, items: readonly PickleValue[]): void {
  if (target instanceof Opaque) return
  if (!Array.isArray(target)) throw damaged('its pickle appends to what is no list')
  for (const item of items) target.push(item)
}

const call: Step = (machine) => {
  const args = machine.pop()
  const callable = machine.pop()
  if (callable instanceof Opaque) return machine.push(callable)
  if (!(callable instanceof Global) || !(args instanceof Tuple)) throw damaged('its pickle calls what is no function')
  machine.push(called(callable, args.items))
}

/** INST and OBJ, of the oldest protocols: a class and what it is made of, since the last mark. */
const instance = (machine: Machine, name: PickleValue, args: readonly PickleValue[]): void => {
  if (!(name instanceof Global)) throw damaged('its pickle calls what is no function')
  machine.push(called(name, args))
}

const longestInteger = 1024

function bigInteger(bytes: Uint8Array): number | bigint {
  if (bytes.length > longestInteger) throw damaged(`its pickle has a number of ${bytes.length} bytes`)
  let value = 0n
  for (let index = bytes.length - 1; index >= 0; index--) value = (value << 8n) | BigInt(bytes[index] ?? 0)
  if ((bytes.at(-1) ?? 0) >= 128) value -= 1n << BigInt(8 * bytes.length)
  return plainInteger(value)
}

const plainInteger = (value: bigint): number | bigint =>
  value >= BigInt(Number.MIN_SAFE_INTEGER) && value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : value

function integerOfText(text: string): PickleValue {
  if (text === '00') return false
  if (text === '01') return true
  return numberOfText(text.replace(/L$/, ''))
}

function numberOfText(text: string): number {
  const number = Number(text)
  if (!Number.isFinite(number)) throw damaged(`its pickle has the number "${text.slice(0, 40)}"`)
  return number
}

/** What objects get as their state: of tensors and dictionaries nothing that matters here. */
const build: Step = (machine) => {
  machine.pop()
}

const memoised =
  (key: (machine: Machine) => number): Step =>
  (machine) =>
    machine.remember(key(machine))

const global: Step = (machine) => {
  const module = machine.line()
  machine.push(globalOf(`${module}.${machine.line()}`))
}

const stackGlobal: Step = (machine) => {
  const [name, module] = [machine.pop(), machine.pop()]
  if (typeof name !== 'string' || typeof module !== 'string') throw damaged('its pickle names what is no name')
  machine.push(globalOf(`${module}.${name}`))
}

/** The instructions by their byte (CPython's Lib/pickletools.py). */
const steps: Readonly<Record<number, Step>> = {
  0x80: (machine) => void machine.byte(), // PROTO
  0x95: (machine) => void machine.raw(8), // FRAME
  0x28: (machine) => machine.mark(), // MARK
  0x30: (machine) => void machine.pop(), // POP
  0x31: (machine) => void machine.sinceMark(), // POP_MARK
  0x32: (machine) => machine.push(machine.top()), // DUP
  0x4e: pushing(() => null), // NONE
  0x88: pushing(() => true),
  0x89: pushing(() => false),
  0x4a: pushing((machine) => machine.signed()), // BININT
  0x4b: pushing((machine) => machine.integer(1)),
  0x4d: pushing((machine) => machine.integer(2)),
  0x8a: pushing((machine) => bigInteger(machine.raw(machine.integer(1)))), // LONG1
  0x8b: pushing((machine) => bigInteger(machine.raw(machine.integer(4)))),
  0x49: pushing((machine) => integerOfText(machine.line())), // INT
  0x4c: pushing((machine) => integerOfText(machine.line())), // LONG
  0x46: pushing((machine) => Number(machine.line())), // FLOAT
  0x47: pushing((machine) => machine.double()), // BINFLOAT
  0x58: pushing((machine) => machine.text(machine.integer(4))), // BINUNICODE
  0x8c: pushing((machine) => machine.text(machine.integer(1))),
  0x8d: pushing((machine) => machine.text(machine.long())),
  0x56: pushing((machine) => machine.line()), // UNICODE
  0x53: pushing((machine) => machine.line().replace(/^(['"])(.*)\1$/, '$2')), // STRING
  0x54: pushing((machine) => machine.text(machine.integer(4))), // BINSTRING
  0x55: pushing((machine) => machine.text(machine.integer(1))),
  0x42: pushing((machine) => machine.raw(machine.integer(4))), // BINBYTES
  0x43: pushing((machine) => machine.raw(machine.integer(1))),
  0x8e: pushing((machine) => machine.raw(machine.long())),
  0x96: pushing((machine) => machine.raw(machine.long())), // BYTEARRAY8
  0x5d: pushing(() => []), // EMPTY_LIST
  0x7d: pushing(() => new Map()), // EMPTY_DICT
  0x29: pushing(() => new Tuple([])),
  0x8f: pushing(() => []), // EMPTY_SET
  0x85: tupleOf(1),
  0x86: tupleOf(2),
  0x87: tupleOf(3),
  0x74: pushing((machine) => new Tuple(machine.sinceMark())), // TUPLE
  0x6c: pushing((machine) => machine.sinceMark()), // LIST
  0x91: pushing((machine) => machine.sinceMark()), // FROZENSET
  0x64: (machine) => {
    const items = machine.sinceMark()
    const map = new Map<PickleValue, PickleValue>()
    setItems(map, items)
    machine.push(map)
  }, // DICT
  0x61: (machine) => {
    const item = machine.pop()
    append(machine.top(), [item])
  }, // APPEND
  0x65: (machine) => {
    const items = machine.sinceMark()
    append(machine.top(), items)
  }, // APPENDS
  0x90: (machine) => {
    const items = machine.sinceMark()
    append(machine.top(), items)
  }, // ADDITEMS
  0x73: (machine) => {
    const [value, key] = [machine.pop(), machine.pop()]
    setItems(machine.top(), [key, value])
  }, // SETITEM
  0x75: (machine) => {
    const items = machine.sinceMark()
    setItems(machine.top(), items)
  }, // SETITEMS
  0x63: global,
  0x93: stackGlobal,
  0x52: call, // REDUCE
  0x81: call, // NEWOBJ
  0x92: (machine) => {
    machine.pop()
    call(machine)
  }, // NEWOBJ_EX
  0x69: (machine) => {
    const module = machine.line()
    const name = globalOf(`${module}.${machine.line()}`)
    instance(machine, name, machine.sinceMark())
  }, // INST
  0x6f: (machine) => {
    const [name = null, ...args] = machine.sinceMark()
    instance(machine, name, args)
  }, // OBJ
  0x62: build, // BUILD
  0x51: (machine) => machine.push(storageOf(machine.pop())), // BINPERSID
  0x71: memoised((machine) => machine.integer(1)), // BINPUT
  0x72: memoised((machine) => machine.integer(4)), // LONG_BINPUT
  0x70: memoised((machine) => numberOfText(machine.line())), // PUT
  0x94: (machine) => machine.rememberNext(), // MEMOIZE
  0x68: (machine) => machine.recall(machine.integer(1)),
  0x6a: (machine) => machine.recall(machine.integer(4)),
  0x67: (machine) => machine.recall(numberOfText(machine.line())),
}
