/** What belongs to whoever is signed in: how they sign in elsewhere, their password, their second factor. */

import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { answered, api } from "../api/client";
import { Pair, Section } from "../parts/fields";
import { Button, Trouble } from "../parts/parts";
import { useMe } from "../shell";
import { Field, Input } from "../sign_in_form";
import { SecondFactor } from "./second_factor";

export function Own() {
  return (
    <>
      <Elsewhere />
      <Password />
      <SecondFactor />
    </>
  );
}

/** The names that the sign-in asks for; nobody is told their tenant's short name anywhere else. */
function Elsewhere() {
  const me = useMe().data;
  if (!me) return null;
  return (
    <Section title="Signing in" about="What another browser asks you for, besides your password.">
      <dl className="grid grid-cols-[auto_1fr] gap-x-6 gap-y-2 text-sm [overflow-wrap:anywhere]">
        <dt className="text-quiet">Tenant</dt>
        <dd>{me.tenant.slug}</dd>
        <dt className="text-quiet">E-mail</dt>
        <dd>{me.email}</dd>
      </dl>
    </Section>
  );
}

function Password() {
  const [old, setOld] = useState("");
  const [next, setNext] = useState("");
  const change = useMutation({
    mutationFn: () =>
      answered(
        api.PUT("/v1/session/password", {
          body: { new_password: next, ...(old ? { current_password: old } : {}) },
        }),
      ),
    onSuccess: () => {
      setOld("");
      setNext("");
    },
  });
  return (
    <Section title="Password" about="A new one ends your sessions in other browsers.">
      <form
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          change.mutate();
        }}
      >
        <Pair>
          <Field label="Current password" hint="empty after a link">
            <Input
              type="password"
              maxLength={200}
              autoComplete="current-password"
              value={old}
              onChange={(event) => setOld(event.target.value)}
            />
          </Field>
          <Field label="New password" hint="at least 12 characters">
            <Input
              type="password"
              required
              minLength={12}
              maxLength={200}
              autoComplete="new-password"
              value={next}
              onChange={(event) => setNext(event.target.value)}
            />
          </Field>
        </Pair>
        <Trouble error={change.error} />
        {change.isSuccess && (
          <p role="status" className="text-sm text-accent">
            Set. You sign in with it from now on.
          </p>
        )}
        <Button look="primary" type="submit" className="self-start" disabled={!next || change.isPending}>
          Set password
        </Button>
      </form>
    </Section>
  );
}
