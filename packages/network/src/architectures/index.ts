import { FormatError } from '../weight-format.js'
import type { Architecture } from './architecture.js'
import { convnext } from './families/convolutional/convnext.js'
import { densenet } from './families/convolutional/densenet.js'
import { efficientnet } from './families/mobile/efficientnet.js'
import { googlenet } from './families/convolutional/googlenet.js'
import { inception } from './families/convolutional/inception.js'
import { mnasnet } from './families/mobile/mnasnet.js'
import { mobilenetV2 } from './families/mobile/mobilenet-v2.js'
import { mobilenetV3 } from './families/mobile/mobilenet-v3.js'
import { mobilenetV4 } from './families/mobile/mobilenet-v4.js'
import { regnet } from './families/convolutional/regnet.js'
import { resnet } from './families/convolutional/resnet.js'
import { shufflenetV2 } from './families/mobile/shufflenet-v2.js'
import { squeezenet } from './families/mobile/squeezenet.js'
import { swin } from './families/transformers/swin.js'
import { vgg } from './families/convolutional/vgg.js'
import { vit } from './families/transformers/vit.js'
import { deitDistilled } from './families/transformers/deit-distilled.js'
import { dinov2Classifier } from './families/transformers/dinov2-classifier.js'
import { graftnet } from './graftnet.js'

export type { Architecture, ArchitectureOptions } from './architecture.js'

/**
 * Every architecture that code can build and weights can be bound to. Where weights fit several, the first one is
 * taken.
 */
export const architectures: readonly Architecture[] = [
  graftnet,
  ...resnet,
  ...convnext,
  ...densenet,
  ...efficientnet,
  ...googlenet,
  ...inception,
  ...mnasnet,
  ...mobilenetV2,
  ...mobilenetV3,
  ...mobilenetV4,
  ...regnet,
  ...shufflenetV2,
  ...squeezenet,
  ...swin,
  ...vgg,
  ...vit,
  ...deitDistilled,
  ...dinov2Classifier,
]

/** The architecture of this id or other name. Throws FormatError when there is none. */
export function findArchitecture(name: string): Architecture {
  const found = architectures.find(({ id, aliases }) => id === name || aliases.includes(name))
  if (found !== undefined) return found
  throw new FormatError(
    `There is no architecture "${name}". Expected one of: ${architectures.map(({ id }) => id).join(', ')}.`,
    'Choose one of these.',
  )
}
