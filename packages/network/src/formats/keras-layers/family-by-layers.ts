import type { KerasModel } from './topology.js'

/** A network of keras.applications, and names of layers that together only it has. */
interface Marks {
  readonly family: string
  readonly layers: readonly string[]
}

/** Layers keep their names in files whose models are called `sequential_1` or `model1`. The first that fits counts. */
const marks: readonly Marks[] = [
  { family: 'MobileNetV3', layers: ['expanded_conv_project', 'expanded_conv_3_squeeze_excite_conv'] },
  { family: 'MobileNetV2', layers: ['expanded_conv_depthwise', 'block_16_project'] },
  { family: 'MobileNet', layers: ['conv_dw_1', 'conv_pw_13'] },
  { family: 'EfficientNet', layers: ['stem_conv', 'top_conv'] },
  { family: 'ResNet50V2', layers: ['conv2_block1_preact_bn', 'conv5_block3_3_conv'] },
  { family: 'ResNet50', layers: ['conv1_conv', 'conv5_block3_3_bn'] },
  { family: 'ResNet50', layers: ['res2a_branch2a', 'bn5c_branch2c'] },
  { family: 'DenseNet', layers: ['conv2_block1_0_bn', 'pool4_conv'] },
  { family: 'Xception', layers: ['block2_sepconv1', 'block14_sepconv2'] },
  { family: 'InceptionResNetV2', layers: ['mixed_5b', 'conv_7b'] },
  { family: 'InceptionV3', layers: ['mixed0', 'mixed10'] },
  { family: 'NASNet', layers: ['stem_conv1', 'adjust_conv_projection_reduce_6'] },
  { family: 'VGG16', layers: ['block1_conv1', 'block5_conv3', 'block5_pool'] },
]

/** The family of keras.applications whose layers a model or one of its inner models has. */
export function familyByLayers(model: KerasModel): string | undefined {
  const names = namesIn(model)
  return marks.find(({ layers }) => layers.every((layer) => names.has(layer)))?.family
}

function namesIn(model: KerasModel): Set<string> {
  return new Set(model.layers.flatMap((layer) => [layer.name, ...(layer.model ? namesIn(layer.model) : [])]))
}

/**
 * Whether a model is laid out as Teachable Machine does it: a Sequential of a MobileNet that ends in its pooled features
 * and of a classifier of two dense layers, the last without biases.
 */
export function isTeachableMachine(model: KerasModel): boolean {
  const [features, classifier, ...others] = model.layers.flatMap((layer) => layer.model ?? [])
  if (features === undefined || classifier === undefined || others.length > 0) return false
  const dense = classifier.layers.filter(({ className }) => className === 'Dense')
  const [hidden, last] = dense
  return (
    /^MobileNet(V2)?$/.test(familyByLayers(features) ?? '') &&
    dense.length === 2 &&
    hidden?.config.activation === 'relu' &&
    last?.config.activation === 'softmax' &&
    last.config.use_bias === false
  )
}
