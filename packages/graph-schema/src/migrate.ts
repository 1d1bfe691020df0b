import { textOf } from '@graft/errors'
/** A step from one version of a document, or of a node type's params, to the next. */
export interface Migration<Value> {
  /** The version that this step leads to: 2 for the first step, one more for each that follows. */
  readonly to: number
  /** The change, in the imperative: "rename freezeBn to batchNorm". */
  readonly name: string
  up(value: Value): Value
}

/** The named, numbered steps of one versioned thing. */
export interface Migrations<Value> {
  /** Who these belong to, as messages say it: "the document", "node type train". */
  readonly subject: string
  /** The newest version: 1 when there are no steps. */
  readonly current: number
  readonly names: readonly string[]
  /** Brings a value to the newest version. Never throws: what can't be done is said by `status`. */
  apply(value: Value, version: number): MigrationResult<Value>
}

export type MigrationResult<Value> =
  | { readonly status: 'current' | 'migrated'; readonly value: Value; readonly applied: readonly string[] }
  /** Written by a newer Graft (or plugin); the value is untouched. */
  | { readonly status: 'newer'; readonly value: Value; readonly version: number; readonly current: number }
  /** A step threw, or the version isn't a whole number from 1; the value is untouched. */
  | { readonly status: 'failed'; readonly value: Value; readonly message: string }

/**
 * Puts the steps of one versioned thing in order.
 *
 * @throws Error at start-up when the list is wrong: numbers don't start at 2 and rise by one, or a name is missing or used twice
 */
export function defineMigrations<Value>(subject: string, steps: readonly Migration<Value>[]): Migrations<Value> {
  checkNumbers(subject, steps)
  checkNames(subject, steps)
  const current = steps.length + 1
  return {
    subject,
    current,
    names: steps.map((step) => step.name),
    apply: (value, version) => {
      if (!Number.isInteger(version) || version < 1)
        return {
          status: 'failed',
          value,
          message: `${subject} has version ${String(version)}; versions are whole numbers from 1.`,
        }
      if (version > current) return { status: 'newer', value, version, current }
      return applySteps(subject, value, steps.slice(version - 1))
    },
  }
}

function applySteps<Value>(subject: string, value: Value, steps: readonly Migration<Value>[]): MigrationResult<Value> {
  let migrated = value
  for (const step of steps) {
    try {
      migrated = step.up(migrated)
    } catch (error) {
      const cause = textOf(error)
      return {
        status: 'failed',
        value,
        message: `${subject} could not be brought to version ${step.to} ("${step.name}"): ${cause}`,
      }
    }
  }
  return {
    status: steps.length === 0 ? 'current' : 'migrated',
    value: migrated,
    applied: steps.map((step) => step.name),
  }
}

function checkNumbers(subject: string, steps: readonly Pick<Migration<never>, 'to' | 'name'>[]): void {
  steps.forEach((step, index) => {
    if (step.to !== index + 2) {
      throw new Error(
        `Migrations of ${subject}: step ${index + 1} ("${step.name}") leads to version ${step.to}, expected ${index + 2}. Number the steps 2, 3, 4, ... without gaps.`,
      )
    }
  })
}

function checkNames(subject: string, steps: readonly Pick<Migration<never>, 'to' | 'name'>[]): void {
  const seen = new Set<string>()
  for (const { name, to } of steps) {
    if (name.trim() === '')
      throw new Error(
        `Migrations of ${subject}: the step to version ${to} has no name. Say what it does: "rename freezeBn to batchNorm".`,
      )
    if (seen.has(name))
      throw new Error(`Migrations of ${subject}: two steps are named "${name}". Give each step its own name.`)
    seen.add(name)
  }
}
