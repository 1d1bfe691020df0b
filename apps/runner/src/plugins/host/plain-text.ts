/**
 * Text of a plugin for one line of a terminal or a page: control characters become visible instead of acting, line
 * breaks become blanks.
 */
export function plainText(text: string): string {
  return text
    .replaceAll(/\s*[\r\n]+\s*/g, ' ')
    .replaceAll(/[\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, '\ufffd')
}
