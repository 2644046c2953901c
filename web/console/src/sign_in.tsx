/** Signing in by a link that is good once; the link's secret leaves the address at once. */

import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { useNavigate } from "react-router";
import { answered, api } from "./api/client";
import type { Me } from "./api/shapes";
import { Trouble } from "./parts/parts";

let spent = ""; // an effect may run twice, a link may not

export function SignIn() {
  const navigate = useNavigate();
  const queries = useQueryClient();
  const [error, setError] = useState<unknown>(null);
  const [isGoing, setGoing] = useState(false);
  useEffect(() => {
    const link = location.hash.slice(1);
    if (!link || spent === link) return;
    spent = link;
    history.replaceState(null, "", location.pathname);
    setGoing(true);
    answered<Me>(api.POST("/v1/session", { body: { link_token: link } }))
      .then((me) => {
        queries.setQueryData(["me"], me);
        return navigate("/inbox", { replace: true });
      })
      .catch((problem: unknown) => {
        setGoing(false);
        setError(problem);
      });
  }, [navigate, queries]);
  return (
    <main className="mx-auto flex min-h-full max-w-md flex-col justify-center gap-4 px-6 py-16">
      <h1 className="text-xl font-semibold tracking-tight">Frontdesk</h1>
      {isGoing ? (
        <p className="text-quiet">Signing in …</p>
      ) : (
        <>
          <Trouble error={error} />
          <p className="text-pretty">
            You sign in with a link that is good once. Whoever runs this server prints one at its start, and
            at any time with:
          </p>
          <pre
            className="overflow-x-auto rounded-lg border border-line bg-card px-4 py-3 text-sm"
            tabIndex={0}
          >
            <code>frontdesk sign-in --tenant your-slug --email you@example.com</code>
          </pre>
          <p className="text-sm text-quiet text-pretty">
            An administrator's program can make one too: POST /v1/operators/…/sign-in-links.
          </p>
        </>
      )}
    </main>
  );
}
