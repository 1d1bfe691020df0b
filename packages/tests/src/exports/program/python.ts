import { spawn, spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { createServer } from 'node:net'
import { fileURLToPath } from 'node:url'

/** Python with PyTorch to run programs with; Debian's, unless another is named. */
export const python = process.env['GRAFT_PYTHON'] ?? '/usr/bin/python3'

/** The parts of programs that are the same for every graph. */
export const programParts = fileURLToPath(new URL('../../../../nodes/programs/pytorch/', import.meta.url))

/** Whether that Python has PyTorch; says so where it has not. */
export const hasPyTorch = ((): boolean => {
  const has = existsSync(python) && spawnSync(python, ['-c', 'import torch, numpy, PIL']).status === 0
  if (!has) console.log(`skipped: ${python} has no torch, numpy and PIL (apt-get install python3-torchvision)`)
  return has
})()

/** Which PyTorch that is. */
export const pytorchVersion = (): string =>
  spawnSync(python, ['-c', 'import torch; print(torch.__version__)'], { encoding: 'utf8' }).stdout.trim()

/** Runs a program; throws with all that it said when it fails. Gives what it printed. */
export function runPython(folder: string, words: readonly string[]): string {
  // One thread: what is small enough for a test is slowed by more, and much so where others compute as well.
  const env = { ...process.env, OMP_NUM_THREADS: '1' }
  const { status, stdout, stderr } = spawnSync(python, words, {
    cwd: folder,
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
    env,
  })
  if (status !== 0) throw new Error(`${words.join(' ')} ended with ${status}:\n${stdout}\n${stderr}`)
  return stdout
}

/** Runs a script that uses the modules of a program, in the program's folder; as `runPython`. */
export const runBeside = (folder: string, script: string, ...words: readonly string[]): string =>
  runPython(folder, ['-c', beside, script, ...words])

const beside = 'import runpy, sys; del sys.argv[0]; runpy.run_path(sys.argv[0], run_name="__main__")'

/** Runs a program in several processes, as torchrun starts them; throws with what the first that failed said. */
export async function runProcesses(folder: string, count: number, words: readonly string[]): Promise<void> {
  const meeting = { MASTER_ADDR: '127.0.0.1', MASTER_PORT: String(await freePort()), WORLD_SIZE: String(count) }
  const one = (rank: number): Promise<void> =>
    new Promise((resolve, reject) => {
      const place = { RANK: String(rank), LOCAL_RANK: String(rank), OMP_NUM_THREADS: '1' }
      const child = spawn(python, words, { cwd: folder, env: { ...process.env, ...meeting, ...place } })
      let said = ''
      for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => (said += String(data)))
      child.on('close', (code) =>
        code === 0 ? resolve() : reject(new Error(`process ${rank} ended with ${code}:\n${said}`)),
      )
    })
  await Promise.all(Array.from({ length: count }, (_, rank) => one(rank)))
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().on('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0))
    })
  })
}
