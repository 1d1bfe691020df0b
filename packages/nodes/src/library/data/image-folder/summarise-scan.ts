import type { Sample } from '@graft/graph-schema'
import type { NodeContext } from '../../../sdk/node-context.js'
import { groupBy } from '../group-by.js'

type Named = readonly { readonly file: string; readonly reason: string }[]

/** Names shown in one log line; the dataset's list has all. */
const namesShown = 12

/** Says what was read, what was left out and why (every reason with its files), and what was converted. */
export function logScan(
  samples: readonly Sample[],
  classNames: readonly string[],
  skipped: Named,
  notes: Named,
  { emit }: Pick<NodeContext, 'emit'>,
): void {
  const perClass = classNames.map(
    (name, label) => `${name} ${samples.filter((sample) => sample.label === label).length}`,
  )
  const shown =
    perClass.length > namesShown
      ? [...perClass.slice(0, namesShown), `and ${perClass.length - namesShown} more`]
      : perClass
  emit({
    type: 'log',
    level: 'info',
    message: `${samples.length} images of ${classNames.length} classes (${shown.join(', ')}); ${skipped.length === 0 ? 'no file' : countOf(skipped.length, 'file')} skipped.`,
  })
  for (const [reason, files] of byReason(skipped))
    emit({
      type: 'log',
      level: 'warning',
      message: `Skipped ${countOf(files.length, 'file')}: ${reason}: ${listNames(files)}.`,
    })
  for (const [reason, files] of byReason(notes))
    emit({
      type: 'log',
      level: 'info',
      message: `${countOf(files.length, 'image')}: ${reason}: ${listNames(files)}.`,
    })
}

/**
 * Warns of what makes scores wrong or classes weak: copies and groups across splits, copies with two labels, classes
 * with one image or none.
 */
export function warnOfTraps(
  samples: readonly Sample[],
  classNames: readonly string[],
  emptyClasses: readonly string[],
  { emit }: Pick<NodeContext, 'emit'>,
): void {
  const warn = (message: string): void => emit({ type: 'log', level: 'warning', message })
  if (emptyClasses.length > 0)
    warn(`No usable image in ${countOf(emptyClasses.length, 'class folder')}; left out: ${listNames(emptyClasses)}.`)
  const single = classNames.filter((_, label) => samples.filter((sample) => sample.label === label).length === 1)
  if (single.length > 0)
    warn(
      `Only one image in ${countOf(single.length, 'class', 'classes')}: ${listNames(single)}. It can be trained on but not validated; add images.`,
    )
  const copies = [...groupBy(samples, (sample) => sample.fingerprint).values()].filter((same) => same.length > 1)
  for (const [what, property] of [
    ['in different splits (a leak: scores will be too good)', 'split'],
    ['with different labels', 'label'],
  ] as const) {
    const pairs = copies
      .filter((same) => new Set(same.map((sample) => sample[property])).size > 1)
      .map((same) => same.map((sample) => sample.id).join(' = '))
    if (pairs.length > 0)
      warn(`${countOf(pairs.length, 'image')} identical byte for byte ${what}: ${listNames(pairs)}.`)
  }
  const groups = [
    ...groupBy(
      samples.filter((sample) => sample.group !== undefined),
      (sample) => sample.group ?? '',
    ),
  ]
  const torn = groups
    .filter(([, members]) => new Set(members.map((sample) => sample.split)).size > 1)
    .map(([group]) => group)
  if (torn.length > 0)
    warn(
      `${countOf(torn.length, 'group')} in more than one split of the source: ${listNames(torn)}. Set Split to "random" to keep groups together.`,
    )
}

function byReason(named: Named): ReadonlyMap<string, readonly string[]> {
  return new Map(
    [...groupBy(named, ({ reason }) => reason)].map(([reason, entries]) => [reason, entries.map(({ file }) => file)]),
  )
}

function listNames(names: readonly string[]): string {
  return names.length > namesShown
    ? `${names.slice(0, namesShown).join(', ')} and ${names.length - namesShown} more`
    : names.join(', ')
}

function countOf(count: number, singular: string, plural = `${singular}s`): string {
  return `${count} ${count === 1 ? singular : plural}`
}
