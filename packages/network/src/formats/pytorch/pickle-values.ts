/** What a pickle of PyTorch may consist of; plain data, nothing of it can be called. */
export type PickleValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | PickleList
  | PickleMap
  | Tuple
  | Global
  | Opaque
  | Storage
  | TensorPlace

export type PickleList = PickleValue[]
export type PickleMap = Map<PickleValue, PickleValue>

export class Tuple {
  constructor(readonly items: readonly PickleValue[]) {}
}

/** A name of Python, `torch._utils._rebuild_tensor_v2`, that is on the list of those known. */
export class Global {
  constructor(readonly name: string) {}
}

/** An object of a known harmless class that says nothing of the weights (settings of a training run, a date). */
export class Opaque {
  constructor(readonly name: string) {}
}

/** Numbers in the file, which tensors are views of. */
export class Storage {
  constructor(
    readonly key: string,
    /** Of safetensors' names: F32, I64; null where only the tensor says it. */
    readonly elementType: string | null,
    /** In elements; in bytes where there is no element type. */
    readonly count: number,
    /** Of a view into another storage (files before 1.6): from which of its elements on. */
    readonly offset = 0,
  ) {}
}

/** A tensor: which elements of a storage are its values. Offset and strides in elements. */
export class TensorPlace {
  constructor(
    readonly storage: Storage,
    readonly elementType: string,
    readonly offset: number,
    readonly shape: readonly number[],
    readonly strides: readonly number[],
  ) {}
}
