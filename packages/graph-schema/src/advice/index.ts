export { adviceNote, applyAdvice, type ApplyOptions } from './apply-advice.js'
export { advisorType } from './feeds.js'
