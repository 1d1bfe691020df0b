import { activationConverters } from './activation.js'
import { applicationConverters } from './applications.js'
import { convolutionConverters } from './convolution.js'
import { denseConverters } from './dense.js'
import type { LayerConverter } from './layer-converter.js'
import { mergingConverters } from './merging.js'
import { normalizationConverters } from './normalization.js'
import { operationConverters } from './operations.js'
import { paddingConverters } from './padding.js'
import { poolingConverters } from './pooling.js'
import { reshapingConverters } from './reshaping.js'
import { trainingOnlyConverters } from './training-only.js'

/** Every Keras layer class that can be read. */
export const layerConverters: readonly LayerConverter[] = [
  ...convolutionConverters,
  ...denseConverters,
  ...normalizationConverters,
  ...activationConverters,
  ...poolingConverters,
  ...paddingConverters,
  ...mergingConverters,
  ...reshapingConverters,
  ...trainingOnlyConverters,
  ...applicationConverters,
  ...operationConverters,
]
