export * from './derived.js'
export { checkTrainSettings, type SettingsProblem } from './rules.js'
export * from './schema.js'
export { trainForm } from './form.js'
