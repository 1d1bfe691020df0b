import type { PreprocessingOrigin } from '../../preprocessing-origin.js'

/** How modules of torchvision's networks are called, as exported nodes (`/layer4/layer4.0/...`) and as parameters. */
const trunks: readonly RegExp[] = [
  // ResNet and its kin, in timm too.
  /(^|[./])layer4[./]\d|(^|\/)layer4\/layer4\.\d/,
  // MobileNet, EfficientNet, ConvNeXt, Swin, VGG, AlexNet, SqueezeNet.
  /(^|[./])features[./]\d|(^|\/)features\/features\.\d/,
  /(^|[./])features[./](features\.)?denseblock\d/,
  /(^|[./])trunk_output[./]/,
  /(^|[./])encoder[./]layers[./](encoder[./]layers\.)?encoder_layer_\d/,
  /(^|[./])stage4[./](stage4\.)?\d.*branch2/,
  /(^|\/)layers\/layers\.16|(^|[./])layers\.8\.\d\.layers\./,
]
const classifier = /(^|[./])(fc|classifier|heads?)[./]/

/** All of them were trained on ImageNet's classes. */
const imageNetClasses = 1000

/**
 * Networks of torchvision, and ResNets wherever they come from, are trained with ImageNet's mean and deviation. Without
 * their 1000 classes somebody trained them anew, and may have prepared images otherwise: null, as for other names.
 */
export function originOfTorchvision(names: Iterable<string>, classes: number | undefined): PreprocessingOrigin | null {
  if (classes !== imageNetClasses) return null
  const all = [...names]
  const isKnown =
    all.some((name) => classifier.test(name)) && trunks.some((trunk) => all.some((name) => trunk.test(name)))
  return isKnown
    ? {
        how: 'family',
        reason: "its layers have torchvision's names and it has ImageNet's 1000 classes: such networks are trained so",
        certain: true,
      }
    : null
}
