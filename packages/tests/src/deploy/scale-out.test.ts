import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

const root = fileURLToPath(new URL('../../../../', import.meta.url))
const read = (path: string): string => readFileSync(join(root, path), 'utf8')
const help = execFileSync(process.execPath, [join(root, 'apps/runner/bin/graft.mjs'), 'run', '--help'], {
  encoding: 'utf8',
})
const known = new Set(help.match(/--[a-z-]+/g))
const python = process.env['GRAFT_PYTHON'] ?? 'python3'
const parses = spawnSync(python, ['-c', 'import yaml']).status === 0
if (!parses) console.log(`skipped: ${python} has no yaml (apt-get install python3-yaml)`)

/** The options of the commands in a text that begin with these words; a line may go on in the next. */
const optionsOf = (words: string, text: string): readonly string[] =>
  [...text.replaceAll('\\\n', ' ').matchAll(new RegExp(`${words} .*`, 'g'))].flatMap(
    ([command]) => command.match(/--[a-z-]+/g) ?? [],
  )

interface Replica {
  readonly replicas: number
  readonly template: {
    readonly spec: {
      readonly containers: readonly {
        readonly name: string
        readonly args: readonly string[]
        readonly env: readonly { readonly name: string; readonly value: string }[]
      }[]
    }
  }
}

interface Job {
  readonly apiVersion: string
  readonly kind: string
  readonly spec: { readonly pytorchReplicaSpecs: Readonly<Record<string, Replica>> }
}

function readJob(): Job {
  const program = 'import json, sys, yaml; json.dump(yaml.safe_load(open(sys.argv[1])), sys.stdout)'
  return JSON.parse(
    execFileSync(python, ['-c', program, join(root, 'deploy/pytorchjob.yaml')], { encoding: 'utf8' }),
  ) as Job
}

/** A command that stands for one which isn't here. */
function command(folder: string, name: string, script: string): void {
  writeFileSync(join(folder, name), `#!/bin/bash\n${script}\n`, { mode: 0o755 })
}

