import { basename } from 'node:path'
import { z } from 'zod'
import type { Sample } from '@graft/graph-schema'
import { defineNode } from '../../sdk/define-node.js'
import type { FingerprintContext, NodeContext } from '../../sdk/node-context.js'
import { choiceField, pathField, switchField } from '../../sdk/fields.js'
import { datasetPort } from '../../sdk/ports.js'
import { atField } from '../support/run-surgery.js'
import { progressOf } from '../../sdk/progress.js'
import { withSamples } from '../../sdk/samples.js'
import { emitContactSheet } from './emit-preview.js'
import { checkFiles, checkVersion, type CheckedFile } from './image-folder/check-files.js'
import { placeFiles, type PlacedFile } from './image-folder/folder-layout.js'
import { groupsOf, patternProblem } from './image-folder/group-by-pattern.js'
import {
  compareText,
  fingerprintListing,
  type LinkRules,
  listFiles,
  pathsOfListing,
} from '../../image-files/list-files.js'
import type { Layout } from './image-folder/read-layout.js'
import { requireClasses, requireImages } from './image-folder/require-classes.js'
import { requireFolder } from './image-folder/require-folder.js'
import { openScanCache } from './image-folder/scan-cache.js'
import { logScan, warnOfTraps } from './image-folder/summarise-scan.js'
import {
  checkValuesParams,
  historyOf,
  keyOfValues,
  tellValues,
  valuesFields,
  valuesRule,
  withValues,
} from './values-params.js'

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
      '`classes`: one folder per class. `splits`: train, val and test folders (under any usual name: training_set, valid, seg_test) with one folder per class each. `auto` finds out which, and warns where another reading is likely too.',
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
  ...valuesFields,
})
type Params = z.output<typeof params>

export const imageFolder = defineNode({
  type: 'image-folder',
  version: 1,
  revision: 3,
  title: 'Image Folder',
  category: 'Data',
  keywords: ['dataset', 'photos', 'pictures', 'load data', 'directory', 'import'],
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
  validate({ groupBy, ...settings }) {
    const problem = groupBy === '' ? null : patternProblem(groupBy)
    if (problem === null) return checkValuesParams('image-folder', settings)
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
    const root = atField('path', () => context.resolvePath(path))
    const listing = await listFiles(root, linkRules(followLinks, context)).catch(() => null)
    if (listing === null) return 'missing'
    return fingerprintListing(listing, await checkVersion())
  },
  async reads({ path, followLinks }, context) {
    const root = atField('path', () => context.resolvePath(path))
    return pathsOfListing(root, await listFiles(root, linkRules(followLinks, context)))
  },
  async run({ params: settings, context }) {
    const root = atField('path', () => context.resolvePath(settings.path))
    await requireFolder(settings.path, root)
    const listing = await listFiles(root, linkRules(settings.followLinks, context))
    const placement = placeFiles(listing, settings.layout)
    for (const message of placement.warnings) context.emit({ type: 'log', level: 'warning', message })
    requireClasses(placement, listing, settings, root)
    const checked = await checkPlaced(placement.placed, root, settings, context)
    const skipped = [
      ...listing.unread,
      ...placement.misplaced,
      ...checked.flatMap(({ file, check }) => (check.ok ? [] : [{ file: file.id, reason: check.reason }])),
    ]
    const usable = checked.filter(({ check }) => check.ok)
    const classNames = [...new Set(usable.map(({ file }) => file.className))].toSorted(compareText)
    requireImages(classNames, placement, listing, skipped, root)
    const samples = toSamples(usable, classNames, settings.groupBy, context)
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
    const values = tellValues(valuesRule(settings), samples, context)
    const provenance = [
      `Image Folder: ${basename(root)}, ${layoutTexts[placement.layout]}`,
      ...historyOf(values),
      ...placement.warnings,
    ]
    return {
      images: await withSamples(
        {
          ...({
            kind: 'dataset',
            split: 'all',
            name: basename(root),
            root,
            classNames,
            transforms: [],
            skipped,
          } as const),
          ...values,
          provenance,
        },
        samples,
        context.store,
      ),
    }
  },
})

const linkRules = (followLinks: boolean, context: FingerprintContext): LinkRules => ({
  followLinks,
  resolvePath: (path) => context.resolvePath(path),
})

const layoutTexts: Readonly<Record<Layout, string>> = {
  classes: 'one folder per class',
  splits: 'with its own split',
  splitsInClasses: 'with a split of its own in every class folder',
  folds: 'folds put together',
}

async function checkPlaced(
  placed: readonly PlacedFile[],
  root: string,
  settings: Params,
  context: NodeContext,
): Promise<readonly CheckedFile<PlacedFile>[]> {
  const { gifs } = settings
  const values = valuesRule(settings)
  const cache = await openScanCache(context, root, `${await checkVersion()} ${gifs}${keyOfValues(values)}`)
  let complete = false
  try {
    const checked = await checkFiles(placed, {
      gifs,
      values,
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
  context: NodeContext,
): readonly Sample[] {
  const names = usable.map(({ file }) => basename(file.path))
  const groups = groupBy === '' ? [] : groupsOf(names, groupBy, context)
  const labels = new Map(classNames.map((name, label) => [name, label]))
  return usable.map(({ file, fingerprint, check }, index) => {
    const group = groups[index]
    return {
      id: file.id,
      path: file.path,
      label: labels.get(file.className) ?? -1,
      ...withValues({ fingerprint, check }),
      ...(file.split !== undefined && { split: file.split }),
      ...(group !== undefined && { group }),
    }
  })
}
