export { checkImage, type CheckOptions, type ImageCheck } from './check-image.js'
export { renderThumbnail } from './thumbnails.js'
