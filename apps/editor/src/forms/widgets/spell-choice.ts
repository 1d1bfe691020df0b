/** Values are shown as documents write them, with spaces where words meet: `averageAndMax` is `average and max`. */
export function spellChoice(choice: unknown): string {
  return String(choice)
    .replaceAll(/([a-z])([A-Z])/g, (_, before: string, after: string) => `${before} ${after.toLowerCase()}`)
    .replaceAll('-', ' ')
}
