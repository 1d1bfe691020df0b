import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { textOf } from '@graft/errors'
import { encodeOnnxModel } from '@graft/network'
import type { EngineDevice } from '../engine.js'
import type { LoadedRuntime } from './runtime.js'
import { tryInChild } from './try-in-child.js'

/** A GPU whose driver compiles its first program may take a while. */
const limitMilliseconds = 30_000

/** Doubles two numbers on a device; prints them, or what went wrong, as the last line. */
const program = `
const [library, device, model] = process.argv.slice(1)
const { InferenceSession, Tensor } = require(library)
const tell = answer => { process.stdout.write('\\n' + JSON.stringify(answer), () => process.exit(0)) }
InferenceSession.create(Buffer.from(model, 'base64'), { executionProviders: [device], logSeverityLevel: 4 })
  .then(session => session.run({ input: new Tensor('float32', Float32Array.of(1, 2), [2]) }))
  .then(({ output }) => tell({ values: [...output.data] }), error => tell({ problem: String(error && error.message || error) }))
`

const known = new Map<EngineDevice, Promise<string | null>>()

/**
 * Why graphs can't run on a device here and how to change that; null where they can. Tried once per process, in a
 * process of its own: drivers crash and hang. Never throws.
 */
export function deviceProblem(loaded: LoadedRuntime): Promise<string | null> {
  const asked = known.get(loaded.device)
  if (asked) return asked
  const answer = probe(loaded).catch((error: unknown) => `it could not be tried: ${textOf(error)}`)
  known.set(loaded.device, answer)
  return answer
}

async function probe({ runtime, device }: LoadedRuntime): Promise<string | null> {
  if (device === 'cpu') return null
  if (!runtime.listSupportedBackends().some(({ name }) => name === device))
    return `onnxruntime-node has no ${device} provider for ${process.platform} ${process.arch}`
  const resolve = createRequire(import.meta.url)
  const library = resolve.resolve('onnxruntime-node')
  if (device === 'cuda' && !existsSync(join(libraryFolder(library), 'libonnxruntime_providers_cuda.so')))
    return `the CUDA library of onnxruntime is not installed. ${remedies.cuda}`
  const tried = await tryInChild(
    program,
    [library, device, Buffer.from(doubling()).toString('base64')],
    limitMilliseconds,
  )
  const problem = 'problem' in tried ? tried.problem : judge(tried.output)
  return problem === null ? null : `${problem}. ${remedies[device]}`
}

const remedies = {
  webgpu:
    'WebGPU needs a GPU and its driver: Vulkan on Linux (libvulkan1 and the driver of the maker; in a container NVIDIA_DRIVER_CAPABILITIES=all), Direct3D 12 on Windows, Metal on macOS.',
  cuda: 'It needs Linux on x64, an NVIDIA GPU, CUDA 12 and cuDNN 9; add it with `ONNXRUNTIME_NODE_INSTALL=cuda12 node node_modules/onnxruntime-node/script/install.js`.',
} as const

const libraryFolder = (library: string): string =>
  join(dirname(dirname(library)), 'bin', 'napi-v6', process.platform, process.arch)

function judge(output: string): string | null {
  try {
    const { values, problem } = JSON.parse(output.trim().split('\n').at(-1) ?? '') as {
      readonly values?: readonly number[]
      readonly problem?: string
    }
    if (values?.[0] === 2 && values[1] === 4) return null
    return values === undefined
      ? shortened(problem ?? 'it gave no reason')
      : `it computes wrongly: twice 1 and 2 gave ${values.join(' and ')}`
  } catch {
    return 'it gave no answer'
  }
}

/** The point of onnxruntime's message, without where in its source it was raised. */
function shortened(problem: string): string {
  const point = /was false\. (.+)/s.exec(problem)?.[1] ?? problem
  return point.trim().replaceAll(/\s+/g, ' ').replace(/\.$/, '')
}

function doubling(): Uint8Array {
  const value = { type: 'float32', shape: [2] } as const
  return encodeOnnxModel({
    irVersion: 8,
    producerName: 'graft',
    producerVersion: '0.1.0',
    docString: '',
    opsetImports: [{ domain: '', version: 17 }],
    metadata: {},
    graph: {
      name: 'probe',
      initializers: [],
      inputs: [{ name: 'input', ...value }],
      outputs: [{ name: 'output', ...value }],
      nodes: [
        {
          name: 'double',
          operator: 'Add',
          domain: '',
          inputs: ['input', 'input'],
          outputs: ['output'],
          attributes: {},
        },
      ],
    },
  })
}
