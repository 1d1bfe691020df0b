export { checkImage, type CheckOptions, type ImageCheck } from './check-image.js'
export { findNearCopies, lookOf } from './near-copies.js'
export { renderThumbnail } from './thumbnails.js'
export { pathsBelow } from './list-files.js'
