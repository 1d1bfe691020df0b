export { prefixKey } from './prefix-key.js'
export { stagesRead } from './last-stage.js'
