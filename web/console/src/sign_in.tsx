/** Signing in: by password, by the company's own provider, by a link that is good once, by an invitation. */

import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { useNavigate } from "react-router";
import { Problem } from "../../client/src/problem";
import { answered, api } from "./api/client";
import type { Me } from "./api/shapes";
import { Button, Trouble } from "./parts/parts";
import { type Company, companies, signedInTo } from "./sign_in_companies";
import { Field, Form, Input, said } from "./sign_in_form";
import { Invited } from "./sign_in_invited";
import { ByProvider, refusedWords, SecondFactorCode } from "./sign_in_ways";

const INVITATION = "invitation=";
const REFUSED = "refused=";
let spent = ""; // an effect may run twice, a link may not

export function SignIn() {
  const navigate = useNavigate();
  const queries = useQueryClient();
  const [error, setError] = useState<unknown>(null);
  const [isGoing, setGoing] = useState(false);
  const [invitation, setInvitation] = useState("");
  const [refused, setRefused] = useState("");
  const [again, setAgain] = useState<((code: string) => void) | null>(null);
  const enter: Enter = (ask, code) => {
    setGoing(true);
    setError(null);
    ask(code)
      .then((me) => {
        signedInTo(me.tenant);
        // nothing of another company; the invitation is spent, and is not to be asked for again
        queries.removeQueries({ predicate: (one) => one.queryKey[0] !== "invitation" });
        queries.setQueryData(["me"], me);
        return navigate("/inbox", { replace: true });
      })
      .catch((problem: unknown) => {
        setGoing(false);
        const isNeeded = problem instanceof Problem && problem.code === "second_factor_needed";
        if (isNeeded) setAgain(() => (given: string) => enter(ask, given));
        else setError(problem);
      });
  };
  // biome-ignore lint/correctness/useExhaustiveDependencies: once, for the address it came with
  useEffect(() => {
    const secret = location.hash.slice(1);
    if (!secret || spent === secret) return;
    spent = secret;
    history.replaceState(null, "", location.pathname);
    if (secret.startsWith(INVITATION)) setInvitation(secret.slice(INVITATION.length));
    else if (secret.startsWith(REFUSED)) setRefused(refusedWords(secret.slice(REFUSED.length)));
    else enter((code) => signIn({ link_token: secret }, code));
  }, []);
  return (
    <main className="mx-auto flex min-h-full max-w-md flex-col justify-center gap-4 px-6 py-16">
      <h1 className="text-xl font-semibold tracking-tight">Frontdesk</h1>
      <Trouble error={error} />
      {refused && (
        <p role="alert" className="rounded-lg bg-bad-soft px-3 py-2 text-sm text-bad">
          {refused}
        </p>
      )}
      {again ? (
        <SecondFactorCode isGoing={isGoing} onCode={again} onBack={() => setAgain(null)} />
      ) : invitation ? (
        <Invited
          invitation={invitation}
          isGoing={isGoing}
          onEnter={enter}
          onLeave={() => setInvitation("")}
        />
      ) : (
        <ByPassword isGoing={isGoing} onEnter={enter} />
      )}
    </main>
  );
}

export type Enter = (ask: (code?: string) => Promise<Me>, code?: string) => void;

export interface Going {
  isGoing: boolean;
  onEnter: Enter;
}

type Shown = { link_token: string } | { tenant: string; email: string; password: string };

function signIn(shown: Shown, code?: string): Promise<Me> {
  return answered<Me>(api.POST("/v1/session", { body: { ...shown, ...(code ? { code } : {}) } }));
}

function ByPassword({ isGoing, onEnter }: Going) {
  const [tenant, setTenant] = useState(companies()[0]?.slug ?? "");
  const submit = (form: FormData) => {
    const shown = { tenant, email: said(form, "email"), password: said(form, "password") };
    onEnter((code) => signIn(shown, code));
  };
  return (
    <>
      <Known chosen={tenant.trim()} onChoose={setTenant} />
      <Form onSubmit={submit}>
        <Field label="Tenant" hint="its short name, as in alder-finch">
          <Input
            name="tenant"
            required
            autoCapitalize="none"
            autoComplete="organization"
            value={tenant}
            onChange={(event) => setTenant(event.target.value)}
          />
        </Field>
        <ByProvider tenant={tenant.trim()} onGoing={() => signedInTo({ slug: tenant.trim() })} />
        <Field label="E-mail">
          <Input name="email" type="email" required autoComplete="username" />
        </Field>
        <Field label="Password">
          <Input name="password" type="password" required autoComplete="current-password" />
        </Field>
        <Button type="submit" look="primary" disabled={isGoing}>
          {isGoing ? "Signing in …" : "Sign in"}
        </Button>
      </Form>
      <p className="text-sm text-quiet text-pretty">
        No password yet, or forgotten? An administrator makes you a link that is good once; you set a password
        after that, under Settings › Your account. Whoever runs this server can print one:
      </p>
      <pre className="overflow-x-auto rounded-lg border border-line bg-card px-4 py-3 text-sm" tabIndex={0}>
        <code>frontdesk sign-in --tenant your-slug --email you@example.com</code>
      </pre>
    </>
  );
}

/** The companies that somebody signed in to in this browser, where there are several. */
function Known({ chosen, onChoose }: { chosen: string; onChoose: (slug: string) => void }) {
  const known = companies();
  if (known.length < 2) return null;
  return (
    <fieldset className="flex flex-col gap-2">
      <legend className="mb-1 text-sm font-medium">Which company?</legend>
      {known.map((one: Company) => (
        <label
          key={one.slug}
          className="flex min-h-11 cursor-pointer items-center gap-3 rounded-lg border border-line bg-card px-3 text-sm has-checked:border-accent"
        >
          <input
            type="radio"
            name="company"
            checked={one.slug === chosen}
            className="size-4 shrink-0"
            onChange={() => onChoose(one.slug)}
          />
          <span className="min-w-0 [overflow-wrap:anywhere]">
            {one.name || one.slug}
            {one.name && <span className="block text-xs text-quiet">{one.slug}</span>}
          </span>
        </label>
      ))}
    </fieldset>
  );
}
