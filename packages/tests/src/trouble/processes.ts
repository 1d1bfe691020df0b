import { readdirSync, readFileSync } from 'node:fs'

/** Living processes whose home folder of Graft is this one, as Linux tells; none where nobody tells. */
export function processesOf(home: string): readonly { readonly pid: number; readonly command: string }[] {
  return numbersIn('/proc').flatMap((pid) => {
    const environment = textOf(`/proc/${pid}/environ`).split('\0')
    // One that has ended and waits to be asked how has no command line.
    const command = textOf(`/proc/${pid}/cmdline`).replaceAll('\0', ' ').trim()
    return environment.includes(`GRAFT_HOME=${home}`) && command !== '' ? [{ pid, command }] : []
  })
}

/** The processes that one has started. */
export function childrenOf(pid: number): readonly number[] {
  return textOf(`/proc/${pid}/task/${pid}/children`).split(' ').filter(Boolean).map(Number)
}

function numbersIn(folder: string): readonly number[] {
  try {
    return readdirSync(folder)
      .filter((name) => /^\d+$/.test(name))
      .map(Number)
  } catch {
    return []
  }
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}
