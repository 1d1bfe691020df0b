import { deviceChoices, engineChoices } from '../../engines/every-engine.js'
import { HttpProblem } from './http-problem.js'

/** Throws HttpProblem for an engine or a device that this build doesn't have. */
export function refuseUnknownEngine(asked: { readonly engine: string; readonly device: string }): void {
  for (const [field, choices] of [
    ['engine', engineChoices],
    ['device', deviceChoices],
  ] as const)
    if (!choices.includes(asked[field]))
      throw new HttpProblem(
        400,
        'body-invalid',
        `There is no ${field} "${asked[field]}". Expected one of ${choices.join(', ')}.`,
        { field },
      )
}
