/**
 * Where the frame stands on a stranger's page: out of reach of its styles, above all it has, and
 * outside of its body, which may be transformed, emptied or exchanged.
 */

const AGAIN_MS = 100; // doubled each time: a page that throws it out again and again is not fought
const LONGEST_AGAIN_MS = 60_000;
const SETTLED_MS = 300; // after which what a page adds is there
const STYLED_MS = 2_000; // and has its looks

export interface Told {
  /** The page has changed; other things may stand in the corner now. */
  onChange: () => void;
  /** It was thrown out and begins anew. */
  onGone: () => void;
}

export class Place {
  readonly host = document.createElement("div");
  private attempts = 0;
  private isSettling = false;
  private hasChanged = false;
  private readonly watch = new MutationObserver(() => this.changed());

  constructor(
    private readonly frame: HTMLIFrameElement,
    private readonly told: Told,
  ) {
    // as important as a style can be: no rule of the site's can move or hide it
    important(this.host, { all: "initial" });
    important(this.host, { display: "contents" });
    important(frame, { all: "initial" });
    this.look({
      position: "fixed",
      inset: "auto 0 0 auto",
      width: "0",
      height: "0",
      border: "0",
      "z-index": "2147483647",
      "color-scheme": "light",
      "background-color": "transparent",
      display: "block",
    });
    // a browser's top layer, where it has one: above every z-index, within no transformed element
    frame.setAttribute("popover", "manual");
    this.host.attachShadow({ mode: "open" }).appendChild(frame);
  }

  look(styles: { [property: string]: string }): void {
    important(this.frame, styles);
  }

  /** Stand on the page, and come back where it is taken away. */
  take(): void {
    if (!this.host.isConnected) {
      document.documentElement.appendChild(this.host);
      try {
        this.frame.showPopover?.();
      } catch {
        // it stands there with its z-index
      }
    }
    this.watch.observe(document, { childList: true });
    this.watch.observe(document.documentElement, { childList: true });
    this.watch.observe(document.body, { childList: true });
    this.settle();
  }

  private changed(): void {
    if (this.host.isConnected) {
      this.watch.observe(document.body, { childList: true }); // it may be another one
      this.settle();
      return;
    }
    this.told.onGone();
    setTimeout(() => this.take(), Math.min(LONGEST_AGAIN_MS, AGAIN_MS * 2 ** this.attempts++));
  }

  private settle(): void {
    this.hasChanged = true;
    if (this.isSettling) return;
    this.isSettling = true;
    this.hasChanged = false;
    setTimeout(() => {
      this.told.onChange();
      this.isSettling = false;
      if (this.hasChanged) this.settle();
    }, SETTLED_MS);
    setTimeout(this.told.onChange, STYLED_MS);
  }
}

function important(element: HTMLElement, styles: { [property: string]: string }): void {
  for (const name of Object.keys(styles))
    element.style.setProperty(name, styles[name] as string, "important");
}
