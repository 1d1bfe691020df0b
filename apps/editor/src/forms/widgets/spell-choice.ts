/** Names that are written in a way of their own. */
const names: Readonly<Record<string, string>> = {
  adam: 'Adam',
  adamw: 'AdamW',
  sgd: 'SGD',
  lion: 'Lion',
  relu: 'ReLU',
  gelu: 'GELU',
  rgb: 'RGB',
  bgr: 'BGR',
  sqrt: 'square root',
  'zero-to-255': '0 to 255',
  'zero-to-one': '0 to 1',
  'minus-one-to-one': '-1 to 1',
}

/** Values are shown as documents write them, with spaces where words meet: `averageAndMax` is `average and max`. */
export function spellChoice(choice: unknown): string {
  const text = String(choice)
  return Object.hasOwn(names, text)
    ? (names[text] ?? text)
    : text
        .replaceAll(/([a-z])([A-Z])/g, (_, before: string, after: string) => `${before} ${after.toLowerCase()}`)
        .replaceAll('-', ' ')
}
