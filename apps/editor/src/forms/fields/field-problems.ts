import type { Problem } from '@graft/graph-schema'
import type { Field } from './field.js'

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

const howToFill: Readonly<Record<string, string>> = {
  path: 'Choose it with Browse, or type where it is.',
  backbone: 'Choose one of those below, or type a name or a path.',
  choice: 'Choose one.',
  text: 'Type it in.',
}

/** A problem of a field as its form says it: what isn't there yet in plain words, anything else as check() does. */
export function fieldMessage(
  problem: Pick<Problem, 'message' | 'subject' | 'code' | 'fix'>,
  { title, widget }: Pick<Field, 'title' | 'widget'>,
): { readonly message: string; readonly fix: string } {
  if (problem.code !== 'param-missing') return { message: shortMessage(problem), fix: problem.fix }
  return { message: `${title} is missing.`, fix: howToFill[widget] ?? problem.fix }
}
