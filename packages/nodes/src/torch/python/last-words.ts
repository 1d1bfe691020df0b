import type { ChildProcess } from 'node:child_process'

/** What a process says on its error output from now on, the last of it at least; for messages when it falls. */
export function lastWords({ stderr }: Pick<ChildProcess, 'stderr'>): string[] {
  const said: string[] = []
  stderr?.on('data', (data) => {
    said.push(String(data))
    if (said.length > 200) said.splice(0, 100)
  })
  return said
}
