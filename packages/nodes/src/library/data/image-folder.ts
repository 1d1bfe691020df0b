import { basename } from 'node:path'
import { z } from 'zod'
import type { Sample } from '@graft/graph-schema'
import { defineNode } from '../../sdk/define-node.js'
import type { NodeContext } from '../../sdk/node-context.js'
import { NodeError } from '../../sdk/node-error.js'
import { choiceField, pathField, switchField } from '../../sdk/fields.js'
import { datasetPort } from '../../sdk/ports.js'
import { atField } from '../support/run-surgery.js'
import { progressOf } from '../../sdk/progress.js'
import { withSamples } from '../../sdk/samples.js'
import { emitContactSheet } from './emit-preview.js'
import { checkFiles, checkVersion, type CheckedFile } from './image-folder/check-files.js'
import { placeFiles, type PlacedFile, type Placement } from './image-folder/folder-layout.js'
import { groupByPattern, patternProblem } from './image-folder/group-by-pattern.js'
import { compareText, fingerprintListing, listFiles } from '../../image-files/list-files.js'
import { requireFolder } from './image-folder/require-folder.js'
import { openScanCache } from './image-folder/scan-cache.js'
import { logScan, warnOfTraps } from './image-folder/summarise-scan.js'

const params = z.strictObject({
  path: pathField({
    title: 'Folder',
    description:
      'Folder with one folder per class, or with train, val and test folders that have one folder per class. Relative to the graph file.',
    placeholder: 'photos',
  }),
  layout: choiceField(['auto', 'classes', 'splits'], 'auto', {
    title: 'Layout',
    description:
      '`classes`: one folder per class. `splits`: train, val (valid, validation) and test folders with one folder per class each. `auto` finds out which.',
  }),
  gifs: choiceField(['skip', 'firstFrame'], 'skip', {
    title: 'GIFs',
    description:
      'In photo collections they are mostly placeholders and animations. `firstFrame` uses the first image of each.',
    advanced: true,
  }),
  followLinks: switchField(false, {
    title: 'Follow links',
    description: 'Also read files and folders that symbolic links point to.',
    advanced: true,
  }),
  groupBy: z.string().max(200).default('').meta({
    title: 'Group by',
    description:
      'Regular expression on file names; images for which its parenthesis captures the same text stay in one part when split. For "person12_03.jpg": ^([^_]+)_',
    placeholder: '^([^_]+)_',
    advanced: true,
  }),
})
type Params = z.output<typeof params>

export const imageFolder = defineNode({
  type: 'image-folder',
  version: 1,
  revision: 2,
  title: 'Image Folder',
  category: 'Data',
  readsFolder: 'path',
  doc: `Reads your own images from a folder: one folder per class, or train, val and test folders with one folder per class each. Put Split after it.
Every file is opened and checked here. What can't be used is skipped, counted and named; odd images (turned, CMYK, 16-bit, transparent, grayscale) are converted and named.
Class names are folder names, sorted by character code (capitals first), so that class order is the same on every machine.`,
  inputs: {},
  outputs: {
    images: datasetPort(
      "All usable images, with the source's own train, validation and test parts where it has them.",
      { splits: ['all'] },
    ),
  },
  params,
  validate({ groupBy }) {
    const problem = groupBy === '' ? null : patternProblem(groupBy)
    if (problem === null) return []
    return [
      {
        code: 'image-folder/bad-pattern',
        severity: 'error',
        field: 'groupBy',
        message: `"${groupBy}" is not a regular expression: ${problem}.`,
        fix: 'For names like "person12_03.jpg" use: ^([^_]+)_',
      },
    ]
  },
  async fingerprint({ path, followLinks }, context) {
    const listing = await listFiles(
      atField('path', () => context.resolvePath(path)),
      followLinks,
    ).catch(() => null)
    if (listing === null) return 'missing'
    return fingerprintListing(listing, await checkVersion())
  },
  async run({ params: settings, context }) {
    const root = atField('path', () => context.resolvePath(settings.path))
    await requireFolder(settings.path, root)
    const listing = await listFiles(root, settings.followLinks)
    const placement = placeFiles(listing, settings.layout)
    requireClasses(placement, settings, root)
    const checked = await checkPlaced(placement.placed, root, settings, context)
    const skipped = [
      ...listing.unread,
      ...placement.misplaced,
      ...checked.flatMap(({ file, check }) => (check.ok ? [] : [{ file: file.id, reason: check.reason }])),
    ]
    const usable = checked.filter(({ check }) => check.ok)
    const classNames = [...new Set(usable.map(({ file }) => file.className))].toSorted(compareText)
    requireImages(classNames, placement, skipped, root)
    const samples = toSamples(usable, classNames, settings.groupBy)
    logScan(
      samples,
      classNames,
      skipped,
      usable.flatMap(({ file, check }) => (check.ok ? check.notes.map((reason) => ({ file: file.id, reason })) : [])),
      context,
    )
    warnOfTraps(
      samples,
      classNames,
      placement.classFolders.filter((name) => !classNames.includes(name)),
      context,
    )
    await emitContactSheet(samples, classNames, context)
    const provenance = [
      `Image Folder: ${basename(root)}, ${placement.layout === 'splits' ? 'with its own split' : 'one folder per class'}`,
    ]
    return {
      images: await withSamples(
        { kind: 'dataset', split: 'all', name: basename(root), root, classNames, transforms: [], skipped, provenance },
        samples,
        context.store,
      ),
    }
  },
})

