/**
 * Keeps the keyboard's focus where somebody works: when the focused element is taken away, or cannot
 * be used for a while, the focus goes to it again or to what is nearest, and is never nowhere.
 */

const FOCUSABLE = "a[href], button, input, select, textarea, summary, [tabindex]";
const SHUT_MS = 1_000; // so long what is shut may become usable again, as a button whose work is under way

/** `wished` is where to go first when something is gone. What it returns ends it. */
export function keepFocus(root: HTMLElement, wished?: () => HTMLElement | null): () => void {
  let last: HTMLElement | null = null;
  let above: HTMLElement[] = [];
  const came = (event: FocusEvent) => {
    last = event.target as HTMLElement;
    above = [];
    for (let one = last.parentElement; one; one = one === root ? null : one.parentElement) above.push(one);
  };
  const went = (event: FocusEvent) => {
    const from = event.target as HTMLElement;
    if (event.relatedTarget)
      last = null; // inside, it is told of by its coming
    // a hand has put it down, unless the element itself went away or was shut
    else queueMicrotask(() => from === last && document.hasFocus() && isUsable(from) && forget());
  };
  const forget = () => {
    last = null;
  };
  let waits: ReturnType<typeof setTimeout> | undefined;
  const mend = () => {
    clearTimeout(waits);
    if (!last || !document.hasFocus()) return;
    if (last.isConnected && !isUsable(last)) waits = setTimeout(settle, SHUT_MS);
    else if (document.activeElement === document.body) settle();
  };
  const settle = () => {
    if (!last || (document.activeElement !== document.body && document.activeElement !== last)) return;
    const next = isUsable(last) ? last : (wished?.() ?? nearest(above, root));
    next?.focus({ preventScroll: true });
  };
  const watch = new MutationObserver(mend);
  watch.observe(root, { subtree: true, childList: true, attributeFilter: ["disabled", "hidden"] });
  root.addEventListener("focusin", came);
  root.addEventListener("focusout", went);
  return () => {
    watch.disconnect();
    clearTimeout(waits);
    root.removeEventListener("focusin", came);
    root.removeEventListener("focusout", went);
  };
}

/** What can be used in the smallest part that is still there. */
function nearest(above: HTMLElement[], root: HTMLElement): HTMLElement | null {
  for (const part of above) {
    if (!root.contains(part)) continue;
    for (const one of part.querySelectorAll<HTMLElement>(FOCUSABLE)) {
      if (one.tabIndex >= 0 && isUsable(one)) return one;
    }
  }
  return null;
}

function isUsable(element: HTMLElement): boolean {
  return element.isConnected && !element.matches(":disabled") && element.getClientRects().length > 0;
}
