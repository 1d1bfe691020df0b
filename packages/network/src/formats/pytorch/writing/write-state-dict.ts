import { writeZip } from '../../support/write-zip.js'
import { PickleWriter } from './pickle-writer.js'
import type { StateTensor } from '../../state-dict/state-dict-of.js'

/**
 * A state dict as `torch.save` writes it (the zip layout of PyTorch 1.6 and later): a pickle of an OrderedDict that
 * says how tensors are rebuilt, and one entry per tensor with its values, little-endian. `torch.load` reads it with
 * `weights_only=True`. Throws FormatError over 4 GB.
 * @param version what the model says of its layers' names, where it asks for it when it loads (see `Architecture`)
 */
export function writeStateDict(tensors: ReadonlyMap<string, StateTensor>, version?: number): Uint8Array {
  const text = (value: string): Uint8Array => new TextEncoder().encode(value)
  return writeZip([
    { name: 'archive/data.pkl', bytes: pickled(tensors, version) },
    { name: 'archive/byteorder', bytes: text('little') },
    ...[...tensors.values()].map(({ data }, index) => ({ name: `archive/data/${index}`, bytes: bytesOf(data) })),
    { name: 'archive/version', bytes: text('3\n') },
  ])
}

function pickled(tensors: ReadonlyMap<string, StateTensor>, version: number | undefined): Uint8Array {
  const pickle = new PickleWriter()
  const emptyDict = (): PickleWriter => pickle.global('collections', 'OrderedDict').op('emptyTuple').op('reduce')
  emptyDict().op('mark')
  let index = 0
  for (const [name, { shape, data }] of tensors) {
    pickle.text(name).global('torch._utils', '_rebuild_tensor_v2').op('mark')
    pickle.op('mark').text('storage')
    pickle.global('torch', data instanceof Float32Array ? 'FloatStorage' : 'LongStorage')
    pickle.text(String(index)).text('cpu').integer(data.length).op('tuple').op('persistentId')
    pickle.integer(0).integers(shape).integers(stridesOf(shape)).op('false')
    emptyDict().op('tuple').op('reduce')
    index += 1
  }
  pickle.op('setItems')
  if (version !== undefined) {
    // `state_dict._metadata = {'': {'version': version}}`, '' being the whole model.
    pickle.op('emptyDict').text('_metadata')
    emptyDict().text('').op('emptyDict').text('version').integer(version).op('setItem').op('setItem').op('setItem')
    pickle.op('build')
  }
  return pickle.finish()
}

function stridesOf(shape: readonly number[]): number[] {
  return shape.map((_, axis) => shape.slice(axis + 1).reduce((product, size) => product * size, 1))
}

const isLittleEndian = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1

function bytesOf(data: Float32Array | BigInt64Array): Uint8Array {
  if (isLittleEndian) return new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
  const view = new DataView(new ArrayBuffer(data.byteLength))
  data.forEach((value: number | bigint, index: number) =>
    typeof value === 'bigint' ? view.setBigInt64(index * 8, value, true) : view.setFloat32(index * 4, value, true),
  )
  return new Uint8Array(view.buffer)
}
