import { describe, expect, it } from 'vitest'
import { textOf } from '@graft/errors'
import { graftnet } from '../../architectures/graftnet.js'
import { createRandom } from '../../values/random.js'
import { loadTensors } from '../../values/tensors.js'
import { FormatError } from '../../weight-format.js'
import { encodeOnnxModel } from './encode-model.js'
import { toOnnxModel } from './encode-network.js'
import type { OnnxModel } from './onnx-model.js'
import { float32Tensor, tensorOf } from './onnx-tensor.js'
import { ProtobufWriter } from './protobuf-writer.js'
import { encoded, readOnnx, int, ints, modelOf, nodeOf } from './testing.js'

const seed = 47

async function problemWith(bytes: Uint8Array): Promise<string> {
  try {
    await readOnnx({ 'net.onnx': bytes })
  } catch (error) {
    if (error instanceof FormatError) return textOf(error)
    throw error
  }
  throw new Error('the file was read without complaint')
}

const refusal = (model: OnnxModel): Promise<string> => problemWith(encoded(model))

/** A model file around one graph written by hand. */
function fileWith(graph: (writer: ProtobufWriter) => void): Uint8Array {
  return new ProtobufWriter()
    .integer(1, 8)
    .message(7, graph)
    .message(8, (opset) => opset.string(1, '').integer(2, 17))
    .finish()
}

const tensor = (write: (writer: ProtobufWriter) => void): Uint8Array => fileWith((graph) => graph.message(5, write))

