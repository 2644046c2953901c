/** Which rows of a list are drawn: those in view and some around them. */

const AROUND = 10;

export function windowOf(
  top: number,
  height: number,
  rowPx: number,
  rows: number,
): { first: number; last: number } {
  const first = Math.max(0, Math.min(rows, Math.floor(top / rowPx)) - AROUND);
  const last = Math.min(rows, Math.ceil((top + height) / rowPx) + AROUND);
  return { first, last: Math.max(first, last) };
}
