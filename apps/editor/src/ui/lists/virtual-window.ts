/** Which items of a list are near what is in sight: `first` up to, not including, `last`. */
export function windowOf(
  count: number,
  itemHeight: number,
  top: number,
  height: number,
  extra = 6,
): { readonly first: number; readonly last: number } {
  const first = Math.max(0, Math.min(count - 1, Math.floor(top / itemHeight)) - extra)
  return { first: Math.max(0, first), last: Math.min(count, Math.ceil((top + height) / itemHeight) + extra) }
}
