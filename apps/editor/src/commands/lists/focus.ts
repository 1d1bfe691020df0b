import { holdKeys, releaseKeys } from '../keys/held-keys.js'
import { canvasApi } from '../../page/canvas-api.js'
import type { Problem } from '@graft/graph-schema'
import { announce, editor } from '../../document/store.js'
import { unlessActed } from '../../page/late-focus.js'
import { ui } from '../../page/page-store.js'

// Not the button that resets a field: Enter on it would change what the person came to edit.
const focusable =
  'input:not([disabled]), select:not([disabled]), textarea:not([disabled]), button:not([disabled], .field-reset), [tabindex="0"]'

/** Moves the keyboard into the selected node's form. */
export function editFields(): void {
  ui.set({ inspector: true })
  // Not one selector: the close button comes first in the page.
  const focusFirst = unlessActed(() =>
    (
      document.querySelector<HTMLElement>(`#inspector [data-field] :is(${focusable})`) ??
      document.querySelector<HTMLElement>(`#inspector :is(${focusable})`)
    )?.focus(),
  )
  afterRender(focusFirst)
}

/** Opens the title of the selected node for typing. */
export function renameNode(): void {
  const id = editor.get().selection.nodes.at(-1)
  if (id === undefined) return
  const header = document.querySelector(`.react-flow__node[data-id="${CSS.escape(id)}"] .card-header`)
  header?.dispatchEvent(new MouseEvent('dblclick', { bubbles: true }))
}

/** Moves the keyboard to the text of a frame or note, once it is drawn, with what is there selected. */
export function writeOn({ kind, index }: { readonly kind: 'frame' | 'note'; readonly index: number }): void {
  holdKeys()
  afterRender(() => {
    const typed = releaseKeys()
    const text = document.querySelector<HTMLInputElement | HTMLTextAreaElement>(
      `.react-flow__node[data-id="${kind}:${index}"] :is(textarea, input)`,
    )
    text?.focus({ preventScroll: true })
    text?.select()
    if (text === null || typed === '') return
    text.setRangeText(typed, 0, text.value.length, 'end')
    text.dispatchEvent(new Event('input', { bubbles: true }))
  })
}

/** Shows where a problem is: its node on the canvas and its field in the form. */
export function revealProblem(problem: Problem): void {
  const { node, field } = problem
  if (node === undefined) return
  if (field === undefined) return canvasApi()?.reveal(node)
  ui.set({ inspector: true })
  canvasApi()?.reveal(node, () => {
    const element = fieldElement(field)
    element?.scrollIntoView({ block: 'center' })
    element?.querySelector<HTMLElement>(focusable)?.focus({ preventScroll: true })
  })
}

/** The form's element for a field, or for the field that holds it. */
function fieldElement(field: string): HTMLElement | null {
  const parts = field.split('.')
  for (let length = parts.length; length > 0; length--) {
    const element = document.querySelector<HTMLElement>(
      `#inspector [data-field="${CSS.escape(parts.slice(0, length).join('.'))}"]`,
    )
    if (element !== null) return element
  }
  return null
}

let lastProblem = -1

/** Goes through the problems one by one. */
export function focusProblem(): void {
  const { problems } = editor.get()
  lastProblem = (lastProblem + 1) % Math.max(1, problems.length)
  const problem = problems[lastProblem]
  if (problem === undefined) return
  ui.set({ drawer: 'run', runTab: 'problems' })
  announce(`Problem ${lastProblem + 1} of ${problems.length}: ${problem.message} ${problem.fix}`)
  revealProblem(problem)
}

function afterRender(action: () => void): void {
  requestAnimationFrame(() => requestAnimationFrame(action))
}
