import { inside, type FolderTree } from './folder-tree.js'
import { isFold, isWrapper, mentionedSplit, splitOf, type SplitKind } from './split-names.js'

/**
 * What the folders of a data set mean.
 * `classes`: class/image. `splits`: split/class/image. `splitsInClasses`: class/split/image. `folds`: fold/class/image.
 */
export type Layout = 'classes' | 'splits' | 'splitsInClasses' | 'folds'

/** A reading of the folders, with what a person has to know of it. */
export interface Reading {
  readonly layout: Layout
  /** Folders that hold class folders, with the split they stand for (none for folds); for `splits` and `folds`. */
  readonly parts: readonly { readonly folder: string; readonly split?: Exclude<SplitKind, 'unlabelled'> }[]
  /** Top folders that are no class and have no labels: Kaggle's flat test folder. */
  readonly unlabelled: readonly string[]
  /** Readings that were likely too: said loudly, with how to take them. */
  readonly warnings: readonly string[]
}

const takeClasses = 'Set the layout to "classes" to take every folder for a class.'
const takeSplits = 'Set the layout to "splits" if they are splits.'

/**
 * One folder per class, or splits that have one folder per class each? `classes` and `splits` are taken as given;
 * `auto` looks at names and structure. A class may be called "train" (the vehicle): its folder holds images, a split's
 * folder holds folders. Where a second reading is likely, the warnings say so.
 */
export function readLayout(tree: FolderTree, wanted: 'auto' | 'classes' | 'splits'): Reading {
  const tops = tree('').folders.filter((top) => holdsImages(tree, top))
  if (wanted === 'classes') return asClasses(tree, tops, [], false)
  if (wanted === 'splits') return asSplits(tree, tree('').folders, (top) => splitOf(top) ?? mentionedSplit(top), [])
  if (tops.length > 1 && tops.every((top) => isFold(top) && tree(top).folders.length > 0)) return asFolds(tree, tops)
  if (isInverted(tree, tops)) return inverted(tops)
  const namer = splitNamer(tree, tops)
  return namer === null ? asClasses(tree, tops, heldOutOf(tops), true) : asSplits(tree, tops, namer, tops)
}

/** How top folders are read as splits, when they are splits: by name alone, or by a mention beside a second sign. */
function splitNamer(tree: FolderTree, tops: readonly string[]): ((top: string) => SplitKind | undefined) | null {
  for (const name of [splitOf, mentionedSplit]) {
    const named = tops.filter((top) => name(top) !== undefined)
    const withClasses = named.filter((top) => tree(top).folders.length > 0)
    const several = new Set(named.map(name)).size > 1
    const all = named.length === tops.length
    const sure = name === splitOf ? several || all : several && all && sameInside(tree, withClasses)
    const unlabelled = name === splitOf && several && all
    if (unlabelled || (withClasses.length > 0 && sure)) return name
  }
  return null
}

function asSplits(
  tree: FolderTree,
  tops: readonly string[],
  name: (top: string) => SplitKind | undefined,
  considered: readonly string[],
): Reading {
  const named = tops.flatMap((top) => {
    const kind = name(top)
    return kind === undefined ? [] : [{ top, kind }]
  })
  const labelled = named.flatMap(({ top, kind }) => {
    const folder = unwrapped(tree, top, kind)
    return kind !== 'unlabelled' && tree(folder).folders.length > 0 ? [{ top, folder, split: kind }] : []
  })
  const unlabelled = named.map(({ top }) => top).filter((top) => !labelled.some((part) => part.top === top))
  const outside = considered.filter((top) => name(top) === undefined)
  const flatWarning = `${quoted(unlabelled)} ${unlabelled.length === 1 ? 'has' : 'have'} no class folders: taken for unlabelled images and left out; Predict can read them. ${takeClasses}`
  const outsideWarning = `${quoted(outside)} ${outside.length === 1 ? 'is' : 'are'} beside split folders and left out. ${takeClasses}`
  return {
    layout: 'splits',
    parts: labelled.map(({ folder, split }) => ({ folder, split })),
    unlabelled,
    warnings: [
      ...(unlabelled.some((top) => holdsImages(tree, top)) ? [flatWarning] : []),
      ...(outside.length > 0 ? [outsideWarning] : []),
    ],
  }
}

function asFolds(tree: FolderTree, tops: readonly string[]): Reading {
  const parts = tops.map((top) => ({ folder: top }))
  const warning = `${quoted(tops)} are taken for the folds of a cross-validation: their images are put together, and Split divides them again. To train on one division, rename the folders to "train" and "val". ${takeClasses}`
  return { layout: 'folds', parts, unlabelled: [], warnings: [warning] }
}

/** class/train, class/test: every class is divided inside, in the same way. */
function isInverted(tree: FolderTree, tops: readonly string[]): boolean {
  const kindsOf = (top: string): ReadonlySet<SplitKind | undefined> => new Set(tree(top).folders.map(splitOf))
  return (
    tops.length > 1 &&
    tops.every((top) => splitOf(top) === undefined && tree(top).images === 0 && !kindsOf(top).has(undefined)) &&
    tops.some((top) => kindsOf(top).size > 1)
  )
}