describe('damaged and hostile ONNX files', () => {
  it('refuses files that are something else', async () => {
    const text = (content: string): Uint8Array => new TextEncoder().encode(content)
    expect(await problemWith(new Uint8Array())).toMatch(/no ONNX graph/)
    expect(await problemWith(text('<!DOCTYPE html><html><body>Not found</body></html>'))).toMatch(
      /damaged|no ONNX graph/,
    )
    expect(await problemWith(text('version https://git-lfs.github.com/spec/v1\noid sha256:00'))).toMatch(
      /damaged|no ONNX graph/,
    )
  })

  it('refuses a real file cut off anywhere', async () => {
    const network = graftnet.build({ classes: 2, inputSize: 32, seed })
    const bytes = encodeOnnxModel(
      toOnnxModel(network, await loadTensors(network, () => Promise.reject(new Error('no blobs')))),
    )
    for (const part of [0.001, 0.02, 0.1, 0.5, 0.9, 0.999])
      expect(await problemWith(bytes.slice(0, Math.floor(bytes.length * part)))).toMatch(/Expected|export/)
  })

  it(`never does worse than a FormatError with random bytes changed (seed ${seed})`, async () => {
    const model = encoded(
      modelOf(
        [
          nodeOf('Conv', ['input', 'w'], ['c'], { pads: ints(1, 1, 1, 1), group: int(1) }),
          nodeOf('Shape', ['c'], ['s']),
          nodeOf('Slice', ['s', 'i', 'j'], ['n']),
          nodeOf('Concat', ['n', 'k'], ['t'], { axis: int(0) }),
          nodeOf('Reshape', ['c', 't'], ['r']),
          nodeOf('Gemm', ['r', 'fc'], ['output'], { transB: int(1) }),
        ],
        [
          float32Tensor('w', [1, 2, 3, 3], new Float32Array(18)),
          float32Tensor('fc', [2, 16], new Float32Array(32)),
          tensorOf('i', 'int64', [1], [0]),
          tensorOf('j', 'int64', [1], [1]),
          tensorOf('k', 'int64', [1], [-1]),
        ],
      ),
    )
    const random = createRandom(seed)
    let refused = 0
    for (let attempt = 0; attempt < 400; attempt++) {
      const bytes = model.slice()
      for (let change = 0; change <= attempt % 3; change++)
        bytes[Math.floor(random() * bytes.length)] = Math.floor(random() * 256)
      try {
        await readOnnx({ 'net.onnx': bytes })
      } catch (error) {
        if (!(error instanceof FormatError)) throw new Error(`attempt ${attempt}: ${String(error)}`, { cause: error })
        refused++
      }
    }
    expect(refused).toBeGreaterThan(60)
  })

  it.each([
    [
      'a length beyond the end',
      new Uint8Array([0x08, 8, 0x3a, 0xff, 0xff, 0xff, 0xff, 0x0f, 1, 2]),
      /a length of 4294967295 where 2 bytes are left/,
    ],
    [
      'a length beyond 64 bits',
      new Uint8Array([0x3a, ...new Array<number>(10).fill(0xff), 0x01]),
      /longer than 10 bytes/,
    ],
    ['a number cut off', new Uint8Array([0x08, 0x80]), /cut off/],
    ['groups', new Uint8Array([0x0b, 0x0c]), /impossible field/],
    ['field number 0', new Uint8Array([0x00, 0x00]), /impossible field/],
    ['a graph that is a number', new Uint8Array([0x38, 0x05]), /wire type varint/],
    ['an IR version that is text', new Uint8Array([0x0a, 0x01, 0x41]), /expected an integer/],
  ])('refuses %s', async (_, bytes, message) => {
    expect(await problemWith(bytes)).toMatch(message)
  })

  it('refuses tensors that claim impossible or other sizes than they have', async () => {
    expect(await problemWith(tensor((writer) => writer.packedIntegers(1, [-4]).integer(2, 1).string(8, 'w')))).toMatch(
      /"w" has the impossible shape \[-4\]/,
    )
    expect(await problemWith(tensor((writer) => writer.packedIntegers(1, [1 << 30, 1 << 30]).integer(2, 1)))).toMatch(
      /impossible shape/,
    )
    expect(
      await problemWith(tensor((writer) => writer.packedIntegers(1, new Array<number>(1000).fill(1)).integer(2, 1))),
    ).toMatch(/impossible shape/)
    expect(
      await problemWith(
        tensor((writer) => writer.packedIntegers(1, [1000, 1000]).integer(2, 1).bytes(9, new Uint8Array(8))),
      ),
    ).toMatch(/needs 4000000 bytes, but the file holds 8/)
    expect(await problemWith(tensor((writer) => writer.packedIntegers(1, [2]).integer(2, 14)))).toMatch(
      /element type 14/,
    )
    expect(
      await problemWith(tensor((writer) => writer.packedIntegers(1, [3]).integer(2, 1).packedFloats(4, [1]))),
    ).toMatch(/needs 3 values, but the file holds 1/)
  })

  it.each([
    [
      'nodes',
      () => fileWith((graph) => graph.raw(new Uint8Array(5_000_000).map((_, at) => (at % 2 === 0 ? 0x0a : 0)))),
    ],
    [
      'inputs of one node',
      () =>
        fileWith((graph) =>
          graph.message(1, (node) => node.raw(new Uint8Array(5_000_000).map((_, at) => (at % 2 === 0 ? 0x0a : 0)))),
        ),
    ],
    [
      'descriptions',
      () => fileWith((graph) => graph.raw(new Uint8Array(5_000_000).map((_, at) => (at % 2 === 0 ? 0x5a : 0)))),
    ],
    [
      'notes',
      () => new ProtobufWriter().raw(new Uint8Array(5_000_000).map((_, at) => (at % 2 === 0 ? 0x72 : 0))).finish(),
    ],
  ])('refuses millions of %s, small on disk and huge in memory, before they are (fault 25)', async (_, make) => {
    expect(await problemWith(make())).toMatch(/lists more than 2000000 nodes, names and settings/)
  })

  it('refuses whole numbers by the million, which take eight times their size (fault 25)', async () => {
    const zeros = new Uint8Array(2 ** 25 + 4)
    expect(await problemWith(tensor((writer) => writer.integer(2, 9).bytes(7, zeros)))).toMatch(
      /more than 32 MB of whole numbers/,
    )
    const bools = { name: 'w', type: 'bool', shape: [2 ** 25 + 4], data: zeros } as const
    expect(await refusal(modelOf([nodeOf('Relu', ['input'], ['output'])], [bools]))).toMatch(/33554436 whole numbers/)
  })

  it('lets folding take no more because a file holds whole numbers (fault 25)', async () => {
    const bools = { name: 'n0', type: 'bool', shape: [1, 2, 2 ** 20, 4], data: new Uint8Array(2 ** 23) } as const
    const nots = Array.from({ length: 30 }, (_, index) => nodeOf('Not', [`n${index}`], [`n${index + 1}`]))
    expect(await refusal(modelOf([...nots, nodeOf('Add', ['input', 'n30'], ['output'])], [bools]))).toMatch(
      /more than can be computed/,
    )
  })

  it('refuses constants that would take too much memory to compute', async () => {
    const huge = tensorOf('huge', 'int64', [3], [1e6, 1e6, 1e6])
    const number = (name: string, value: number) => tensorOf(name, 'int64', [], [value])
    expect(
      await refusal(
        modelOf([nodeOf('ConstantOfShape', ['huge'], ['c']), nodeOf('Add', ['input', 'c'], ['output'])], [huge]),
      ),
    ).toMatch(/more than can be computed/)
    expect(
      await refusal(
        modelOf(
          [nodeOf('Range', ['a', 'b', 'one'], ['c']), nodeOf('Add', ['input', 'c'], ['output'])],
          [number('a', 0), number('b', 1e15), number('one', 1)],
        ),
      ),
    ).toMatch(/more than can be computed/)
    expect(
      await refusal(
        modelOf(
          [nodeOf('Range', ['a', 'b', 'a'], ['c']), nodeOf('Add', ['input', 'c'], ['output'])],
          [number('a', 0), number('b', 5)],
        ),
      ),
    ).toMatch(/more than can be computed/)
    expect(
      await refusal(
        modelOf(
          [nodeOf('ConstantOfShape', ['negative'], ['c']), nodeOf('Add', ['input', 'c'], ['output'])],
          [tensorOf('negative', 'int64', [1], [-5])],
        ),
      ),
    ).toMatch(/more than can be computed/)
  })

  it('names what is wrong with a graph', async () => {
    expect(
      await refusal(
        modelOf([
          nodeOf('Relu', ['b'], ['a']),
          nodeOf('Relu', ['a'], ['b']),
          nodeOf('Add', ['input', 'b'], ['output']),
        ]),
      ),
    ).toMatch(/cycle through node "(a|b)" \(Relu\)/)
    expect(await refusal(modelOf([nodeOf('Add', ['input', 'ghost'], ['output'], {}, 'sum')]))).toMatch(
      /node "sum" \(Add\) uses the value "ghost", which nothing computes/,
    )
    expect(
      await refusal(
        modelOf([nodeOf('Relu', ['input'], ['output']), nodeOf('Sigmoid', ['input'], ['output'], {}, 'again')]),
      ),
    ).toMatch(/computes the value "output" twice .*"again"/)
    expect(await refusal(modelOf([nodeOf('Relu', ['input'], ['other'])]))).toMatch(
      /no output that is computed from the image/,
    )
    expect(await refusal(modelOf([], []))).toMatch(/no input that its nodes use/)
  })

  it('names the operator it does not know and what to do', async () => {
    const odd = await refusal(
      modelOf(
        [nodeOf('GridSample', ['input', 'g'], ['output'], {}, 'warp')],
        [float32Tensor('g', [1], new Float32Array(1))],
      ),
    )
    expect(odd).toMatch(
      /node "warp" \(GridSample, opset 17\) uses an operator that is not supported.*Cut the model before it/,
    )
    expect(await refusal(modelOf([nodeOf('If', ['input'], ['output'])]))).toMatch(/control flow/)
    expect(await refusal(modelOf([nodeOf('SequenceConstruct', ['input'], ['output'])]))).toMatch(/sequences/)
    expect(await refusal(modelOf([nodeOf('QLinearConv', ['input'], ['output'])]))).toMatch(/quantised.*float32 version/)
    expect(await refusal(modelOf([nodeOf('DynamicQuantizeLSTM', ['input'], ['output'])]))).toMatch(/quantised numbers/)
    expect(
      await refusal(modelOf([{ ...nodeOf('FusedConv', ['input'], ['output']), domain: 'com.microsoft' }])),
    ).toMatch(/domain "com.microsoft"/)
    expect(await refusal(modelOf([nodeOf('LSTM', ['input'], ['output'])]))).toMatch(/recurrent/)
  })

  it('survives names that mean something to JavaScript', async () => {
    const names = ['__proto__', 'constructor', 'toString']
    const model = modelOf(
      [
        nodeOf('Conv', ['input', '__proto__', 'constructor'], ['a'], {}, '__proto__'),
        nodeOf('Mul', ['a', 'toString'], ['b'], {}, 'constructor'),
        nodeOf('Relu', ['b'], ['output'], {}, 'toString'),
      ],
      [
        float32Tensor('__proto__', [4, 2, 1, 1], new Float32Array(8)),
        float32Tensor('constructor', [4], new Float32Array(4)),
        float32Tensor('toString', [], new Float32Array(1)),
      ],
    )
    const { network, tensors } = await readOnnx({ 'net.onnx': encoded(model) })
    expect(network.layers.map((layer) => layer.operator)).toEqual(['Conv', 'Mul', 'Relu'])
    expect(network.layers.filter((layer) => names.includes(layer.name))).toEqual([])
    expect([...tensors.keys()].sort()).toEqual(Object.keys(network.parameters).sort())
    expect(tensors.size).toBe(3)
  })

  it('says which inputs and opsets it can take', async () => {
    const relu = [nodeOf('Add', ['input', 'second'], ['output'])]
    const images = (name: string, shape: (number | string)[], type: 'float32' | 'uint8' = 'float32') => ({
      name,
      type,
      shape,
    })
    expect(
      await refusal(modelOf(relu, [], { inputs: [images('input', ['N', 3, 8, 8]), images('second', ['N', 3, 8, 8])] })),
    ).toMatch(/2 inputs: input, second/)
    expect(
      await refusal(modelOf([nodeOf('Relu', ['input'], ['output'])], [], { inputs: [images('input', ['N', 3, 8])] })),
    ).toMatch(/Expected an image/)
    expect(
      await refusal(
        modelOf([nodeOf('Relu', ['input'], ['output'])], [], { inputs: [images('input', ['N', 3, 8, 8], 'uint8')] }),
      ),
    ).toMatch(/type uint8/)
    expect(
      await refusal(
        modelOf([nodeOf('Relu', ['input'], ['output'])], [], { inputs: [images('input', ['N', 3, 2 ** 40, 8])] }),
      ),
    ).toMatch(/positive sizes/)
    expect(await refusal(modelOf([nodeOf('Relu', ['input'], ['output'])], [], {}, 6))).toMatch(
      /operator set 6.*Expected 7 to 25/,
    )
  })

  it('refuses results that depend on how many images run together', async () => {
    expect(
      await refusal(modelOf([nodeOf('ReduceMean', ['input'], ['output'], { axes: ints(0), keepdims: int(1) })])),
    ).toMatch(/summarises over the images of a batch/)
    expect(
      await refusal(
        modelOf([nodeOf('Gather', ['input', 'i'], ['output'], { axis: int(0) })], [tensorOf('i', 'int64', [], [0])]),
      ),
    ).toMatch(/(some|across the) (of the )?images/)
    expect(
      await refusal(
        modelOf(
          [
            nodeOf('Shape', ['input'], ['s']),
            nodeOf('Gather', ['s', 'i'], ['n']),
            nodeOf('Cast', ['n'], ['f'], { to: int(1) }),
            nodeOf('Div', ['input', 'f'], ['output']),
          ],
          [tensorOf('i', 'int64', [], [0])],
        ),
      ),
    ).toMatch(/batch size/)
    expect(
      await refusal(
        modelOf(
          [
            nodeOf('Shape', ['input'], ['s']),
            nodeOf('Gather', ['s', 'i'], ['n']),
            nodeOf('Cast', ['n'], ['f'], { to: int(1) }),
            nodeOf('Reciprocal', ['f'], ['r']),
            nodeOf('Mul', ['r', 'input'], ['output']),
          ],
          [tensorOf('i', 'int64', [], [0])],
        ),
      ),
    ).toMatch(/batch size/)
  })

  it('says which shapes do not fit, with N for the batch', async () => {
    const message = await refusal(
      modelOf(
        [nodeOf('Conv', ['input', 'w'], ['output'], {}, 'first')],
        [float32Tensor('w', [4, 5, 1, 1], new Float32Array(20))],
      ),
    )
    expect(message).toMatch(/node "first" \(Conv, opset 17\)/)
    expect(message).not.toMatch(/1000003/)
  })
})
