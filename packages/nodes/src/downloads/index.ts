export { DownloadError, notHereYet, shownAddress } from './download-error.js'
export {
  type AbsentFile,
  type DownloadOptions,
  type FetchedFile,
  fetchFile,
  findKept,
  keptPath,
  type WantedFile,
} from './fetch-file.js'
export { fetchText } from './fetch-text.js'
export { factsPath, type FileFacts, forget, readFacts } from './kept-file.js'
export { offlineBy } from './offline.js'
