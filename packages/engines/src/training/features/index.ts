export { prefixKey } from './prefix-key.js'
