/** Signing in: by password, by a link that is good once, or by accepting an invitation. */

import { useQueryClient } from "@tanstack/react-query";
import { type FormEvent, type ReactNode, useEffect, useState } from "react";
import { useNavigate } from "react-router";
import { answered, api } from "./api/client";
import type { Me } from "./api/shapes";
import { Button, FIELD, Trouble } from "./parts/parts";

const INVITATION = "invitation=";
const TENANT = "frontdesk.tenant"; // the slug that was signed in to last, in this browser
let spent = ""; // an effect may run twice, a link may not

export function SignIn() {
  const navigate = useNavigate();
  const queries = useQueryClient();
  const [error, setError] = useState<unknown>(null);
  const [isGoing, setGoing] = useState(false);
  const [invitation, setInvitation] = useState("");
  const enter = (asked: Promise<Me>) => {
    setGoing(true);
    setError(null);
    asked
      .then((me) => {
        localStorage.setItem(TENANT, me.tenant.slug);
        queries.setQueryData(["me"], me);
        return navigate("/inbox", { replace: true });
      })
      .catch((problem: unknown) => {
        setGoing(false);
        setError(problem);
      });
  };
  // biome-ignore lint/correctness/useExhaustiveDependencies: once, for the address it came with
  useEffect(() => {
    const secret = location.hash.slice(1);
    if (!secret || spent === secret) return;
    spent = secret;
    history.replaceState(null, "", location.pathname);
    if (secret.startsWith(INVITATION)) setInvitation(secret.slice(INVITATION.length));
    else enter(answered<Me>(api.POST("/v1/session", { body: { link_token: secret } })));
  }, []);
  return (
    <main className="mx-auto flex min-h-full max-w-md flex-col justify-center gap-4 px-6 py-16">
      <h1 className="text-xl font-semibold tracking-tight">Frontdesk</h1>
      <Trouble error={error} />
      {invitation ? (
        <Accept invitation={invitation} isGoing={isGoing} onEnter={enter} />
      ) : (
        <ByPassword isGoing={isGoing} onEnter={enter} />
      )}
    </main>
  );
}

interface Going {
  isGoing: boolean;
  onEnter: (asked: Promise<Me>) => void;
}

function ByPassword({ isGoing, onEnter }: Going) {
  const submit = (form: FormData) =>
    onEnter(
      answered<Me>(
        api.POST("/v1/session", {
          body: {
            tenant: said(form, "tenant"),
            email: said(form, "email"),
            password: said(form, "password"),
          },
        }),
      ),
    );
  return (
    <>
      <Form onSubmit={submit}>
        <Field label="Tenant" hint="its short name, as in alder-finch">
          <input
            name="tenant"
            required
            autoCapitalize="none"
            autoComplete="organization"
            defaultValue={localStorage.getItem(TENANT) ?? ""}
            className={FIELD}
          />
        </Field>
        <Field label="E-mail">
          <input name="email" type="email" required autoComplete="username" className={FIELD} />
        </Field>
        <Field label="Password">
          <input name="password" type="password" required autoComplete="current-password" className={FIELD} />
        </Field>
        <Button type="submit" look="primary" disabled={isGoing}>
          {isGoing ? "Signing in …" : "Sign in"}
        </Button>
      </Form>
      <p className="text-sm text-quiet text-pretty">
        No password yet, or forgotten? An administrator makes you a link that is good once; you set a password
        after that. Whoever runs this server can print one:
      </p>
      <pre className="overflow-x-auto rounded-lg border border-line bg-card px-4 py-3 text-sm" tabIndex={0}>
        <code>frontdesk sign-in --tenant your-slug --email you@example.com</code>
      </pre>
    </>
  );
}

function Accept({ invitation, isGoing, onEnter }: Going & { invitation: string }) {
  const submit = (form: FormData) => {
    const name = said(form, "name").trim();
    const body = {
      invitation_token: invitation,
      password: said(form, "password"),
      ...(name ? { name } : {}),
    };
    onEnter(answered<Me>(api.POST("/v1/session/accept-invitation", { body })));
  };
  return (
    <>
      <p className="text-pretty">You are invited. Choose a password, and you are in.</p>
      <Form onSubmit={submit}>
        <Field label="Your name" hint="leave it empty to keep the one in the invitation">
          <input name="name" maxLength={200} autoComplete="name" className={FIELD} />
        </Field>
        <Field label="New password" hint="at least 12 characters">
          <input
            name="password"
            type="password"
            required
            minLength={12}
            maxLength={200}
            autoComplete="new-password"
            className={FIELD}
          />
        </Field>
        <Button type="submit" look="primary" disabled={isGoing}>
          {isGoing ? "Joining …" : "Join"}
        </Button>
      </Form>
    </>
  );
}

function Form({ onSubmit, children }: { onSubmit: (form: FormData) => void; children: ReactNode }) {
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    onSubmit(new FormData(event.currentTarget));
  };
  return (
    <form onSubmit={submit} className="flex flex-col gap-4">
      {children}
    </form>
  );
}

function Field({ label, hint, children }: { label: string; hint?: string; children: ReactNode }) {
  return (
    // biome-ignore lint/a11y/noLabelWithoutControl: the control is the child
    <label className="flex flex-col gap-1 text-sm font-medium">
      <span>
        {label}
        {hint && <span className="font-normal text-quiet"> · {hint}</span>}
      </span>
      {children}
    </label>
  );
}

function said(form: FormData, name: string): string {
  return String(form.get(name) ?? "");
}
