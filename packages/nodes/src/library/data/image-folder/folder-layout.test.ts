import { describe, expect, it } from 'vitest'
import { placeFiles, type Placement } from './folder-layout.js'

/** Places files given by their paths; "a/x.jpg*3" stands for three images. */
function place(paths: readonly string[], wanted: 'auto' | 'classes' | 'splits' = 'auto'): Placement {
  const ids = paths.flatMap((path) => {
    const [name = '', count] = path.split('*')
    return count === undefined
      ? [name]
      : Array.from({ length: Number(count) }, (_, index) => name.replace('.', `${index}.`))
  })
  const folders = new Set(
    ids.flatMap((id) => {
      const parts = id.split('/').slice(0, -1)
      return parts.map((_, index) => parts.slice(0, index + 1).join('/'))
    }),
  )
  const files = ids.map((id) => ({ id, path: `/data/${id}`, size: 1, state: '' }))
  return placeFiles({ files, folders: [...folders].sort(), unread: [] }, wanted)
}

const placesOf = ({ placed }: Placement): readonly string[] =>
  [...new Set(placed.map(({ split, className }) => `${split ?? '-'}:${className}`))].sort()

describe('split folders under all their usual names (fault 2)', () => {
  it.each([
    ['train', 'val', 'test'],
    ['Training', 'Validation', 'Testing'],
    ['TRAIN', 'VALID', 'TEST'],
    ['training_set', 'validation-set', 'test set'],
    ['trainset', 'valset', 'testset'],
    ['TrainSet', 'ValSet', 'TestSet'],
    ['seg_train', 'seg_dev', 'seg_test'],
    ['train_data', 'val_data', 'test_data'],
    ['train_images', 'eval_images', 'holdout_images'],
    ['train', 'eval', 'hold-out'],
    ['train2017', 'val2017', 'test2017'],
    ['1_train', '2_val', '3_test'],
    ['ILSVRC2012_img_train', 'ILSVRC2012_img_val', 'ILSVRC2012_img_test'],
  ])('%s, %s, %s', (train, val, test) => {
    const paths = [train, val, test].flatMap((part) => [`${part}/cat/1.jpg`, `${part}/dog/2.jpg`])
    const placement = place(paths)
    expect(placesOf(placement)).toEqual(['test:cat', 'test:dog', 'train:cat', 'train:dog', 'val:cat', 'val:dog'])
    expect(placement.warnings).toEqual([])
  })

  it.each([
    ['doubled', 'seg_train/seg_train', 'seg_test/seg_test'],
    ['wrapped', 'train/images', 'test/images'],
    ['mentioned beside other words, with the same classes inside', 'pets_train', 'pets_test'],
  ])('%s: %s, %s', (_, train, test) => {
    const placement = place([train, test].flatMap((part) => [`${part}/cat/1.jpg`, `${part}/dog/2.jpg`]))
    expect(placesOf(placement)).toEqual(['test:cat', 'test:dog', 'train:cat', 'train:dog'])
  })

  it('class/train, class/test: the split inside every class, said', () => {
    const placement = place(['cat/train/1.jpg', 'cat/test/2.jpg', 'dog/train/3.jpg', 'dog/test/4.jpg'])
    expect(placesOf(placement)).toEqual(['test:cat', 'test:dog', 'train:cat', 'train:dog'])
    expect(placement.warnings).toEqual([expect.stringMatching(/divided inside.*set the layout to "classes"/)])
  })

  it('folds are put together, said', () => {
    const placement = place(['0', '1', '2'].flatMap((n) => [`fold${n}/cat/1.jpg`, `fold${n}/dog/2.jpg`]))
    expect(placesOf(placement)).toEqual(['-:cat', '-:dog'])
    expect(placement.warnings).toEqual([expect.stringMatching(/folds of a cross-validation.*rename/)])
  })
})

