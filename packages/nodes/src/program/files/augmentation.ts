/** Where an augmentation stands in a program. One entry for each transform of `transforms/index.ts`, which a test holds. */
export interface ProgramTransform {
  readonly name: string
  readonly module: 'geometry' | 'colours' | 'policies'
  readonly className: string
}

const geometry = (name: string, className: string): ProgramTransform => ({ name, module: 'geometry', className })
const colours = (name: string, className: string): ProgramTransform => ({ name, module: 'colours', className })
const policies = (name: string, className: string): ProgramTransform => ({ name, module: 'policies', className })

export const programTransforms: readonly ProgramTransform[] = [
  geometry('resizedCrop', 'ResizedCrop'),
  geometry('horizontalFlip', 'HorizontalFlip'),
  geometry('verticalFlip', 'VerticalFlip'),
  geometry('rotation', 'Rotation'),
  geometry('translation', 'Translation'),
  geometry('interpolation', 'Interpolation'),
  colours('colorJitter', 'ColourJitter'),
  colours('grayscale', 'Grayscale'),
  colours('blur', 'Blur'),
  colours('erasing', 'Erasing'),
  colours('perspective', 'Perspective'),
  colours('noise', 'Noise'),
  colours('compression', 'Compression'),
  policies('trivialAugment', 'TrivialAugment'),
  policies('randAugment', 'RandAugment'),
]
