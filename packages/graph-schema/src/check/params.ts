import { z } from 'zod'
import { didYouMean, listNames } from '../did-you-mean.js'
import type { GraphNode } from '../document.js'
import type { NodeManifest } from '../manifest.js'
import type { Problem } from '../problem.js'
import { wiredParams } from '../wired-params.js'
import type { Rule } from './context.js'
import { describeSchema, schemaAt } from './describe-schema.js'

type ParamProblem = Omit<Problem, 'node'>

const isWithin = (field: string | undefined, name: string): boolean =>
  field === name || field?.startsWith(`${name}.`) === true

/** Wrong, missing and unknown params of every node that will run, each with the path of its field. */
export const params: Rule = (context) => {
  const validate = context.options.validateParams ?? checkParams
  return Object.entries(context.effective.document.nodes).flatMap(([id, node]) => {
    const manifest = context.manifestOf(id)
    // Params of another version have another shape; node-types.ts reports those.
    if (manifest === undefined || node.version !== manifest.version) return []
    const wired = wiredParams(context.effective.document, id, manifest)
    const counts = ({ field }: ParamProblem): boolean => !wired.some((name) => isWithin(field, name))
    return validate(node, manifest)
      .filter(counts)
      .map((problem) => ({
        ...problem,
        node: id,
        subject: context.nameOf(id),
        message: `${context.nameOf(id)}: ${problem.message}`,
      }))
  })
}

/**
 * Checks a node's params against the JSON Schema of its manifest. Messages don't name the node; fields are paths such
 * as `hidden.0`.
 */
export function checkParams(node: Pick<GraphNode, 'params'>, manifest: NodeManifest): readonly ParamProblem[] {
  const result = validatorOf(manifest).safeParse(node.params)
  return result.success ? [] : result.error.issues.flatMap((issue) => problemsOfIssue(issue, [], node.params, manifest))
}

const validators = new WeakMap<NodeManifest, z.ZodType>()

function validatorOf(manifest: NodeManifest): z.ZodType {
  const known = validators.get(manifest)
  if (known !== undefined) return known
  const validator = z.fromJSONSchema(manifest.params as Parameters<typeof z.fromJSONSchema>[0])
  validators.set(manifest, validator)
  return validator
}

type Issue = z.core.$ZodIssue

function problemsOfIssue(
  issue: Issue,
  before: readonly PropertyKey[],
  root: unknown,
  manifest: NodeManifest,
): readonly ParamProblem[] {
  const path = [...before, ...issue.path]
  if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => unknownParam([...path, key], manifest))
  if (issue.code === 'invalid_union') {
    const branch = meantBranch(issue.errors)
    if (branch !== null) return branch.flatMap((inner) => problemsOfIssue(inner, path, root, manifest))
  }
  return [wrongParam(path, valueAt(root, path), manifest)]
}

/**
 * The alternative whose fixed values (such as `name: "sgd"`) fit and that fails further inside; null when none does.
 */
function meantBranch(branches: readonly (readonly Issue[])[]): readonly Issue[] | null {
  return (
    branches.find(
      (issues) =>
        issues.length > 0 &&
        issues.every(({ code, path }) => code !== 'invalid_value' && (path.length > 0 || code === 'unrecognized_keys')),
    ) ?? null
  )
}

function wrongParam(path: readonly PropertyKey[], value: unknown, manifest: NodeManifest): ParamProblem {
  const field = path.map(String).join('.')
  const schema = schemaAt(manifest.params, path)
  const expected = describeSchema(schema)
  const otherwise = 'default' in schema ? `, or leave it out for ${JSON.stringify(schema['default'])}` : ''
  if (value === undefined) {
    const { title, placeholder } = schema
    return {
      code: 'param-missing',
      severity: 'error',
      field,
      message: `${typeof title === 'string' ? `${title} ("${field}")` : `"${field}"`} is missing.`,
      fix:
        typeof placeholder === 'string' && placeholder !== ''
          ? `Set "${field}", for example to ${JSON.stringify(placeholder)}.`
          : `Set "${field}" to ${expected}.`,
    }
  }
  const shown = field === '' ? 'the params are' : `"${field}" is`
  return {
    code: 'param-invalid',
    severity: 'error',
    field,
    message: `${shown} ${shorten(value)}; expected ${expected}.`,
    fix: `Set ${field === '' ? 'them' : `"${field}"`} to ${expected}${otherwise}.`,
  }
}

function unknownParam(path: readonly PropertyKey[], manifest: NodeManifest): ParamProblem {
  const name = String(path.at(-1))
  const properties = schemaAt(manifest.params, path.slice(0, -1))['properties']
  const known = Object.keys(typeof properties === 'object' && properties !== null ? properties : {})
  const field = path.map(String).join('.')
  return {
    code: 'param-unknown',
    severity: 'error',
    field,
    message: `there is no parameter "${field}"; expected one of ${listNames(known, 20)}.`,
    fix: `${didYouMean(name, known)}Rename or remove "${field}".`,
  }
}

function valueAt(root: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, key) =>
      typeof value === 'object' && value !== null && Object.hasOwn(value, key)
        ? (value as Record<PropertyKey, unknown>)[key]
        : undefined,
    root,
  )
}

function shorten(value: unknown): string {
  const text = JSON.stringify(value) ?? 'undefined'
  return text.length > 60 ? `${text.slice(0, 57)}...` : text
}
