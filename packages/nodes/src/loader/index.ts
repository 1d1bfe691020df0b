export { checkImage, type CheckOptions, type ImageCheck } from './check-image.js'
export { createImageLoader, type ImageLoader, type ImageLoaderOptions } from './create-image-loader.js'
export { renderThumbnail } from './thumbnails.js'