async function checkPlaced(
  placed: readonly PlacedFile[],
  root: string,
  { gifs }: Params,
  context: NodeContext,
): Promise<readonly CheckedFile<PlacedFile>[]> {
  const cache = await openScanCache(context.cacheDirectory, root, `${await checkVersion()} ${gifs}`)
  let complete = false
  try {
    const checked = await checkFiles(placed, {
      gifs,
      cache,
      signal: context.signal,
      onProgress: progressOf(context, 'images'),
    })
    complete = true
    return checked
  } finally {
    await cache.save(complete)
  }
}

function toSamples(
  usable: readonly CheckedFile<PlacedFile>[],
  classNames: readonly string[],
  groupBy: string,
): readonly Sample[] {
  const groups =
    groupBy === ''
      ? []
      : groupByPattern(
          usable.map(({ file }) => basename(file.path)),
          groupBy,
        )
  const labels = new Map(classNames.map((name, label) => [name, label]))
  return usable.map(({ file, fingerprint }, index) => {
    const group = groups[index]
    return {
      id: file.id,
      path: file.path,
      label: labels.get(file.className) ?? -1,
      fingerprint,
      ...(file.split !== undefined && { split: file.split }),
      ...(group !== undefined && { group }),
    }
  })
}

const layouts =
  'Expected one folder per class (cats/, dogs/), or train/ and val/ folders with one folder per class each (train/cats/, val/cats/)'

/** Refuses what can't be two classes before any image is opened. */
function requireClasses(
  { classFolders, placed, layout }: Placement,
  { path, layout: wanted }: Params,
  root: string,
): void {
  if (classFolders.length === 0 && wanted === 'splits') {
    throw new NodeError(
      'layout',
      `"${path}" has no train, val or test folders with class folders in them. ${layouts}.`,
      'Set the layout to "auto", or give the folder that holds train and val.',
    )
  }
  if (classFolders.length === 0)
    throw new NodeError(
      'path',
      `There is no class folder in "${path}" (${root}). ${layouts}.`,
      'Sort the images into one folder per class.',
    )
  if (placed.length === 0)
    throw new NodeError(
      'path',
      `The folders in "${path}" (${root}) are empty: ${classFolders.slice(0, 8).join(', ')}.`,
      'Put the images of each class into its folder.',
    )
  if (classFolders.length === 1) {
    const only = classFolders[0] ?? ''
    const inside = layout === 'classes' && placed.some((file) => file.id.split('/').length > 2)
    throw new NodeError(
      'path',
      `There is only one class folder in "${path}": "${only}". A classifier needs at least two classes.`,
      inside
        ? `If the classes are folders inside it, give "${path}/${only}".`
        : 'Add a folder for every further class.',
    )
  }
}

/** Refuses what turned out not to be images of two classes, naming some of the files and why. */
function requireImages(
  classNames: readonly string[],
  { placed }: Placement,
  skipped: readonly { readonly file: string; readonly reason: string }[],
  root: string,
): void {
  if (classNames.length >= 2) return
  const examples = skipped
    .slice(0, 3)
    .map(({ file, reason }) => `${file}: ${reason}`)
    .join('; ')
  const found =
    classNames.length === 0 ? 'none is a usable image' : `only class "${classNames[0] ?? ''}" has usable images`
  throw new NodeError(
    'path',
    `Of ${placed.length} files in ${root} ${found} (${examples}). Expected images of at least two classes.`,
    'Replace the files named, or give another folder.',
  )
}
