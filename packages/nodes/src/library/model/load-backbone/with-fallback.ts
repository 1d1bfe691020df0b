import { textOf } from '@graft/errors'
import { DownloadError } from '../../../downloads/index.js'

/**
 * What `attempt` makes of a source, or of the fallback where there is no connection to fetch the source with. Whatever
 * else fails (a wrong name, a refused or broken download) is no reason for another network.
 * @param fallback source to use instead; empty: none
 * @param say hears that another network is used, and why
 */
export async function withFallback<Result>(
  source: string,
  fallback: string,
  attempt: (source: string) => Promise<Result>,
  say: (message: string) => void,
): Promise<Result> {
  try {
    return await attempt(source)
  } catch (error) {
    if (fallback === '' || !(error instanceof DownloadError) || error.fault !== 'unreachable') throw error
    say(
      `NO CONNECTION: ${fallback} is used instead of ${source}, and tells far less apart. ${textOf(error)} Run again with a connection (or \`graft models pull ${source}\` once) for the better network.`,
    )
    return attempt(fallback)
  }
}
