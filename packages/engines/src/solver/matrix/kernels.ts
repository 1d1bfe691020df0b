import { wasm } from './kernels-wasm.js'

/** The inner loops of `kernels.wat`; places are bytes from the start of their memory, lengths count numbers. */
interface Loops {
  addDots(
    a0: number,
    a1: number,
    b0: number,
    b1: number,
    b2: number,
    b3: number,
    length: number,
    out: number,
    stride: number,
  ): void
  dot(a: number, b: number, length: number): number
  addRows(
    o0: number,
    o1: number,
    r0: number,
    r1: number,
    r2: number,
    r3: number,
    f0: number,
    f1: number,
    f2: number,
    f3: number,
    g0: number,
    g1: number,
    g2: number,
    g3: number,
    length: number,
  ): void
  addRow(out: number, row: number, factor: number, length: number): void
  timesSymmetric(matrix: number, stride: number, size: number, x: number, y: number): void
  lessPair(matrix: number, stride: number, size: number, a: number, b: number): void
}

/** Numbers in memory of their own, and loops over them that take two at a time. */
export interface Kernels extends Loops {
  readonly numbers: Float64Array
}

/** What is used of the global object of that name, which Node's types leave out. */
interface WebAssemblyApi {
  readonly Module: new (bytes: Uint8Array) => object
  readonly Instance: new (module: object) => { readonly exports: unknown }
}

interface Exports extends Loops {
  readonly memory: { readonly buffer: ArrayBuffer; grow(pages: number): number }
}

const pageBytes = 65_536
let compiled: object | undefined

/** Kernels over `count` numbers, which start as zeros. Throws a RangeError for more than 4 GiB. */
export function openKernels(count: number): Kernels {
  const { Instance, Module } = (globalThis as unknown as { readonly WebAssembly: WebAssemblyApi }).WebAssembly
  compiled ??= new Module(Uint8Array.from(atob(wasm), (letter) => letter.charCodeAt(0)))
  const { memory, ...loops } = new Instance(compiled).exports as Exports
  memory.grow(Math.ceil((count * Float64Array.BYTES_PER_ELEMENT) / pageBytes))
  return { numbers: new Float64Array(memory.buffer), ...loops }
}
