/**
 * The cells of a CSV text (RFC 4180: quotes, doubled quotes, line breaks inside quotes), separated by whichever of `,`
 * `;` and tab its first line has most of. Empty lines are left out.
 */
export function parseCsv(text) {
  const source = text.replace(/^\uFEFF/, '')
  const separator = separatorOf(source.split(/\r?\n/, 1)[0] ?? '')
  const rows = []
  let row = []
  let cell = ''
  let quoted = false
  const endCell = () => {
    row.push(cell)
    cell = ''
  }
  const endRow = () => {
    endCell()
    if (row.some((value) => value !== '')) rows.push(row)
    row = []
  }
  for (let at = 0; at < source.length; at++) {
    const character = source[at]
    if (quoted && character === '"' && source[at + 1] === '"') cell += source[++at]
    else if (character === '"' && (quoted || cell === '')) quoted = !quoted
    else if (quoted) cell += character
    else if (character === separator) endCell()
    else if (character === '\n') endRow()
    else if (character !== '\r') cell += character
  }
  endRow()
  return rows
}

function separatorOf(line) {
  return [',', ';', '\t']
    .map((character) => [character, line.split(character).length])
    .sort((a, b) => b[1] - a[1])[0][0]
}
