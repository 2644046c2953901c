/** In place of a page that could not be loaded or drawn: what happened, and the ways on. */

import { Link } from "react-router";
import { Button } from "./parts/parts";

export function Broken() {
  return (
    <main className="min-h-0 flex-1 overflow-y-auto">
      <div role="alert" className="mx-auto max-w-sm px-6 pt-16 pb-6 text-center">
        <h1 className="text-lg font-semibold">This page could not be shown</h1>
        <p className="mt-2 text-sm text-quiet text-pretty">
          The line may be down, or the page may have a fault. What was saved is kept.
        </p>
      </div>
      <div className="flex flex-wrap justify-center gap-3">
        <Button look="primary" onClick={() => location.reload()}>
          Load it again
        </Button>
        <Link
          to="/inbox"
          className="inline-flex min-h-9 items-center rounded-lg border border-line bg-card px-3 text-sm font-medium hover:border-accent hover:text-accent"
        >
          Go to the inbox
        </Link>
      </div>
    </main>
  );
}
