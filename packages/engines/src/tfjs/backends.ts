import { textOf } from '@graft/errors'
import type { TensorFlow } from '@graft/network'
import { EngineError } from '../engine.js'
import { supplyWasmKernels } from './wasm/index.js'

export type TfjsBackend = 'tfjs-node-gpu' | 'tfjs-node' | 'wasm' | 'cpu'

/** A running TensorFlow.js, and how it came to run. */
export interface StartedTensorFlow {
  readonly tf: TensorFlow
  readonly backend: TfjsBackend
  readonly hardware: string
  readonly versions: Readonly<Record<string, string>>
  /** Backends that were tried first and why they did not start; kernels that were supplied. */
  readonly notes: readonly string[]
  /**
   * Makes this backend the current one; every synchronous stretch of tensor work starts with it, since TensorFlow.js
   * has one global backend.
   */
  activate(): void
}

interface BackendStart {
  readonly tf: TensorFlow
  /** Name of the backend inside TensorFlow.js. */
  readonly registeredName: string
  readonly hardware: string
  readonly versions: Readonly<Record<string, string>>
  readonly notes: readonly string[]
}

interface BackendCandidate {
  readonly name: TfjsBackend
  start(): Promise<BackendStart>
}

/** In order of preference. */
const candidates: readonly BackendCandidate[] = [
  { name: 'tfjs-node-gpu', start: () => startNative('@tensorflow/tfjs-node-gpu') },
  { name: 'tfjs-node', start: () => startNative('@tensorflow/tfjs-node') },
  { name: 'wasm', start: startWasm },
  { name: 'cpu', start: startCpu },
]

export const tfjsBackends: readonly TfjsBackend[] = candidates.map((candidate) => candidate.name)

const started = new Map<string, Promise<StartedTensorFlow>>()

/**
 * Starts TensorFlow.js on the best backend that works here, or on the one asked for (argument, else the environment
 * variable GRAFT_TFJS_BACKEND). Starting twice gives the same instance. Throws EngineError when the backend asked for,
 * or every backend, fails to start.
 */
export function startTensorFlow(
  forced: string | undefined = process.env['GRAFT_TFJS_BACKEND'],
): Promise<StartedTensorFlow> {
  const key = forced ?? 'auto'
  const existing = started.get(key)
  if (existing) return existing
  const starting = startFirst(forced)
  started.set(key, starting)
  return starting
}

async function startFirst(forced: string | undefined): Promise<StartedTensorFlow> {
  const chosen = forced ? candidates.filter((candidate) => candidate.name === forced) : candidates
  if (chosen.length === 0)
    throw new EngineError(
      `There is no TensorFlow.js backend "${forced}". Expected one of ${tfjsBackends.join(', ')}.`,
      'Correct GRAFT_TFJS_BACKEND or unset it.',
    )
  const failures: string[] = []
  for (const candidate of chosen) {
    try {
      return finish(candidate.name, await candidate.start(), failures)
    } catch (error) {
      failures.push(`${candidate.name}: ${reasonOf(error)}`)
    }
  }
  throw new EngineError(
    `TensorFlow.js could not start. Tried ${failures.join('; ')}.`,
    'Reinstall the packages with "npm ci", or choose another engine.',
  )
}

function finish(name: TfjsBackend, start: BackendStart, failures: readonly string[]): StartedTensorFlow {
  const { tf, registeredName } = start
  return {
    tf,
    backend: name,
    hardware: start.hardware,
    versions: start.versions,
    notes: [...failures, ...start.notes],
    activate: () => {
      // setBackend is synchronous for a backend that has been initialised, despite its promise.
      if (tf.getBackend() !== registeredName) void tf.setBackend(registeredName)
    },
  }
}

/**
 * tfjs-node and tfjs-node-gpu are optional peers: large, with a native library of their own, found only where someone
 * installed them.
 */
async function startNative(packageName: string): Promise<BackendStart> {
  await restoreRemovedUtilities()
  const module: unknown = await import(packageName)
  const tf = module as TensorFlow & { readonly version: Readonly<Record<string, string>>; readonly node?: unknown }
  await selectBackend(tf, 'tensorflow')
  const gpu = packageName.endsWith('gpu')
  return {
    tf,
    registeredName: 'tensorflow',
    hardware: gpu ? 'GPU' : 'CPU',
    versions: { [packageName]: tf.version['tfjs-node'] ?? 'unknown' },
    notes: [],
  }
}

/** tfjs-node 4.22 calls `util.isNullOrUndefined` and `util.isArray`, which Node 23 removed. */
async function restoreRemovedUtilities(): Promise<void> {
  const { createRequire } = await import('node:module')
  const util = createRequire(import.meta.url)('node:util') as Record<string, unknown>
  util['isNullOrUndefined'] ??= (value: unknown) => value === null || value === undefined
  util['isArray'] ??= Array.isArray
}

async function startWasm(): Promise<BackendStart> {
  const tf = await loadPlainTensorFlow()
  const wasm = await import('@tensorflow/tfjs-backend-wasm')
  if (tf.env().get('IS_NODE') === true) wasm.setWasmPaths(await wasmDirectory())
  await selectBackend(tf, 'wasm')
  const supplied = supplyWasmKernels(tf)
  return {
    tf,
    registeredName: 'wasm',
    hardware: 'CPU, 1 thread',
    versions: {
      '@tensorflow/tfjs': tf.version['tfjs'] ?? 'unknown',
      '@tensorflow/tfjs-backend-wasm': wasm.version_wasm,
    },
    notes: [`kernels supplied to the wasm backend: ${supplied.join(', ')}`],
  }
}

/** Where the package keeps its .wasm files, so that a bundled Graft finds them too. */
async function wasmDirectory(): Promise<string> {
  const { createRequire } = await import('node:module')
  const { dirname, join } = await import('node:path')
  return join(dirname(createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm/package.json')), 'dist/')
}

async function startCpu(): Promise<BackendStart> {
  const tf = await loadPlainTensorFlow()
  await selectBackend(tf, 'cpu')
  return {
    tf,
    registeredName: 'cpu',
    hardware: 'CPU, 1 thread, plain JavaScript',
    versions: { '@tensorflow/tfjs': tf.version['tfjs'] ?? 'unknown' },
    notes: [],
  }
}

async function loadPlainTensorFlow(): Promise<TensorFlow & { readonly version: Readonly<Record<string, string>> }> {
  const tf = await import('@tensorflow/tfjs')
  // Silences the advice to install tfjs-node that the cpu backend prints into every log.
  tf.enableProdMode()
  return tf as unknown as TensorFlow & { readonly version: Readonly<Record<string, string>> }
}

async function selectBackend(tf: TensorFlow, name: string): Promise<void> {
  const ok = await tf.setBackend(name)
  if (!ok) throw new EngineError(`the backend "${name}" of TensorFlow.js did not initialise`, '')
  await tf.ready()
}

function reasonOf(error: unknown): string {
  const message = textOf(error)
  const missing = /Cannot find (?:package|module) '([^']+)'/.exec(message)
  return missing ? `the package ${missing[1]} is not installed` : (message.split('\n')[0] ?? message)
}
