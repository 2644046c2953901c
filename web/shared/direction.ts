/** Which way a text is read, and which runs in a text from right to left are read the other way. */

const RIGHT_TO_LEFT = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff]/gu;
const LETTER = /\p{L}/gu;
// A name, a price, a number, hours: as one piece, with the signs that belong to it.
const LEFT_TO_RIGHT =
  /[+#$€£]?[A-Za-z0-9\u00c0-\u024f](?:[A-Za-z0-9\u00c0-\u024f .,:;/+\-–_@#%&'’()]*[A-Za-z0-9\u00c0-\u024f+#%$€£])?/gu;

export type Direction = "ltr" | "rtl";

/**
 * By what is written, not by its first letter, which may be that of a name: on a page that is read
 * from the right one letter of such a script is enough, elsewhere most of them are to be.
 */
export function directionOfText(text: string, around: Direction): Direction | undefined {
  const letters = text.match(LETTER)?.length ?? 0;
  if (!letters) return undefined; // as what is around it
  const fromRight = text.match(RIGHT_TO_LEFT)?.length ?? 0;
  return fromRight > (around === "rtl" ? 0 : letters / 2) ? "rtl" : "ltr";
}

/** The text in pieces; those that are `isolated` stand by themselves, whatever is around them. */
export function pieces(
  text: string,
  direction: Direction | undefined,
): { text: string; isolated: boolean }[] {
  if (direction !== "rtl") return [{ text, isolated: false }];
  const found: { text: string; isolated: boolean }[] = [];
  let from = 0;
  for (const { 0: run, index } of text.matchAll(LEFT_TO_RIGHT)) {
    if (index > from) found.push({ text: text.slice(from, index), isolated: false });
    found.push({ text: run, isolated: true });
    from = index + run.length;
  }
  if (from < text.length) found.push({ text: text.slice(from), isolated: false });
  return found;
}
