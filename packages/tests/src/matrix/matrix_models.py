"""The image classifiers of the matrix: how each is built, small where its architecture allows.

A record is name -> (size of its images, function that builds it with 10 classes). `depth=...` and the narrow Hugging Face configurations keep every kind of layer
and leave out repetitions.
"""
CLASSES = 10


def torchvision_models():
    def plain(name, size=64, **options):
        def build():
            import torchvision
            return getattr(torchvision.models, name)(weights=None, num_classes=CLASSES, **options)
        return size, build

    def vit():
        from torchvision.models.vision_transformer import VisionTransformer
        return VisionTransformer(image_size=64, patch_size=16, num_layers=3, num_heads=4, hidden_dim=96, mlp_dim=192, num_classes=CLASSES)

    def swin(version):
        def build():
            from torchvision.models import swin_transformer as family
            options = {'block': family.SwinTransformerBlockV2, 'downsample_layer': family.PatchMergingV2} if version == 2 else {}
            return family.SwinTransformer(patch_size=[4, 4], embed_dim=48, depths=[2, 2, 2, 2], num_heads=[2, 4, 8, 16], window_size=[4, 4] if version == 1 else [8, 8], num_classes=CLASSES, **options)
        return build

    def maxvit():
        from torchvision.models.maxvit import MaxVit
        return MaxVit(input_size=(64, 64), stem_channels=16, partition_size=2, block_channels=[16, 32], block_layers=[1, 1], head_dim=8, stochastic_depth_prob=0.0, num_classes=CLASSES)

    names = ['densenet121', 'efficientnet_b0', 'efficientnet_b1', 'efficientnet_b2', 'efficientnet_b3', 'efficientnet_b4', 'efficientnet_v2_s', 'mobilenet_v2', 'mobilenet_v3_large', 'mobilenet_v3_small',
             'regnet_x_400mf', 'regnet_y_400mf', 'resnet18', 'resnet50', 'resnext50_32x4d', 'shufflenet_v2_x1_0', 'squeezenet1_1', 'wide_resnet50_2', 'convnext_tiny']
    return {
        **{name: plain(name) for name in names},
        'alexnet': plain('alexnet', 224), 'vgg11_bn': plain('vgg11_bn', 224), 'googlenet': plain('googlenet', 96, aux_logits=False, init_weights=True), 'inception_v3': plain('inception_v3', 96, aux_logits=False, init_weights=True),
        'vit_b_16': (64, vit), 'swin_t': (64, swin(1)), 'swin_v2_t': (64, swin(2)), 'maxvit_t': (64, maxvit),
    }


def timm_models():
    def plain(name, size=64, **options):
        def build():
            import timm
            return timm.create_model(name, pretrained=False, num_classes=CLASSES, **options)
        return size, build

    vit = {'img_size': 64, 'depth': 3}
    usual = ['caformer_s18', 'convnextv2_atto', 'cspresnet50', 'dla34', 'edgenext_xx_small', 'efficientnet_lite0', 'efficientvit_b0', 'ese_vovnet19b_dw', 'fastvit_t8', 'ghostnet_100', 'hgnetv2_b0',
             'hrnet_w18_small', 'inception_next_atto', 'lcnet_050', 'mobilenetv3_large_100', 'mobilenetv4_conv_small', 'mobilenetv4_hybrid_medium', 'mobileone_s0', 'mobilevit_s', 'mobilevitv2_050', 'nextvit_small', 'nfnet_l0', 'poolformer_s12', 'pvt_v2_b0',
             'regnetz_b16', 'repvgg_a0', 'repvit_m0_9', 'res2net50_26w_4s', 'resnet26d', 'resnet50', 'resnetv2_50x1_bit', 'rexnet_100', 'seresnext26d_32x4d', 'skresnet18', 'starnet_s1', 'tf_efficientnet_b0', 'tinynet_e', 'xception41']
    return {
        **{name: plain(name) for name in usual},
        'beit_base_patch16_224': plain('beit_base_patch16_224', **vit),
        'cait_xxs24_224': plain('cait_xxs24_224', **vit),
        'coatnet_pico_rw_224': plain('coatnet_pico_rw_224', 224),
        'convnext_nano': plain('convnext_nano', depths=(1, 1, 2, 1)),
        'crossvit_tiny_240': plain('crossvit_tiny_240', 240),
        'davit_tiny': plain('davit_tiny', 224, depths=(1, 1, 1, 1)),
        'deit_tiny_distilled_patch16_224': plain('deit_tiny_distilled_patch16_224', **vit),
        'efficientformer_l1': plain('efficientformer_l1', 224),
        'efficientvit_m0': plain('efficientvit_m0', 224),
        'eva02_tiny_patch14_224': plain('eva02_tiny_patch14_224', 56, img_size=56, depth=3),
        'gcvit_xxtiny': plain('gcvit_xxtiny', 224),
        'hiera_tiny_224': plain('hiera_tiny_224', 224),
        'levit_128s': plain('levit_128s', 224),
        'maxvit_rmlp_pico_rw_256': plain('maxvit_rmlp_pico_rw_256', 256),
        'mixer_s32_224': plain('mixer_s32_224', 224),
        'swin_tiny_patch4_window7_224': plain('swin_tiny_patch4_window7_224', 224, depths=(2, 2, 2, 2), embed_dim=48, num_heads=(2, 4, 8, 16)),
        'tiny_vit_5m_224': plain('tiny_vit_5m_224', 224),
        'vit_base_patch16_clip_quickgelu_224': plain('vit_base_patch16_clip_quickgelu_224', **vit),
        'vit_base_patch16_siglip_224': plain('vit_base_patch16_siglip_224', **vit),
        'vit_small_patch14_reg4_dinov2': plain('vit_small_patch14_reg4_dinov2', 56, img_size=56, depth=3),
        'vit_small_patch16_dinov3': plain('vit_small_patch16_dinov3', 64, img_size=64, depth=3),
        'vit_tiny_patch16_224': plain('vit_tiny_patch16_224', **vit),
        'xcit_nano_12_p16_224': plain('xcit_nano_12_p16_224', 64, depth=3),
    }


