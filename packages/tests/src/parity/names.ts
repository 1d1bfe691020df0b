/** Compared always: small networks of every kind of block. */
export const usualNames: readonly string[] = ['resnet18', 'mobilenet_v3_small', 'shufflenet_v2_x0_5', 'squeezenet1_1']

/** Compared on demand, over all families. */
const torchvision = `
resnet18 resnet34 resnet50 resnext50_32x4d wide_resnet50_2
mobilenet_v2 mobilenet_v3_large mobilenet_v3_small mnasnet0_5 mnasnet0_75 mnasnet1_0 mnasnet1_3
efficientnet_b0 efficientnet_b1 efficientnet_b2 efficientnet_b3 efficientnet_b4 efficientnet_v2_s
vgg11_bn densenet121 densenet169 squeezenet1_0 squeezenet1_1 shufflenet_v2_x0_5 shufflenet_v2_x1_0 shufflenet_v2_x1_5
regnet_y_400mf regnet_y_1_6gf regnet_x_400mf regnet_x_800mf googlenet inception_v3 convnext_tiny vit_b_32 swin_t
`
const timm = `
resnet18 resnet26 resnet50 resnet18d resnet26d resnet50d resnext50_32x4d wide_resnet50_2
mobilenetv2_050 mobilenetv2_100 mobilenetv2_140 mobilenetv3_large_100 mobilenetv3_small_100
efficientnet_b0 efficientnet_b1 efficientnet_b2 tf_efficientnet_b0 tf_efficientnet_b1 tf_efficientnetv2_s efficientnet_lite0
tf_efficientnet_lite0 regnety_004 regnety_016 regnetx_008 densenet121 inception_v3
convnext_nano convnextv2_atto vit_tiny_patch16_224 deit_tiny_patch16_224 deit_tiny_distilled_patch16_224 vit_small_patch14_dinov2
mobilenetv4_conv_small mobilenetv4_conv_medium swin_tiny_patch4_window7_224
`

const transformers = `
resnet18 resnet50 convnext_tiny convnextv2_atto vit_tiny_patch16_224 vit_small_patch14_dinov2
dinov2_small_classifier deit_tiny_distilled_patch16_224 swin_tiny_patch4_window7_224
`

const listed = (text: string): readonly string[] => text.trim().split(/\s+/)

/** `all`, `all:torchvision`, `all:timm`, `all:transformers`, or names with commas between. */
export function wantedNames(wanted: string): readonly string[] {
  if (!wanted.startsWith('all')) return wanted.split(',')
  const lists: Readonly<Record<string, readonly string[]>> = {
    torchvision: listed(torchvision),
    timm: listed(timm).map((name) => `timm/${name}`),
    transformers: listed(transformers).map((name) => `hf/${name}`),
  }
  return lists[wanted.replace('all:', '')] ?? Object.values(lists).flat()
}
