/** What holds for one tab of the browser, over its reloads; nothing where the browser keeps nothing. */

const OPEN = "frontdesk-open";

export function isOpen(): boolean {
  try {
    return sessionStorage.getItem(OPEN) !== null;
  } catch {
    return false;
  }
}

export function opened(isOpen: boolean): void {
  try {
    if (isOpen) sessionStorage.setItem(OPEN, "yes");
    else sessionStorage.removeItem(OPEN);
  } catch {
    // then a tab begins closed where it fills the screen
  }
}