describe('split folders without class folders are no classes (fault 2)', () => {
  it("Kaggle's flat test folder is unlabelled", () => {
    const placement = place(['train/cat/1.jpg', 'train/dog/2.jpg', 'test/3.jpg*2'])
    expect(placesOf(placement)).toEqual(['train:cat', 'train:dog'])
    expect(placement.misplaced).toMatchObject([
      { file: 'test/30.jpg', reason: expect.stringContaining('unlabelled') as unknown },
      {},
    ])
    expect(placement.warnings).toEqual([expect.stringMatching(/"test".*unlabelled.*Predict.*layout to "classes"/)])
  })

  it("ImageNet's flat val folder is unlabelled", () => {
    const placement = place(['train/n01/1.jpg', 'train/n02/2.jpg', 'val/3.jpg'])
    expect(placesOf(placement)).toEqual(['train:n01', 'train:n02'])
  })

  it("Intel's folder for predictions is unlabelled", () => {
    const parts = ['seg_train/seg_train', 'seg_test/seg_test'].flatMap((part) => [`${part}/a/1.jpg`, `${part}/b/2.jpg`])
    const placement = place([...parts, 'seg_pred/seg_pred/3.jpg'])
    expect(placement.unlabelled).toEqual(['seg_pred'])
    expect(placement.classFolders).toEqual(['a', 'b'])
  })

  it('test beside class folders is set aside, said', () => {
    const placement = place(['cat/1.jpg', 'dog/2.jpg', 'test/3.jpg'])
    expect(placesOf(placement)).toEqual(['-:cat', '-:dog'])
    expect(placement.warnings).toEqual([expect.stringMatching(/"test" is named like a split.*layout to "classes"/)])
    expect(placesOf(place(['cat/1.jpg', 'dog/2.jpg', 'test/3.jpg'], 'classes'))).toContain('-:test')
  })

  it('nothing but flat split folders has no classes', () => {
    expect(place(['train/1.jpg', 'valid/2.jpg', 'test/3.jpg'])).toMatchObject({
      classFolders: [],
      unlabelled: ['test', 'train', 'valid'],
    })
  })
})

describe('readings that may not be meant are said (fault 2)', () => {
  it.each([
    ['a class called "train"', ['train/1.jpg', 'bus/2.jpg'], 'auto'],
    ['split folders set to be classes', ['train/a/1.jpg', 'test/a/2.jpg'], 'classes'],
    ['flat folders that mention splits', ['pets_train/1.jpg', 'pets_test/2.jpg'], 'auto'],
  ] as const)('%s', (_, paths, wanted) => {
    expect(place(paths, wanted).warnings).toEqual([expect.stringMatching(/NAMED LIKE A SPLIT.*"splits"/)])
  })

  it('the same folders inside all class folders', () => {
    const { warnings } = place(['north', 'south'].flatMap((part) => [`${part}/cat/1.jpg`, `${part}/dog/2.jpg`]))
    expect(warnings).toEqual([expect.stringMatching(/All class folders hold the same folders/)])
  })

  it('class folders that hold split folders, a level too high', () => {
    const { warnings } = place(['set/train/a/1.jpg', 'set/val/a/2.jpg', 'notes/scan.jpg'])
    expect(warnings).toEqual([expect.stringMatching(/"set" holds split folders/)])
  })

  it.each([
    ['plain classes', ['cat/1.jpg', 'dog/2.jpg']],
    ['a class that mentions a split', ['train_station/1.jpg', 'bus_stop/2.jpg']],
    ['valid and invalid', ['valid_ticket/1.jpg', 'invalid_ticket/2.jpg']],
  ])('but not %s', (_, paths) => {
    expect(place(paths).warnings).toEqual([])
  })
})

describe('names that differ in case, Unicode form or spaces only (fault 13)', () => {
  it.each([
    ['case', 'cat', 'Cat'],
    ['Unicode form', 'caf\u00e9', 'cafe\u0301'],
    ['a trailing space', 'cat', 'cat '],
  ])('%s: one class between splits, two side by side, both said', (_, one, other) => {
    const between = place([`train/${one}/1.jpg`, 'train/dog/2.jpg', `val/${other}/3.jpg`, 'val/dog/4.jpg'])
    expect(placesOf(between)).toEqual([`train:${one}`, 'train:dog', `val:${one}`, 'val:dog'].sort())
    expect(between.warnings).toEqual([expect.stringMatching(/taken for one class/)])
    const beside = place([`${one}/1.jpg`, `${other}/2.jpg`])
    expect(placesOf(beside)).toHaveLength(2)
    expect(beside.warnings).toEqual([expect.stringMatching(/separate classes/)])
  })
})

it.each([[['images/1.jpg', 'masks/1.png']], [['train/images/1.jpg', 'train/masks/1.png', 'val/images/2.jpg']]])(
  'warns of images and masks in place of classes: %j',
  (paths) => {
    expect(place(paths).warnings).toContainEqual(expect.stringMatching(/NAMED LIKE IMAGES AND THEIR MASKS/))
  },
)

it('leaves out masks beside their images, and only those (fault 14)', () => {
  const { misplaced, placed } = place(['a/1.png', 'a/1_mask.png', 'a/1_mask_2.png', 'a/face_mask.png', 'b/2.png'])
  expect(misplaced.map(({ file }) => file)).toEqual(['a/1_mask.png', 'a/1_mask_2.png'])
  expect(placed).toHaveLength(3)
})