def hugging_face_models():
    import torch

    class Logits(torch.nn.Module):
        """Only what the file shall give: exporters choke on Hugging Face's result objects."""
        def __init__(self, model):
            super().__init__()
            self.model = model

        def forward(self, pixel_values):
            return self.model(pixel_values=pixel_values).logits

    def plain(prefix, size=64, kind='ForImageClassification', config_class=None, **options):
        def build():
            import transformers
            config = getattr(transformers, f'{config_class or prefix}Config')(num_labels=CLASSES, **options)
            return Logits(getattr(transformers, f'{prefix}{kind}')(config))
        return size, build

    vit = {'image_size': 64, 'patch_size': 16, 'hidden_size': 48, 'num_hidden_layers': 3, 'num_attention_heads': 4, 'intermediate_size': 96}
    swin = {'image_size': 64, 'patch_size': 4, 'embed_dim': 24, 'depths': [2, 2], 'num_heads': [2, 4], 'window_size': 4}
    stages = {'hidden_sizes': [16, 24, 32, 48], 'depths': [1, 1, 2, 1]}
    vision = {'vision_config': vit}
    return {
        'beit': plain('Beit', **vit, use_relative_position_bias=True), 'bit': plain('Bit', embedding_size=32, hidden_sizes=[128, 256], depths=[1, 2], layer_type='preactivation'),
        'clip': plain('CLIP', text_config={'hidden_size': 48, 'num_hidden_layers': 1, 'num_attention_heads': 4, 'intermediate_size': 96, 'vocab_size': 100}, **vision), 'convnext': plain('ConvNext', **stages), 'convnextv2': plain('ConvNextV2', **stages),
        'data2vec': plain('Data2VecVision', **vit), 'deit': plain('DeiT', **vit), 'deit_distilled': plain('DeiT', kind='ForImageClassificationWithTeacher', **vit),
        'dinov2': plain('Dinov2', **{**vit, 'image_size': 56, 'patch_size': 14}, size=56), 'dinov2_reg': plain('Dinov2WithRegisters', **{**vit, 'image_size': 56, 'patch_size': 14}, size=56),
        'efficientnet': plain('EfficientNet', 64, image_size=64, width_coefficient=0.25, depth_coefficient=0.3, hidden_dim=320),
        'focalnet': plain('FocalNet', image_size=64, embed_dim=24, depths=[1, 1], hidden_sizes=[24, 48], focal_levels=[2, 2], focal_windows=[3, 3]), 'ijepa': plain('IJepa', **vit),
        'levit': plain('Levit', 64, image_size=64, hidden_sizes=[32, 48, 64], num_attention_heads=[2, 3, 4], depths=[1, 1, 1], key_dim=[8, 8, 8]),
        'mobilenet_v1': plain('MobileNetV1', depth_multiplier=0.25), 'mobilenet_v2': plain('MobileNetV2', depth_multiplier=0.35),
        'mobilevit': plain('MobileViT', image_size=64, hidden_sizes=[24, 32, 40], neck_hidden_sizes=[8, 12, 16, 24, 32, 40, 64]), 'mobilevitv2': plain('MobileViTV2', image_size=64, width_multiplier=0.5),
        'poolformer': plain('PoolFormer', hidden_sizes=[16, 24, 32, 48], depths=[1, 1, 2, 1]), 'regnet': plain('RegNet', embedding_size=16, hidden_sizes=[16, 32, 48, 64], depths=[1, 1, 1, 1], groups_width=8),
        'resnet': plain('ResNet', embedding_size=16, hidden_sizes=[32, 48, 64, 96], depths=[1, 1, 1, 1]), 'segformer': plain('Segformer', image_size=64, hidden_sizes=[16, 24, 32, 48], depths=[1, 1, 1, 1], num_attention_heads=[1, 2, 4, 8], decoder_hidden_size=32),
        'siglip': plain('Siglip', text_config={'hidden_size': 48, 'num_hidden_layers': 1, 'num_attention_heads': 4, 'intermediate_size': 96, 'vocab_size': 100}, **vision),
        'swiftformer': plain('SwiftFormer', image_size=64, embed_dims=[16, 24, 32, 48], depths=[1, 1, 1, 1]), 'swin': plain('Swin', **swin), 'swinv2': plain('Swinv2', **swin), 'vit': plain('ViT', **vit), 'vit_msn': plain('ViTMSN', **vit),
    }


def all_models():
    result = {}
    for prefix, family in (('tv', torchvision_models), ('timm', timm_models), ('hf', hugging_face_models)):
        result.update({f'{prefix}_{name}': record for name, record in family().items()})
    return result
