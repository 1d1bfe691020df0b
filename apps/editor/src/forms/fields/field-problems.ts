import type { Problem } from '@graft/graph-schema'

/** Problems of one field, and of what is inside it (`hidden.0` belongs to `hidden`). */
export function problemsOfField(problems: readonly Problem[], path: string): readonly Problem[] {
  return problems.filter(({ field }) => field === path || field?.startsWith(`${path}.`) === true)
}

/** Problems of a node that belong to none of these fields: of its wires, or of the node as a whole. */
export function problemsOfNode(problems: readonly Problem[], paths: readonly string[]): readonly Problem[] {
  return problems.filter(
    ({ field }) => field === undefined || !paths.some((path) => field === path || field.startsWith(`${path}.`)),
  )
}

/** A problem's text without the name of its node, which the form's heading says already. */
export function shortMessage({ message, subject }: Pick<Problem, 'message' | 'subject'>): string {
  const text = subject !== undefined && message.startsWith(`${subject}: `) ? message.slice(subject.length + 2) : message
  return text.charAt(0).toUpperCase() + text.slice(1)
}
