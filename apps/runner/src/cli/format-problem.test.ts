import { describe, expect, it } from 'vitest'
import { colorsFor } from '../text/colors.js'
import { formatProblem } from './format-problem.js'
import { linesOfEvent } from './view/lines-of-event.js'

const colors = colorsFor({ isTTY: false })
const hostile = ['\u001b[2J\u001b]0;owned\u0007', '\u009b31m', '\r\u001b[A', '\u202egnp.exe', '\u0008\u007f']

describe('text of files in messages (fault 9)', () => {
  it.each(hostile)('%j acts on no terminal, wherever in a problem it stands', (text) => {
    const problem = {
      code: 'node',
      severity: 'error',
      node: `node${text}`,
      field: `field${text}`,
      message: `Operator "${text}" is not supported.\nExpected another.`,
      fix: `Replace "${text}".`,
    } as const
    const shown = [
      formatProblem(problem, colors),
      ...linesOfEvent(
        { type: 'node-failed', node: 'a', problem, milliseconds: 1 } as unknown as Parameters<typeof linesOfEvent>[0],
        (id) => id,
        colors,
      ),
    ].join('\n')
    expect(shown).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/)
    expect(shown).toContain('is not supported.\nExpected another.')
  })
})
