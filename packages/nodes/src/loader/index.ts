export { createImageLoader, type ImageLoader, type ImageLoaderOptions } from './create-image-loader.js'
