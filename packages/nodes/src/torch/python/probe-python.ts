import { z } from 'zod'
import { findPythons, type FoundPython } from './find-python.js'
import { startWaiting } from './waiting-python.js'

/** What a Python with PyTorch says of itself. */
const answer = z.object({
  python: z.string(),
  torch: z.string(),
  numpy: z.string(),
  pillow: z.string(),
  threads: z.int(),
  gpus: z.array(z.string()).readonly(),
})
export type ProbedPython = z.output<typeof answer> & { readonly path: string }

/** Longest wait for a Python to load PyTorch, which takes seconds from a cold disk. */
const milliseconds = 60_000

/** The first Python that has what a training needs, or why there is none. */
export type PythonProbe = { readonly found: ProbedPython } | { readonly problem: string }

const known = new Map<string, Promise<PythonProbe>>()

/** Starts the Pythons of this machine one after the other until one answers; once in a process. */
export function probePythons(pythons: readonly FoundPython[] = findPythons()): Promise<PythonProbe> {
  const key = JSON.stringify(pythons)
  const answered = known.get(key) ?? firstThatAnswers(pythons)
  known.set(key, answered)
  return answered
}

async function firstThatAnswers(pythons: readonly FoundPython[]): Promise<PythonProbe> {
  const problems: string[] = []
  for (const { path, named } of pythons) {
    const probed = await probePython(path)
    if ('found' in probed) return probed
    problems.push(`${path}${named ? ' (GRAFT_PYTHON)' : ''}: ${probed.problem}`)
  }
  const fix =
    'Install PyTorch, numpy and Pillow ("pip install torch numpy pillow"; Debian: apt-get install python3-torchvision), or name a Python that has them in GRAFT_PYTHON.'
  return { problem: `There is no Python with PyTorch here${problems.map((one) => `; ${one}`).join('')}. ${fix}` }
}

/**
 * Asks one Python, for at most a minute. It is started as for a training, with the same packages, say by PYTHONPATH, and
 * waits a while for one.
 */
export async function probePython(path: string, patience = milliseconds): Promise<PythonProbe> {
  return startWaiting(path, patience, (line) => read(path, line))
}

/** Other lines may come first, where something is printed at every start of Python. */
function read(path: string, line: string): ProbedPython | null {
  try {
    return { path, ...answer.parse(JSON.parse(line)) }
  } catch {
    return null
  }
}
