import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

const root = fileURLToPath(new URL('../../../../', import.meta.url))
const read = (path: string): string => readFileSync(join(root, path), 'utf8')

interface Instruction {
  readonly name: string
  readonly rest: string
}

/** Instructions of a Dockerfile, comments left out and continued lines joined. */
function instructionsOf(text: string): Instruction[] {
  const lines = text
    .replaceAll(/\\\n/g, ' ')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'))
  return lines.map((line) => ({ name: line.split(/\s/, 1)[0] ?? '', rest: line.slice(line.search(/\s/)).trim() }))
}

const dockerfile = instructionsOf(read('deploy/Dockerfile'))
const all = (name: string): string[] =>
  dockerfile.filter((instruction) => instruction.name === name).map(({ rest }) => rest)
const lastStage = dockerfile.slice(dockerfile.findLastIndex(({ name }) => name === 'FROM'))
const unit = read('deploy/graft.service')
/** Long options that `graft serve` knows. */
const options = new Set(
  execFileSync(process.execPath, [join(root, 'apps/runner/bin/graft.mjs'), 'serve', '--help'], {
    encoding: 'utf8',
  }).match(/--[a-z-]+/g),
)

describe('the Dockerfile', () => {
  it('knows only instructions that there are', () => {
    const known = ['FROM', 'WORKDIR', 'COPY', 'RUN', 'ENV', 'USER', 'VOLUME', 'EXPOSE', 'HEALTHCHECK', 'CMD']
    expect(dockerfile.filter(({ name }) => !known.includes(name))).toEqual([])
  })

  it('builds on a named version of Node that the package allows', () => {
    for (const base of all('FROM')) expect(base).toMatch(/^node:\d+-bookworm-slim( AS \w+)?$/)
    const lowest = Number(
      />=(\d+)/.exec((JSON.parse(read('package.json')) as { engines: { node: string } }).engines.node)?.[1],
    )
    for (const base of all('FROM')) expect(Number(/node:(\d+)/.exec(base)?.[1])).toBeGreaterThanOrEqual(lowest)
  })

  it('copies what is there, and nothing that belongs to one machine', () => {
    for (const rest of all('COPY')) {
      const words = rest.split(/\s+/).filter((word) => !word.startsWith('--'))
      if (!rest.includes('--from='))
        for (const source of words.slice(0, -1)) expect(existsSync(join(root, source)), source).toBe(true)
    }
    expect(read('.dockerignore').split('\n')).toEqual(expect.arrayContaining(['**/node_modules', '**/dist', '.git']))
  })

  it('runs as someone without rights, and says whether it is well', () => {
    const user = lastStage.findLast(({ name }) => name === 'USER')?.rest
    expect(user).toBe('node')
    const after = lastStage.slice(lastStage.findLastIndex(({ name }) => name === 'USER')).map(({ name }) => name)
    expect(after).toContain('CMD')
    expect(after).not.toContain('RUN')
    expect(lastStage.find(({ name }) => name === 'HEALTHCHECK')?.rest).toContain('/healthz')
  })

  it('holds no secret, and wants its token from a file', () => {
    expect([...all('ENV'), ...all('RUN')].join('\n')).not.toMatch(/(token|secret|password|api_?key)\s*=/i)
    expect(all('CMD')[0]).toContain('"--token-file", "/run/secrets/graft-token"')
  })

  it('starts the runner with options that it knows', () => {
    const command = JSON.parse(all('CMD')[0] ?? '') as string[]
    expect(existsSync(join(root, command[1] ?? ''))).toBe(true)
    expect(command.filter((word) => word.startsWith('--') && !options.has(word))).toEqual([])
    expect(all('EXPOSE')).toEqual([command[command.indexOf('--port') + 1]])
  })
})

describe('the systemd unit', () => {
  it('starts the runner with options that it knows', () => {
    const command = (/^ExecStart=(.+)$/m.exec(unit)?.[1] ?? '').split(' ')
    expect(command[1]?.replace('/opt/graft/', root)).toSatisfy(existsSync)
    expect(command.filter((word) => word.startsWith('--') && !options.has(word))).toEqual([])
  })

  it('takes away the rights that the service has no use for', () => {
    for (const line of [
      'NoNewPrivileges=yes',
      'ProtectSystem=strict',
      'ProtectHome=yes',
      'CapabilityBoundingSet=',
      'SystemCallFilter=@system-service',
    ])
      expect(unit.split('\n')).toContain(line)
    expect(unit).toMatch(/^User=(?!root)\w+$/m)
  })

  const analyze = spawnSync('systemd-analyze', ['--version'])
  if (analyze.error) console.warn('The unit is not verified: there is no systemd-analyze.')
  it.skipIf(analyze.error !== undefined)('is one that systemd accepts', () => {
    const { stdout, stderr } = spawnSync('systemd-analyze', ['verify', join(root, 'deploy/graft.service')], {
      encoding: 'utf8',
    })
    // Where the program is installed elsewhere than on the machine that the unit is for is no fault of the unit.
    const complaints = `${stdout}${stderr}`
      .split('\n')
      .filter((line) => line.includes('graft.service') && !/is not executable|No such file/.test(line))
    expect(complaints).toEqual([])
  })
})
