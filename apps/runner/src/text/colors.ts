import pc from 'picocolors'

export type Colors = ReturnType<typeof pc.createColors>

/** Colours for a stream: only on a terminal, and never with NO_COLOR or a dumb one. */
export function colorsFor(
  stream: { readonly isTTY?: boolean },
  environment: Readonly<Record<string, string | undefined>> = process.env,
): Colors {
  return pc.createColors(stream.isTTY === true && !environment.NO_COLOR && environment.TERM !== 'dumb')
}
