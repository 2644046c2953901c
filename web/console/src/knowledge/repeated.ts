/** Entries that say what others say already, from the pairs of passages that the server points out. */

interface Side {
  document_id: string;
  title: string;
}

export interface Pair {
  match: "identical" | "near";
  new: Side;
  existing: Side;
}

/** An entry that says what another says already; `passages` counts the pairs that were shown. */
export interface Repeat {
  fresh: Side;
  earlier: Side;
  isSame: boolean;
  passages: number;
}

/** The pairs of passages as pairs of entries. */
export function repeated(pairs: Pair[]): Repeat[] {
  const found = new Map<string, Repeat>();
  for (const { match, new: fresh, existing: earlier } of pairs) {
    if (fresh.document_id === earlier.document_id) continue; // within one file its writer decides
    const key = `${fresh.document_id} ${earlier.document_id}`;
    const one = found.get(key) ?? { fresh, earlier, isSame: true, passages: 0 };
    found.set(key, { ...one, isSame: one.isSame && match === "identical", passages: one.passages + 1 });
  }
  return [...found.values()];
}
