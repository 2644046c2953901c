/** What a page keeps in its corner itself: a bar along its lower edge, another launcher. */

const INSET_PX = 48; // from the frame's edges to where the launcher is looked for
const HEIGHTS_PX = [24, 48, 72];
const MOST_STEPS = 4;

/** How far from the lower edge the launcher covers nothing that the page has fixed there. */
export function clearance(frame: HTMLElement, host: Element, height: number): number {
  const { left, right } = frame.getBoundingClientRect();
  let bottom = 0;
  for (let step = 0; step < MOST_STEPS; step++) {
    const there = HEIGHTS_PX.flatMap((above) =>
      [left + INSET_PX, right - INSET_PX].map((x) => fixedAt(x, innerHeight - bottom - above, host)),
    );
    const tops = there.filter((box) => box !== null && isSmall(box)).map((box) => (box as DOMRect).top);
    if (!tops.length) return bottom;
    bottom = innerHeight - Math.min(...tops);
    if (bottom + height > innerHeight) return 0; // there is no room: it stays where it is looked for
  }
  return bottom;
}

/** A bar or a launcher, and not the page itself or an open panel. */
function isSmall(box: DOMRect): boolean {
  return box.height < innerHeight / 3 && box.top > innerHeight / 3;
}

function fixedAt(x: number, y: number, host: Element): DOMRect | null {
  let element: Element | null = document.elementsFromPoint(x, y).find((one) => one !== host) ?? null;
  const shadow = element?.shadowRoot;
  // what lies above it is told by its shadow as well, as something outside
  const inner = shadow?.elementsFromPoint(x, y).find((one) => shadow.contains(one));
  if (inner) element = inner;
  while (element) {
    if (getComputedStyle(element).position === "fixed") return element.getBoundingClientRect();
    element = element.parentElement ?? (element.getRootNode() as Partial<ShadowRoot>).host ?? null;
  }
  return null;
}
