import {
  aids as everyAid,
  type Engine,
  type EngineDevice,
  EngineError,
  type EngineInfo,
  type FittingEngine,
  unavailable,
} from '@graft/engines'
import { existsSync, statfsSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { openTorchForward } from './forward/torch-forward.js'
import { openTorchFit } from './fit/torch-fit.js'
import { glimpseTorch, installedPythons } from './python/find-python.js'
import { measurePython } from './python/measure-python.js'
import { type ProbedPython, probePythons } from './python/probe-python.js'
import { torchOptions, type TorchOptions, worldSize } from './torch-options.js'

/**
 * PyTorch in a Python of this machine: takes over whole trainings with the program that `graft export-program` writes.
 * On the processor only where it is asked for by name; on an NVIDIA or AMD GPU it comes first.
 */
export function createTorchEngine(device: 'cpu' | 'cuda', options: TorchOptions = torchOptions()): FittingEngine {
  const engine: FittingEngine = {
    id: 'torch',
    device,
    standsIn: false,
    deterministic: device === 'cpu',
    ...(device === 'cpu' ? { byNameOnly: true } : { comesFirst: true }),
    aids: [...everyAid.map(({ name }) => name), 'plateau'],
    probe: () => probe(engine, options),
    glance: () => Promise.resolve(glance(engine)),
    installed: () =>
      Promise.resolve(`${installedPythons()}; ${mayHaveGpu()}; ${surroundings()}; ${JSON.stringify(options)}`),
    measure: async (milliseconds) => measurePython(await needPython(), device, milliseconds),
    forward: async (network, given) => {
      const { path: python, threads } = await needPython()
      return openTorchForward(network, { threads, ...given }, { python, device })
    },
    trainer: () =>
      Promise.reject(new EngineError('PyTorch trains as a whole and takes no single steps.', 'Choose another engine.')),
    openFit: async (job) => {
      const found = await needPython()
      const lack = device === 'cuda' ? lackOfGpus(found, options) : null
      if (lack !== null) throw new EngineError(`It can't train on cuda here: ${lack}`, 'Choose another engine.')
      const { path: python, threads } = found
      return openTorchFit(job, {
        engine,
        python,
        threads,
        options,
        words: wordsFor(device, options),
      })
    },
  }
  return engine
}

/**
 * On a GPU, and on nothing else where there is none. Feature maps have channels last, which convolutions are faster with:
 * on processors 1.5 times in steps, nearly three times in the frozen part (MobileNet; PyTorch 1.13 as 2.13). Where several
 * processes share a processor, one may be left without an image, and PyTorch 1.13 can't convolve nothing in that order.
 */
function wordsFor(device: 'cpu' | 'cuda', options: TorchOptions): readonly string[] {
  const { precision, processes } = options
  const layout = device === 'cuda' || worldSize(options) === 1 ? ['--channels-last'] : []
  return ['--device', device, ...layout, '--workers', String(readersFor(processes)), '--precision', precision]
}

/** Shared memory that processes which read images ahead may need; containers often have 64 MB. */
const sharedBytes = 2 ** 30

/** Processes that read images for each one that trains, where there are cores and shared memory for them. */
function readersFor(processes: number): number {
  try {
    const { bavail, bsize } = statfsSync('/dev/shm')
    const spare = Math.floor(availableParallelism() / processes) - 1
    return bavail * bsize < sharedBytes ? 0 : Math.min(8, Math.max(0, spare))
  } catch {
    return 0
  }
}

async function needPython(): Promise<ProbedPython> {
  const probed = await probePythons()
  if ('found' in probed) return probed.found
  throw new EngineError(probed.problem, '"graft doctor" shows what was looked at.')
}

/** Why a training can't have a GPU for each of its processes here; null where it can. */
export function lackOfGpus(
  { path, torch, gpus }: Pick<ProbedPython, 'path' | 'torch' | 'gpus'>,
  { processes }: Pick<TorchOptions, 'processes'>,
): string | null {
  if (gpus.length === 0)
    return `${path} has torch ${torch}, which sees no GPU. Install its build for CUDA, or a driver.`
  if (gpus.length >= processes) return null
  return `${processes} processes need a GPU each, and ${path} sees ${gpus.length}. Give --processes ${gpus.length}, or look at CUDA_VISIBLE_DEVICES.`
}

/** Raised when the same graph comes to other numbers; results from before are then not taken for its own. */
const revisions = { 'training program': '1.4' }

/** Whether there is a GPU that PyTorch calls cuda: of NVIDIA, or of AMD in its build for those. */
const mayHaveGpu = (): boolean => ['/dev/nvidiactl', '/dev/kfd', '/dev/dxg'].some((path) => existsSync(path))

/** What in the environment decides which packages Python finds and which GPUs PyTorch sees. */
const surroundings = (): string =>
  ['PYTHONPATH', 'CUDA_VISIBLE_DEVICES', 'HIP_VISIBLE_DEVICES'].map((name) => process.env[name] ?? 'unset').join(' ')

const noGpu = "PyTorch can't use cuda here: there is no NVIDIA or AMD GPU. Nothing was started to ask."

/** What files say, for lists: starting Python only to be listed would take seconds. */
function glance(engine: Pick<Engine, 'id'> & { readonly device: EngineDevice }): EngineInfo {
  const onGpu = engine.device === 'cuda'
  if (onGpu && process.platform === 'linux' && !mayHaveGpu()) return unavailable(engine, noGpu)
  const found = glimpseTorch()
  if (found === null)
    return unavailable(
      engine,
      'No Python with PyTorch was found. Name one in GRAFT_PYTHON; "graft doctor" starts them all to ask.',
    )
  return {
    id: engine.id,
    available: true,
    trains: true,
    hardware: onGpu ? 'GPU' : 'CPU',
    backend: engine.device,
    versions: { torch: found.torch },
    notes: [`${found.path}; it is not started before it is needed`],
  }
}

async function probe(
  engine: Pick<Engine, 'id'> & { readonly device: EngineDevice },
  options: TorchOptions,
): Promise<EngineInfo> {
  const onGpu = engine.device === 'cuda'
  if (onGpu && process.platform === 'linux' && !mayHaveGpu()) return unavailable(engine, noGpu)
  const probed = await probePythons()
  if ('problem' in probed) return unavailable(engine, `PyTorch can't use ${engine.device} here: ${probed.problem}`)
  const { path, python, torch, numpy, pillow, threads, gpus } = probed.found
  const [gpu] = gpus
  const lack = onGpu ? lackOfGpus(probed.found, options) : null
  if (lack !== null) return unavailable(engine, `PyTorch can't use cuda here: ${lack}`)
  const together = worldSize(options) > 1 ? `, ${worldSize(options)} processes` : ''
  return {
    id: engine.id,
    available: true,
    trains: true,
    hardware: onGpu
      ? `GPU: ${gpus.length > 1 ? `${gpus.length} x ` : ''}${gpu}`
      : `CPU, ${threads} thread${threads === 1 ? '' : 's'}`,
    backend: engine.device + together + (options.precision === 'float32' ? '' : `, ${options.precision}`),
    versions: { torch, numpy, pillow, ...revisions },
    notes: [`Python ${python} at ${path}`],
  }
}
