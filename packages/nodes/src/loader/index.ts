export { createImageLoader, type ImageLoader, type ImageLoaderOptions } from './create-image-loader.js'
export { type SeenPart, seenPart } from './seen-part.js'