function inverted(tops: readonly string[]): Reading {
  const warning = `The class folders ${quoted(tops)} are divided inside into split folders (class/train, class/test): these are used as splits. To mix them, set the layout to "classes".`
  return { layout: 'splitsInClasses', parts: [], unlabelled: [], warnings: [warning] }
}

/** Names that no class has. "train" may be the vehicle, "valid" the opposite of invalid. */
const neverClasses = /test|holdout|^val$|validation|unlabel/iu

/** Folders called val or test beside at least two classes. */
function heldOutOf(tops: readonly string[]): readonly string[] {
  const heldOut = tops.filter((top) => splitOf(top) !== undefined && neverClasses.test(top))
  return tops.filter((top) => splitOf(top) === undefined).length > 1 ? heldOut : []
}

function asClasses(tree: FolderTree, tops: readonly string[], heldOut: readonly string[], looked: boolean): Reading {
  const classes = tops.filter((top) => !heldOut.includes(top))
  const named = classes.filter((top) => splitOf(top) !== undefined)
  const mentions = classes.filter((top) => mentionedSplit(top) !== undefined && splitOf(top) === undefined)
  const kinds = new Set(mentions.map(mentionedSplit))
  const suspicious = [...named, ...(kinds.size > 1 ? mentions : []), ...(classes.every(isFold) ? classes : [])]
  const alike = classes.length > 1 && suspicious.length === 0 && sameInside(tree, classes, 2)
  const wrapping = classes.filter((top) => new Set(tree(top).folders.flatMap((name) => splitOf(name) ?? [])).size > 1)
  return {
    layout: 'classes',
    parts: [],
    unlabelled: heldOut,
    warnings: [
      ...(heldOut.length > 0
        ? [
            `${quoted(heldOut)} ${heldOut.length === 1 ? 'is' : 'are'} named like a split beside class folders: taken for images set aside, not for a class, and left out; Predict can read them. ${takeClasses}`,
          ]
        : []),
      ...(suspicious.length > 0
        ? [
            `TRAINED ON AS A CLASS, BUT NAMED LIKE A SPLIT: ${quoted(suspicious)}. ${looked ? takeSplits : 'The layout is set to "classes"; set it to "auto" or "splits" if they are splits.'} Splits hold one folder per class: train/cats, train/dogs, val/cats, val/dogs.`,
          ]
        : []),
      ...(wrapping.length > 0
        ? [
            `${quoted(wrapping)} ${wrapping.length === 1 ? 'holds' : 'hold'} split folders, but ${wrapping.length === 1 ? 'is' : 'are'} taken for a class. If the data set lies inside, give that folder.`,
          ]
        : []),
      ...(alike
        ? [
            `All class folders hold the same folders (${quoted(tree(classes[0] ?? '').folders)}), as splits or recordings do: ${quoted(classes)} were taken for the classes. If the classes are the folders inside, name the outer ones "train", "val" and "test", or put them together.`,
          ]
        : []),
    ],
  }
}

/** Follows folders that only wrap the classes: `seg_train/seg_train`, `train/images`. */
function unwrapped(tree: FolderTree, top: string, kind: SplitKind): string {
  const split = { folder: top, kind }
  let folder = top
  for (;;) {
    const { folders, images } = tree(folder)
    const only = folders[0]
    if (images > 0 || folders.length !== 1 || only === undefined || !isWrapper(only, split)) return folder
    const next = inside(folder, only)
    if (tree(next).folders.length === 0 && only !== top && splitOf(only) !== kind) return folder
    folder = next
  }
}

/** Whether folders hold folders of the same names, at least so many. */
function sameInside(tree: FolderTree, folders: readonly string[], atLeast = 1): boolean {
  const names = folders.map((folder) =>
    tree(folder)
      .folders.map((name) => name.normalize().toLowerCase())
      .sort(),
  )
  const first = names[0] ?? []
  return first.length >= atLeast && names.every((other) => other.join('/') === first.join('/'))
}

/** The warning for classes of split layouts that are named like splits themselves: `train/test/x.jpg`. */
export function warnOfSplitNames(classNames: readonly string[], { layout }: Reading): readonly string[] {
  const named = layout === 'classes' ? [] : classNames.filter((name) => splitOf(name) !== undefined)
  return named.length === 0
    ? []
    : [`TRAINED ON AS A CLASS, BUT NAMED LIKE A SPLIT: ${quoted(named)}, inside the split folders. ${takeClasses}`]
}

/** Whether any file that may be an image lies in a folder, however deep. */
function holdsImages(tree: FolderTree, folder: string): boolean {
  const { images, folders } = tree(folder)
  return images > 0 || folders.some((name) => holdsImages(tree, inside(folder, name)))
}

const namesShown = 8

function quoted(names: readonly string[]): string {
  const shown = names.slice(0, namesShown).map((name) => JSON.stringify(name))
  if (names.length > namesShown) return `${shown.join(', ')} and ${names.length - namesShown} more`
  return shown.length < 2 ? shown.join('') : `${shown.slice(0, -1).join(', ')} and ${shown.at(-1) ?? ''}`
}
