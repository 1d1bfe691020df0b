import { inside, type FolderTree } from './folder-tree.js'

/** A way of labelling that isn't folders, and how to get to folders from it. */
interface OtherLabels {
  readonly title: string
  readonly fix: string
  isIn(contents: { readonly folders: readonly string[]; readonly files: readonly string[] }): boolean
}

const sort = 'Sort the images into one folder per class'
const someFile =
  (pattern: RegExp): OtherLabels['isIn'] =>
  ({ files }) =>
    files.some((name) => pattern.test(name))

/** In order: the surest signs first. */
const otherLabels: readonly OtherLabels[] = [
  {
    title: 'a CSV export of Roboflow (its labels are in _classes.csv)',
    fix: `In Roboflow, export as "Folder Structure". Or read it with Image Table, whose labels are the columns of _classes.csv.`,
    isIn: someFile(/^_classes\.csv$/iu),
  },
  {
    title: 'a COCO data set (its labels are in a JSON file)',
    fix: `COCO files describe objects within images; Graft classifies whole images. ${sort} (cut the objects out first).`,
    isIn: someFile(/coco.*\.json$|^(?:instances|annotations)_?.*\.json$/iu),
  },
  {
    title: 'a YOLO data set (its labels are text files in "labels")',
    fix: `YOLO files describe objects within images; Graft classifies whole images. ${sort} (cut the objects out first), or export the set for classification.`,
    isIn: ({ folders, files }) =>
      (folders.includes('labels') && folders.includes('images')) || files.some((name) => /^data\.ya?ml$/iu.test(name)),
  },
  {
    title: 'a Pascal VOC data set (its labels are in XML files)',
    fix: `VOC files describe objects within images; Graft classifies whole images. ${sort} (cut the objects out first).`,
    isIn: ({ folders, files }) => folders.includes('Annotations') || files.some((name) => /\.xml$/iu.test(name)),
  },
  {
    title: 'labelled by a table beside the images',
    fix: `Read it with Image Table, or ${sort.toLowerCase()} after the table.`,
    isIn: someFile(/\.(?:csv|tsv)$/iu),
  },
]

/** Recognises labels that are not in the names of folders, at the root or up to two levels below. */
export function labelsElsewhere(tree: FolderTree): { readonly title: string; readonly fix: string } | undefined {
  const near = [
    '',
    ...tree('').folders,
    ...tree('').folders.flatMap((top) => tree(top).folders.map((name) => inside(top, name))),
  ]
  const contents = near.map((folder) => ({ folders: tree(folder).folders, files: tree(folder).others }))
  return otherLabels.find((labels) => contents.some((each) => labels.isIn(each)))
}
