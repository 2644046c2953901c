/** What is edited, beside what is saved. */

import type { Assistant } from "./settings";

/** What of these settings differs from what is saved. */
export function changed(saved: Assistant, changes: Partial<Assistant>): Partial<Assistant> {
  const entries = Object.entries(changes) as [keyof Assistant, unknown][];
  return Object.fromEntries(
    entries.filter(([key, value]) => JSON.stringify(value) !== JSON.stringify(saved[key])),
  );
}
