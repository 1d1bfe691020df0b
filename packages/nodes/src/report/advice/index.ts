import type { ReportSection } from '../report-input.js'
import { answer } from './answer.js'
import { moreImages } from './more-images.js'
import { noticed } from './noticed.js'
import { profile } from './profile.js'

/** What a report tells of advice, in the order of the page. */
export const adviceSections: readonly ReportSection[] = [answer, profile, moreImages, noticed]
