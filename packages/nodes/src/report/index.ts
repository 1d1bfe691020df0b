export { documentElementId, renderReport } from './render-report.js'
export type { ReportInput } from './report-input.js'
export { withoutHome } from './without-home.js'
