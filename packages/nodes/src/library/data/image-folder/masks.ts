/** How tools name the mask of "x.jpg" beside it: x_mask.png, x_mask_1.png, x-segmentation.png, x_superpixels.png. */
const maskName = /^(.+)[_\-. ](?:mask|masks|segmentation|superpixels)(?:[_\-. ]?\d+)?\.[^.]+$/iu

/** Tells masks that lie beside the image they belong to. A name alone doesn't make a file a mask. */
export function maskedImage(ids: readonly string[]): (id: string) => boolean {
  const stems = new Set(ids.map(stemOf))
  return (id) => {
    const [, stem] = maskName.exec(id.slice(id.lastIndexOf('/') + 1)) ?? []
    return stem !== undefined && stems.has((id.slice(0, id.lastIndexOf('/') + 1) + stem).toLowerCase())
  }
}

function stemOf(id: string): string {
  const dot = id.lastIndexOf('.')
  return (dot > id.lastIndexOf('/') ? id.slice(0, dot) : id).toLowerCase()
}

const partName =
  /^(?:images?|imgs?|photos?|originals?|inputs?|masks?|labels?|annotations?|gt|ground[_ -]?truths?|segmentations?|targets?)$/iu

/** The warning for data sets for segmentation: images in one folder, their masks in another; neither is a class. */
export function warnOfMaskFolders(classNames: readonly string[]): readonly string[] {
  if (classNames.length < 2 || !classNames.every((name) => partName.test(name))) return []
  return [
    `TRAINED ON AS CLASSES, BUT NAMED LIKE IMAGES AND THEIR MASKS: ${classNames.join(', ')}. Graft classifies whole images: it needs one folder per class.`,
  ]
}
