/** What was just taken away, and the press that brings it back; it stays until there is something newer. */

import { createContext, type ReactNode, useContext, useState } from "react";
import { Button, Trouble } from "./parts";

/** It is gone from the server already; `undo` makes it again with all it had. */
export interface Gone {
  words: string;
  undo: () => Promise<unknown>;
}

const Telling = createContext<(gone: Gone) => void>(() => {});

/** Say what is gone and how it comes back. */
export function useGone() {
  return useContext(Telling);
}

export function UndoPlace({ children }: { children: ReactNode }) {
  const [gone, setGone] = useState<Gone | null>(null);
  const [error, setError] = useState<Error | null>(null);
  const [isBusy, setBusy] = useState(false);
  const tell = (one: Gone) => {
    setError(null);
    setGone(one);
  };
  const undo = async (one: Gone) => {
    setBusy(true);
    try {
      await one.undo();
      setGone((now) => (now === one ? null : now));
    } catch (failed) {
      setError(failed as Error);
    }
    setBusy(false);
  };
  return (
    <Telling.Provider value={tell}>
      {children}
      <div role="status" className="sticky bottom-4 z-10">
        {gone && (
          <div className="flex flex-wrap items-center gap-3 rounded-xl border border-line bg-card px-4 py-2 text-sm shadow-lg">
            <span dir="auto" className="min-w-0 flex-1 [overflow-wrap:anywhere]">
              {gone.words}
            </span>
            <Button disabled={isBusy} onClick={() => void undo(gone)}>
              Undo
            </Button>
            <Button look="quiet" aria-label="Close the notice" onClick={() => setGone(null)}>
              Close
            </Button>
            <Trouble error={error} />
          </div>
        )}
      </div>
    </Telling.Provider>
  );
}
