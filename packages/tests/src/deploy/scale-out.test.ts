import { execFileSync, spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
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

describe('what starts a training on several machines', () => {
  it('is a script that bash can read, for Slurm', () => {
    const { status, stderr } = spawnSync('bash', ['-n', join(root, 'deploy/slurm.sh')], { encoding: 'utf8' })
    expect(status, stderr).toBe(0)
  })

  it.each(['deploy/slurm.sh', 'deploy/pytorchjob.yaml'])('gives graft run only options that it knows: %s', (path) => {
    const given = optionsOf('graft run', read(path))
    expect(given).toEqual(expect.arrayContaining(['--engine', '--node-rank', '--nodes', '--processes']))
    expect(given.filter((option) => !known.has(option))).toEqual([])
  })

  it('shows only options that there are, on the page about it', () => {
    const given = optionsOf('\ngraft run', read('docs/scale-out.md'))
    expect(given.length).toBeGreaterThan(10)
    expect(given.filter((option) => !known.has(option))).toEqual([])
  })

  it.skipIf(!parses)('is a PyTorchJob whose machines are as many as it says, one of them the first', () => {
    const program = 'import json, sys, yaml; json.dump(yaml.safe_load(open(sys.argv[1])), sys.stdout)'
    const text = execFileSync(python, ['-c', program, join(root, 'deploy/pytorchjob.yaml')], { encoding: 'utf8' })
    const job = JSON.parse(text) as {
      readonly apiVersion: string
      readonly kind: string
      readonly spec: { readonly pytorchReplicaSpecs: Readonly<Record<string, Replica>> }
    }
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
