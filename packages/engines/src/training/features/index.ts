export { createFeatureCache, type FeatureCache, type FeatureCacheOptions } from './feature-cache.js'
export type { FeatureStore } from './feature-store.js'
export { prefixKey } from './prefix-key.js'
