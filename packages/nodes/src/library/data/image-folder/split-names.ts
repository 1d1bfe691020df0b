/** What a split's folder is for; `unlabelled` images are there to be predicted. */
export type SplitKind = 'train' | 'val' | 'test' | 'unlabelled'

/** Words that name a split, as people and public data sets write them. */
const words: Readonly<Record<SplitKind, readonly string[]>> = {
  train: ['train', 'training', 'trn', 'trainval'],
  val: ['val', 'valid', 'validate', 'validation', 'eval', 'evaluation', 'dev', 'development'],
  test: ['test', 'tests', 'testing', 'tst', 'holdout'],
  unlabelled: ['pred', 'predict', 'prediction', 'predictions', 'unlabelled', 'unlabeled', 'inference'],
}
/** Words beside it that say nothing more: "train_set", "seg_train", "images_val2017". */
const fillers = ['set', 'data', 'dataset', 'split', 'images', 'image', 'imgs', 'img', 'photos', 'samples', 'seg', 'the']
const otherFillers = new Set([...fillers, 'ilsvrc', 'new', 'final', 'full', 'all', 'part', 'folder', 'dir', 'my', 'v'])

const kinds = new Map<string, SplitKind>(
  (Object.keys(words) as SplitKind[]).flatMap((kind) =>
    words[kind].flatMap((word) => [
      [word, kind] as const,
      ...fillers.map((filler) => [`${word}${filler}`, kind] as const),
      ...fillers.map((filler) => [`${filler}${word}`, kind] as const),
    ]),
  ),
)

/** The words of a folder's name, in small letters: "01_TrainSet (2)" is train, set. Digits and separators fall away. */
function wordsOf(folder: string): readonly string[] {
  return folder
    .normalize('NFKC')
    .replace(/hold[\s_.-]?out/giu, 'holdout')
    .replace(/un[\s_.-]?label/giu, 'unlabel')
    .replace(/(\p{Ll})(\p{Lu})/gu, '$1 $2')
    .toLowerCase()
    .split(/[^\p{L}]+/u)
    .filter((word) => word !== '')
}

/** The split that a folder is by its name alone ("Train", "seg_test", "valid_data", "test2017"); undefined for others. */
export function splitOf(folder: string): SplitKind | undefined {
  const rest = wordsOf(folder).filter((word) => !otherFillers.has(word))
  const named = [...new Set(rest.map((word) => kinds.get(word)))]
  return named.length === 1 ? named[0] : undefined
}

/**
 * The split that a name mentions beside other words: "cats_train", but also "train_station". A hint that needs another
 * sign beside it.
 */
export function mentionedSplit(folder: string): SplitKind | undefined {
  const named = [...new Set(wordsOf(folder).flatMap((word) => kinds.get(word) ?? []))]
  return named.length === 1 ? named[0] : undefined
}

/** A part of a cross-validation: "fold0", "Fold_3", "cv-1". */
export function isFold(folder: string): boolean {
  return /^(?:fold|cv|kfold|split)[\s_.-]*\d+$/iu.test(folder)
}

/** A folder inside a split that only wraps its classes: `train/images/cat`, `seg_train/seg_train/cat`. */
export function isWrapper(folder: string, split: { readonly folder: string; readonly kind: SplitKind }): boolean {
  const filler = wordsOf(folder).every((word) => otherFillers.has(word) || word === 'classes')
  return filler || folder === split.folder || splitOf(folder) === split.kind
}