describe('what starts a training on several machines', () => {
  it('is a script that bash can read, for Slurm', () => {
    const { status, stderr } = spawnSync('bash', ['-n', join(root, 'deploy/slurm.sh')], { encoding: 'utf8' })
    expect(status, stderr).toBe(0)
  })

  const begin = 'run mine.graft.json --engine torch --processes 8 --nodes 2'
  it.each([
    ['begins', {}, 0, [begin]],
    ['goes on where the job was queued again', { SLURM_RESTART_COUNT: '1' }, 0, ['resume last']],
    [
      'begins where it was queued again before there was a run',
      { SLURM_RESTART_COUNT: '1' },
      2,
      ['resume last', begin],
    ],
  ])('%s on each machine of a Slurm job, with its own number and home', (_, changes, code, words) => {
    const folder = mkdtempSync(join(tmpdir(), 'graft-slurm-'))
    command(folder, 'scontrol', 'printf "first\\nsecond\\n"')
    command(
      folder,
      'srun',
      'while [[ $1 == --* ]]; do shift; done; for SLURM_NODEID in 0 1; do export SLURM_NODEID; "$@" || exit; done',
    )
    command(folder, 'graft', `echo "$GRAFT_RENDEZVOUS $GRAFT_HOME $*"; [ "$1" = run ] || exit ${code}`)
    const { stdout, stderr, status } = spawnSync('bash', [join(root, 'deploy/slurm.sh'), 'mine.graft.json'], {
      encoding: 'utf8',
      env: {
        PATH: `${folder}:${process.env['PATH']}`,
        ...{ HOME: '/home/me', SLURM_JOB_ID: '7', SLURM_JOB_NODELIST: 'n[1-2]', SLURM_NNODES: '2' },
        ...{ SLURM_GPUS_ON_NODE: '8', ...changes },
      },
    })
    expect(status, stderr).toBe(0)
    const lines = [0, 1].flatMap((node) =>
      words.map((word) => {
        const own = word.startsWith('run') ? ` --node-rank ${node}` : ''
        return `first:29507 /home/me/.graft-slurm/7/node-${node} ${word}${own} --out graft-out/7/node-${node}`
      }),
    )
    expect(stdout.trim().split('\n')).toEqual(lines)
  })

  it.skipIf(!parses).each([
    ['goes on', 0],
    ['begins where there is no run yet', 2],
    ['begins nothing anew where it failed', 1],
  ])('%s on each machine of a PyTorchJob', (_, code) => {
    const { template } = readJob().spec.pytorchReplicaSpecs['Worker'] as Replica
    const [script] = template.spec.containers[0]?.args ?? []
    const folder = mkdtempSync(join(tmpdir(), 'graft-job-'))
    command(folder, 'node', `echo "$GRAFT_RENDEZVOUS $GRAFT_HOME $*"; [ "$2" = run ] || exit ${code}`)
    const { stdout, status } = spawnSync('sh', ['-c', script ?? ''], {
      encoding: 'utf8',
      env: {
        PATH: `${folder}:${process.env['PATH']}`,
        ...{ RANK: '1', MASTER_ADDR: 'graft-master-0', MASTER_PORT: '23456', MACHINES: '2' },
      },
    })
    expect(status).toBe(code === 2 ? 0 : code)
    const graft = 'graft-master-0:23456 /results/home-1 /graft/apps/runner/bin/graft.mjs'
    const begun = `${graft} run /data/mine.graft.json --engine torch --processes 8 --nodes 2 --node-rank 1 --out /results/node-1`
    expect(stdout.trim().split('\n')).toEqual([
      `${graft} resume last --out /results/node-1`,
      ...(code === 2 ? [begun] : []),
    ])
  })

  it.each(['deploy/slurm.sh', 'deploy/pytorchjob.yaml'])('gives graft run only options that it knows: %s', (path) => {
    const given = optionsOf('graft run', read(path))
    expect(given).toEqual(expect.arrayContaining(['--engine', '--node-rank', '--nodes', '--processes']))
    expect(given.filter((option) => !known.has(option))).toEqual([])
  })

  it.each(['serve', 'worker', 'run'])(
    'shows only options of graft %s that there are, on the page about many machines',
    (name) => {
      const page = read('docs/machines.md')
      const table = page.split('| option of `graft ').find((part) => part.startsWith(`${name}\``)) ?? ''
      const rows = table.split('\n').flatMap((line) => /^\| `(--[a-z-]+)/.exec(line)?.[1] ?? [])
      const given = [...optionsOf(`graft ${name}`, page.replaceAll(/[`|']/g, '\n')), ...rows]
      const words = [join(root, 'apps/runner/bin/graft.mjs'), name, '--help']
      const there = new Set(execFileSync(process.execPath, words, { encoding: 'utf8' }).match(/--[a-z-]+/g))
      expect(given.length).toBeGreaterThan(0)
      expect(given.filter((option) => !there.has(option))).toEqual([])
    },
  )

  it('shows only options that there are, on the page about it', () => {
    const given = optionsOf('\ngraft run', read('docs/scale-out.md'))
    expect(given.length).toBeGreaterThan(10)
    expect(given.filter((option) => !known.has(option))).toEqual([])
  })

  it.skipIf(!parses)('is a PyTorchJob whose machines are as many as it says, one of them the first', () => {
    const job = readJob()
    expect([job.apiVersion, job.kind]).toEqual(['kubeflow.org/v1', 'PyTorchJob'])
    const replicas = job.spec.pytorchReplicaSpecs
    expect(Object.keys(replicas)).toEqual(['Master', 'Worker'])
    expect(replicas['Master']?.replicas).toBe(1)
    const machines = Object.values(replicas).reduce((sum, { replicas: count }) => sum + count, 0)
    for (const { template } of Object.values(replicas)) {
      const [container] = template.spec.containers
      // The operator looks for a container of this name.
      expect(container?.name).toBe('pytorch')
      expect(container?.env.find(({ name }) => name === 'MACHINES')?.value).toBe(String(machines))
    }
  })
})
