/** A list of any length: the rows in view alone are drawn, and more are asked for before its end comes. */

import { type ReactNode, useEffect, useRef, useState } from "react";
import { windowOf } from "./window_of";

const ASK_BEFORE_ROWS = 30;

export function LongList<T>({
  items,
  keyOf,
  rowPx,
  label,
  onNearEnd,
  children,
}: {
  items: T[];
  keyOf: (item: T) => string;
  rowPx: number;
  label: string;
  onNearEnd?: () => void;
  children: (item: T) => ReactNode;
}) {
  const box = useRef<HTMLDivElement>(null);
  const [view, setView] = useState({ top: 0, height: 0 });
  useEffect(() => {
    const element = box.current;
    if (!element) return;
    const look = () => setView({ top: element.scrollTop, height: element.clientHeight });
    const sizes = new ResizeObserver(look);
    sizes.observe(element);
    element.addEventListener("scroll", look, { passive: true });
    return () => {
      sizes.disconnect();
      element.removeEventListener("scroll", look);
    };
  }, []);
  const { first, last } = windowOf(view.top, view.height, rowPx, items.length);
  const isNearEnd = last >= items.length - ASK_BEFORE_ROWS;
  useEffect(() => {
    if (isNearEnd) onNearEnd?.();
  }, [isNearEnd, onNearEnd]);
  return (
    <div ref={box} className="min-h-0 flex-1 overflow-y-auto px-3 pb-4">
      <ul aria-label={label} className="relative" style={{ height: items.length * rowPx }}>
        {items.slice(first, last).map((item, at) => (
          <li
            key={keyOf(item)}
            aria-setsize={items.length}
            aria-posinset={first + at + 1}
            className="absolute inset-x-0"
            style={{ top: (first + at) * rowPx, height: rowPx }}
          >
            {children(item)}
          </li>
        ))}
      </ul>
    </div>
  );
}
