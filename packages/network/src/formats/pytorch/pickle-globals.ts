import { FormatError } from '../../weight-format.js'
import { Global, Opaque, type PickleMap, type PickleValue, Storage, TensorPlace, Tuple } from './pickle-values.js'

/** PyTorch's storages and element types -> safetensors' names of element types. */
const elementTypes: Readonly<Record<string, string>> = {
  'torch.FloatStorage': 'F32',
  'torch.DoubleStorage': 'F64',
  'torch.HalfStorage': 'F16',
  'torch.BFloat16Storage': 'BF16',
  'torch.LongStorage': 'I64',
  'torch.IntStorage': 'I32',
  'torch.ShortStorage': 'I16',
  'torch.CharStorage': 'I8',
  'torch.ByteStorage': 'U8',
  'torch.BoolStorage': 'BOOL',
  'torch.float32': 'F32',
  'torch.float64': 'F64',
  'torch.float16': 'F16',
  'torch.bfloat16': 'BF16',
  'torch.int64': 'I64',
  'torch.int32': 'I32',
  'torch.int16': 'I16',
  'torch.int8': 'I8',
  'torch.uint8': 'U8',
  'torch.bool': 'BOOL',
}
const untypedStorages = ['torch.storage.UntypedStorage', 'torch.UntypedStorage']

const rebuildFromType = 'torch._tensor._rebuild_from_type_v2'

type Rebuild = (args: readonly PickleValue[]) => PickleValue

/** Functions that make data out of data. What they do in Python is done here; nothing else can be called. */
const rebuilds: Readonly<Record<string, Rebuild>> = {
  'collections.OrderedDict': mapOf,
  'collections.defaultdict': () => new Map<PickleValue, PickleValue>(),
  'collections.Counter': mapOf,
  'builtins.dict': mapOf,
  'builtins.set': (args) => args[0] ?? [],
  'builtins.list': (args) => args[0] ?? [],
  'builtins.tuple': (args) => args[0] ?? new Tuple([]),
  'torch.Size': (args) => args[0] ?? new Tuple([]),
  'torch._utils._rebuild_tensor': ([storage, offset, shape, strides]) => tensor(storage, offset, shape, strides),
  'torch._utils._rebuild_tensor_v2': ([storage, offset, shape, strides]) => tensor(storage, offset, shape, strides),
  'torch._utils._rebuild_tensor_v3': ([storage, offset, shape, strides, , , type]) =>
    tensor(storage, offset, shape, strides, type),
  'torch._utils._rebuild_parameter': ([data = null]) => data,
  'torch._utils._rebuild_parameter_with_state': ([data = null]) => data,
  [rebuildFromType]: ([rebuild, , args]) =>
    rebuild instanceof Global && rebuild.name !== rebuildFromType && args instanceof Tuple
      ? called(rebuild, args.items)
      : null,
}

/** Classes whose objects say nothing of the weights; they are passed over, whatever is done to them. */
const harmless =
  /^(argparse\.Namespace|types\.SimpleNamespace|datetime\.\w+|pathlib\.\w+|_codecs\.encode|numpy\.(_?core\.multiarray\.(scalar|_reconstruct)|dtype|ndarray|bool_?|u?int\d*|float\d+|dtypes\.\w+|random\._pickle\.\w+)|torch\.(device|dtype|Tensor|layout|strided|Generator|serialization\._get_layout|nn\.parameter\.Parameter)|omegaconf\.[\w.]+|yacs\.config\.CfgNode|easydict\.EasyDict|addict\.[\w.]+|collections\.deque|builtins\.(int|float|str|bool|bytes|bytearray|complex|slice|frozenset|range)|__builtin__\.(int|long|float|str|unicode|set|list|dict|object)|fractions\.Fraction|decimal\.Decimal|typing\.\w+|enum\.\w+|uuid\.UUID|packaging\.version\.\w+|torch\.torch_version\.TorchVersion)$/
/** The global of this name. Throws FormatError naming it when it isn't known. */
export function globalOf(name: string): Global {
  const known = Object.hasOwn(elementTypes, name) || Object.hasOwn(rebuilds, name) || untypedStorages.includes(name)
  if (known || harmless.test(name)) return new Global(name)
  throw notAllowed(name)
}

