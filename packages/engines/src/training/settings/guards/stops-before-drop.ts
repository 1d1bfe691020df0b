import type { Guard } from './guard.js'

export const stopsBeforeDrop: Guard = {
  code: 'stops-before-drop',
  field: 'patience',
  check: ({ schedule, patience, plateauPatience }) =>
    schedule === 'plateau' && patience > 0 && patience <= plateauPatience
      ? {
          message: `Training stops after ${patience} epochs without improvement, and the rate would drop only after ${plateauPatience + 1}: it never does.`,
          fix: `Set patience to ${2 * (plateauPatience + 1)} or more, or plateauPatience lower.`,
        }
      : null,
}
