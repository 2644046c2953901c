/** What somebody types, once they pause. */

import { useEffect, useState } from "react";

const SETTLED_MS = 300;

export function useSettled(value: string): string {
  const [settled, settle] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => settle(value), SETTLED_MS);
    return () => clearTimeout(timer);
  }, [value]);
  return settled;
}
