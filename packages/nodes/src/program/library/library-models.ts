import type { ExactModel } from '@graft/network'
import { float, type Python, text } from '../python/python.js'

/** What a constructor is called with. */
export interface LibrarySizes {
  readonly classes: number
  readonly dropout: number
  /** Height and width of images. */
  readonly side: number
}

/** Models of a library whose constructor and parts a program can name. */
export interface LibraryModels {
  readonly library: ExactModel['library']
  /** Of architectures. */
  readonly family: string
  /** Whether its head has a dropout. */
  readonly dropsOut: boolean
  /** The function, and what it is called with. */
  made(name: string, sizes: LibrarySizes): { readonly from: string; readonly name: string; readonly with: Keywords }
  /** Where the head's dropout is, if the constructor can't be told of it. */
  readonly dropoutAt?: string
  /** Its parts in order, one after the other the whole network. */
  readonly parts: readonly Part[]
  /** Classes of model.py that parts need. */
  readonly classes?: readonly string[]
}

/** A module by its path (`*`: every one of a list), or an expression and what it holds, by the beginnings of names. */
export type Part = string | { readonly code: string; readonly holds: readonly string[] }

interface Keywords {
  readonly positional: readonly Python[]
  readonly named: Readonly<Record<string, Python>>
}

const ofTorchvision =
  (extra: (sizes: LibrarySizes) => Readonly<Record<string, Python>>) => (name: string, sizes: LibrarySizes) => ({
    from: 'torchvision.models',
    name,
    with: { positional: [], named: { num_classes: String(sizes.classes), ...extra(sizes) } },
  })

const flatten = { code: 'nn.Flatten()', holds: [] }
const average = { code: 'nn.AdaptiveAvgPool2d(1)', holds: [] }

/** Listed by library and family; a family that isn't here is written out. */
export const libraryModels: readonly LibraryModels[] = [
  {
    library: 'torchvision',
    family: 'ResNet',
    dropsOut: false,
    made: ofTorchvision(() => ({})),
    parts: ['conv1', 'bn1', 'relu', 'maxpool', 'layer1', 'layer2', 'layer3', 'layer4', 'avgpool', flatten, 'fc'],
  },
  {
    library: 'torchvision',
    family: 'MobileNetV2',
    dropsOut: true,
    made: ofTorchvision(({ dropout }) => ({ dropout: float(dropout) })),
    parts: ['features.*', average, flatten, 'classifier'],
  },
  {
    library: 'torchvision',
    family: 'EfficientNet',
    dropsOut: true,
    made: ofTorchvision(() => ({ stochastic_depth_prob: '0.0' })),
    // torchvision takes it as an argument from 0.15 on.
    dropoutAt: 'classifier[0]',
    parts: ['features.*', 'avgpool', flatten, 'classifier'],
  },
  {
    library: 'torchvision',
    family: 'ConvNeXt',
    dropsOut: false,
    made: ofTorchvision(() => ({ stochastic_depth_prob: '0.0' })),
    parts: ['features.*', 'avgpool', 'classifier.*'],
  },
  {
    library: 'timm',
    family: 'Vision transformer',
    dropsOut: true,
    made: (name, { classes, dropout, side }) => ({
      from: 'timm',
      name: 'create_model',
      with: {
        positional: [text(name)],
        named: { num_classes: String(classes), img_size: String(side), drop_rate: float(dropout) },
      },
    }),
    parts: [
      { code: 'Embedding(network)', holds: ['patch_embed', 'cls_token', 'pos_embed'] },
      'blocks.*',
      'norm',
      { code: 'Answer(network)', holds: ['head'] },
    ],
    classes: [
      'class Embedding(nn.Module):',
      '    """Patches with class token and positions, as `forward_features` begins."""',
      '',
      '    def __init__(self, network: Any) -> None:',
      '        super().__init__()',
      '        self.patch_embed, self.place = network.patch_embed, network._pos_embed',
      '',
      '    def forward(self, x: Tensor) -> Tensor:',
      '        placed: Tensor = self.place(self.patch_embed(x))',
      '        return placed',
      '',
      '',
      'class Answer(nn.Module):',
      '    """What `forward` does with the features."""',
      '',
      '    def __init__(self, network: Any) -> None:',
      '        super().__init__()',
      '        # As a child the dropout is told of training and evaluation too.',
      '        self.head_drop, self.head, self.answer = network.head_drop, network.head, network.forward_head',
      '',
      '    def forward(self, x: Tensor) -> Tensor:',
      '        answer: Tensor = self.answer(x)',
      '        return answer',
      '',
      '',
    ],
  },
]
