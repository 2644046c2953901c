/** Many reasons to do one thing, close together: done once, a moment after the first of them. */

export interface Gathered {
  (): void;
  /** Leave what was not done yet. */
  stop(): void;
}

export function gathered(work: () => void, withinMs: number): Gathered {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const ask = () => {
    timer ??= setTimeout(() => {
      timer = undefined;
      work();
    }, withinMs);
  };
  const stop = () => {
    clearTimeout(timer);
    timer = undefined;
  };
  return Object.assign(ask, { stop });
}