/** What calling a global gives. */
export function called(global: Global, args: readonly PickleValue[]): PickleValue {
  const rebuild = Object.hasOwn(rebuilds, global.name) ? rebuilds[global.name] : undefined
  return rebuild === undefined ? new Opaque(global.name) : rebuild(args)
}

/** The storage that a persistent id `('storage', type, key, location, count)` names. */
export function storageOf(id: PickleValue): Storage {
  const [kind, type, key, , count, view] = id instanceof Tuple ? id.items : []
  if (kind !== 'storage' || !(type instanceof Global) || typeof key !== 'string' || !isCount(count))
    throw damaged('a reference to its numbers is not one of PyTorch')
  if (!Object.hasOwn(elementTypes, type.name) && !untypedStorages.includes(type.name))
    throw damaged(`its numbers are of the type ${type.name}, which holds none`)
  const [, offset, size] = view instanceof Tuple ? view.items : []
  const elementType = elementTypes[type.name] ?? null
  return isCount(offset) && isCount(size)
    ? new Storage(key, elementType, size, offset)
    : new Storage(key, elementType, count)
}

function mapOf([entries]: readonly PickleValue[]): PickleMap {
  if (entries instanceof Map) return new Map(entries)
  const pairs = Array.isArray(entries) ? entries : []
  return new Map(
    pairs.map((pair): [PickleValue, PickleValue] => {
      const [key = null, value = null] = pair instanceof Tuple ? pair.items : Array.isArray(pair) ? pair : []
      return [key, value]
    }),
  )
}

function tensor(
  storage: PickleValue | undefined,
  offset: PickleValue | undefined,
  shape: PickleValue | undefined,
  strides: PickleValue | undefined,
  type?: PickleValue,
): TensorPlace {
  const sizes = counts(shape)
  const steps = counts(strides)
  if (!(storage instanceof Storage) || !isCount(offset) || sizes === null || steps?.length !== sizes.length)
    throw damaged('a tensor in it is described wrongly')
  const elementType = type instanceof Global ? elementTypes[type.name] : storage.elementType
  if (elementType === undefined || elementType === null)
    throw damaged(`a tensor in it has the element type ${type instanceof Global ? type.name : 'unknown'}`)
  return new TensorPlace(storage, elementType, offset, sizes, steps)
}

const mostAxes = 32

function counts(value: PickleValue | undefined): readonly number[] | null {
  const items = value instanceof Tuple ? value.items : Array.isArray(value) ? value : null
  if (items === null || items.length > mostAxes) return null
  return items.every(isCount) ? items : null
}

const isCount = (value: PickleValue | undefined): value is number =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= 0

const wholeNetworks =
  /^(torch\.nn\.|torchvision\.|timm\.|fastai\.|fastcore\.|transformers\.|__main__\.|models?\.|network\w*\.|net\.)/

function notAllowed(name: string): FormatError {
  if (name.startsWith('ultralytics.'))
    return new FormatError(
      `The file holds a whole pickled network (${name}), made of code of Ultralytics that isn't in the file.`,
      'Export it to ONNX where Ultralytics is installed: yolo export model=FILE format=onnx.',
    )
  if (wholeNetworks.test(name))
    return new FormatError(
      `The file holds a whole pickled network (an object of ${name}), which is code by name and not weights. Graft runs no code of a file.`,
      'Save its weights only, where it was made: torch.save(model.state_dict(), "weights.pth").',
    )
  return new FormatError(
    `The file asks for ${name.replace(/^(posix|nt)\.(.*)/, 'os.$2 ($1.$2)')} to be run, which weights don't need. Graft runs nothing that is in a file.`,
    'If you trust where the file comes from, load it in Python there and save the weights only: torch.save(model.state_dict(), "weights.pth"). Otherwise delete it.',
  )
}

export const damaged = (problem: string): FormatError =>
  new FormatError(
    `The PyTorch file can't be read: ${problem}. It is damaged or not a file of torch.save.`,
    'Download or save it again.',
  )
