import { nodeOf } from '../document.js'
import type { GraphEndpoint } from '../document.js'
import type { NodeManifest } from '../manifest.js'
import type { FactSource } from '../ports.js'
import type { Problem } from '../problem.js'
import { edgeInto, portAt } from './context.js'
import type { CheckContext, Rule } from './context.js'
import { schemaAt } from './describe-schema.js'

/** How many classes something has, and who says so. */
interface ClassFact {
  readonly count: number
  readonly names: readonly string[] | null
  readonly node: string
  /** The parameter that fixes it; null when the data itself does. */
  readonly param: string | null
  /** The input it arrived at, on the node that compares. */
  readonly port?: string
}

/**
 * Numbers of classes that can't match: a head made for 5 classes and data with 2, or training and validation data that
 * differ.
 */
export const classes: Rule = (context) => {
  const found = new Map<string, Problem>()
  for (const id of Object.keys(context.effective.document.nodes)) {
    for (const group of context.manifestOf(id)?.sameClasses ?? []) {
      const facts = group.flatMap((source) => factOf(context, id, source, new Set()) ?? [])
      const reference = facts.find(({ param }) => param === null) ?? facts[0]
      for (const fact of facts) {
        const problem = reference === undefined || fact === reference ? null : compare(context, id, reference, fact)
        // Add Head, Train and Evaluate may all see the same mistake; it is reported once, where it is made.
        if (problem !== null)
          found.set(
            `${problem.node ?? ''} ${problem.field ?? ''}`,
            found.get(`${problem.node ?? ''} ${problem.field ?? ''}`) ?? problem,
          )
      }
    }
  }
  return [...found.values()]
}

function factOf(context: CheckContext, node: string, source: FactSource, seen: Set<string>): ClassFact | null {
  if ('param' in source) return paramFact(context, node, source.param)
  const edge = edgeInto(context, { node, port: source.port })
  const fact = edge === undefined ? null : outputFact(context, edge.from, seen)
  return fact === null ? null : { ...fact, port: source.port }
}

function outputFact(context: CheckContext, end: GraphEndpoint, seen: Set<string>): ClassFact | null {
  if (seen.has(end.node)) return null
  seen.add(end.node)
  const port = portAt(context, end, 'outputs')
  const facts = context.options.facts
  const known = facts !== undefined && Object.hasOwn(facts, end.node) ? facts[end.node] : undefined
  const count = known?.classes ?? known?.classNames?.length
  if (port?.kind === 'dataset' && count !== undefined)
    return { count, names: known?.classNames ?? null, node: end.node, param: null }
  return port?.classesFrom === undefined ? null : factOf(context, end.node, port.classesFrom, seen)
}

function paramFact(context: CheckContext, node: string, param: string): ClassFact | null {
  const path = param.split('.')
  // What a wire feeds isn't known before the graph runs.
  if (edgeInto(context, { node, port: path[0] ?? '' }) !== undefined) return null
  const given = path.reduce<unknown>(
    (value, key) => (typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[key] : undefined),
    nodeOf(context.document, node)?.params,
  )
  const value = given ?? defaultOf(context.manifestOf(node), path)
  if (Array.isArray(value) && value.length > 0) return { count: value.length, names: value.map(String), node, param }
  return typeof value === 'number' && value > 0 ? { count: value, names: null, node, param } : null
}

function defaultOf(manifest: NodeManifest | undefined, path: readonly string[]): unknown {
  return manifest === undefined ? undefined : schemaAt(manifest.params, path)['default']
}

function compare(context: CheckContext, id: string, reference: ClassFact, fact: ClassFact): Problem | null {
  if (fact.count !== reference.count)
    return fact.param === null
      ? differentData(context, id, reference, fact)
      : wrongParam(context, reference, fact, fact.param)
  const order =
    fact.names !== null &&
    reference.names !== null &&
    fact.names.some((name, index) => name !== reference.names?.[index])
  return order ? differentNames(context, id, reference, fact) : null
}

function wrongParam(context: CheckContext, reference: ClassFact, fact: ClassFact, param: string): Problem {
  const automatic = defaultOf(context.manifestOf(fact.node), param.split('.'))
  const otherwise = automatic === 0 || automatic === null ? `, or to ${String(automatic)} to take it from the data` : ''
  return {
    code: 'classes-mismatch',
    severity: 'error',
    node: fact.node,
    field: param,
    message: `${context.nameOf(fact.node)} is set to ${fact.count} classes, but ${describe(context, reference)} has ${reference.count}${namesOf(reference)}.`,
    fix: `Set "${param}" of ${context.nameOf(fact.node)} to ${reference.count}${otherwise}.`,
  }
}

function differentData(context: CheckContext, id: string, reference: ClassFact, fact: ClassFact): Problem {
  return {
    code: 'classes-mismatch',
    severity: 'error',
    node: id,
    ...(fact.port !== undefined && { field: fact.port }),
    message: `${context.nameOf(id)} gets ${fact.count} classes${namesOf(fact)} at "${fact.port ?? ''}" and ${reference.count}${namesOf(reference)} at "${reference.port ?? ''}"; expected the same classes.`,
    fix: `Give ${context.nameOf(fact.node)} and ${context.nameOf(reference.node)} the same class folders.`,
  }
}

function differentNames(context: CheckContext, id: string, reference: ClassFact, fact: ClassFact): Problem {
  return {
    code: 'class-names-mismatch',
    severity: 'error',
    node: id,
    ...(fact.port !== undefined && { field: fact.port }),
    message: `${context.nameOf(id)} gets classes${namesOf(fact)} from ${context.nameOf(fact.node)} and${namesOf(reference)} from ${context.nameOf(reference.node)}; expected the same names in the same order.`,
    fix: 'Rename the class folders (or the list of class names) so that both agree.',
  }
}

function describe(context: CheckContext, fact: ClassFact): string {
  return fact.param === null ? `the data of ${context.nameOf(fact.node)}` : context.nameOf(fact.node)
}

function namesOf(fact: ClassFact): string {
  if (fact.names === null) return ''
  const shown = fact.names.slice(0, 5).join(', ')
  return ` (${shown}${fact.names.length > 5 ? ', ...' : ''})`
}
