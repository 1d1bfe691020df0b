import semver from 'semver'

/** Whether a text is a range of versions as npm writes them, such as `^1.2.3` or `>=1.2.3 <3.0.0`; `*` is any. */
export function isRange(range: string): boolean {
  return range.trim() !== '' && semver.validRange(range) !== null
}

/**
 * Whether a version lies in a range; false when either can't be read. Unlike in npm, pre-releases count everywhere as
 * what they are: before their release.
 */
export function satisfies(version: string, range: string): boolean {
  return isRange(range) && semver.satisfies(version, range, { includePrerelease: true })
}
