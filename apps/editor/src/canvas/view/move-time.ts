/** How long the view takes to move, in milliseconds; it jumps for people who asked for less motion. */
export const moveTime = (): number => (matchMedia('(prefers-reduced-motion: reduce)').matches ? 0 : 220)
