export { fineTuneSettings } from './advised-nodes.js'
export { adviceNote, applyAdvice, type ApplyOptions } from './apply-advice.js'
export { advisorType } from './feeds.js'
