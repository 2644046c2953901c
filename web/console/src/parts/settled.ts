/** What somebody types, once they pause. */

import { useEffect, useState } from "react";

const SETTLED_MS = 300;

export function useSettled(value: string, afterMs = SETTLED_MS): string {
  const [settled, settle] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => settle(value), afterMs);
    return () => clearTimeout(timer);
  }, [value, afterMs]);
  return settled;
}
