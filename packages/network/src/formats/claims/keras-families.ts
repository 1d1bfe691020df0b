import type { PreprocessingOrigin } from '../../preprocessing-origin.js'
import { type Scaling, scalingNamed, type ScalingName } from '../../preprocessing/scalings.js'

interface Family {
  readonly names: RegExp
  /** What its networks want where they don't scale pixels themselves; absent: all of them do. */
  readonly scaling?: ScalingName
  /** They usually do, and then want bytes. */
  readonly scalesInside?: true
}

/**
 * What `preprocess_input` and `include_preprocessing` of keras.applications 3.15 do, by the names that it gives its
 * networks. The first that fits counts: `resnet50v2` before `resnet50`.
 */
const families: readonly Family[] = [
  { names: /mobilenet_?v3|efficientnet_?v2/i, scaling: 'minus-one-to-one', scalesInside: true },
  { names: /convnext/i, scaling: 'imagenet', scalesInside: true },
  { names: /efficientnet|regnet|resnet_?rs/i, scalesInside: true },
  { names: /resnet\d*_?v2|inception|xception|nasnet|mobilenet/i, scaling: 'minus-one-to-one' },
  { names: /resnet_?(50|101|152)|vgg_?(16|19)/i, scaling: 'caffe' },
  { names: /densenet/i, scaling: 'imagenet' },
]

/** What networks of a family want, by the names of a model and its parts. */
export interface FamilyClaim {
  readonly scaling: Scaling
  readonly origin: PreprocessingOrigin
}

/**
 * The claim of the first name that a family is known by; null when there is none. Networks that scale inside (the
 * family's own way, or somebody's) want bytes, as far as a name can tell: what the layers do tells more.
 */
export function claimOfKerasFamily(names: readonly string[], scalesInside: boolean): FamilyClaim | null {
  for (const family of families) {
    const name = names.find((candidate) => family.names.test(candidate))
    if (name === undefined) continue
    const scaling = scalesInside ? family.scalesInside && 'zero-to-255' : family.scaling
    if (scaling === undefined) return null
    const reason = `by the name ${name}: Keras prepares images so for networks of that name`
    return { scaling: scalingNamed(scaling), origin: { how: 'family', reason, certain: true } }
  }
  return null
}
