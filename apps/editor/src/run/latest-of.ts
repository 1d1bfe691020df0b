/**
 * Hands values on at most once until `wait` calls back, always the newest; the first one at once, and the last one for
 * sure.
 */
export function latestOf<Value>(
  give: (value: Value) => void,
  wait: (then: () => void) => void,
): (value: Value) => void {
  let isWaiting = false
  let held: { readonly value: Value } | null = null
  const release = (): void => {
    isWaiting = false
    if (held === null) return
    const { value } = held
    held = null
    take(value)
  }
  const take = (value: Value): void => {
    if (isWaiting) {
      held = { value }
      return
    }
    isWaiting = true
    wait(release)
    give(value)
  }
  return take
}
