/** An invitation: who invites whom where to, before anything is typed; a spent link says so. */

import { useQuery } from "@tanstack/react-query";
import { Problem } from "../../client/src/problem";
import { answered, api } from "./api/client";
import type { components } from "./api/schema";
import type { Me } from "./api/shapes";
import { Button, Trouble } from "./parts/parts";
import type { Going } from "./sign_in";
import { Field, Form, Input, said } from "./sign_in_form";

type Told = components["schemas"]["InvitationTold"];

export function Invited({
  invitation,
  onLeave,
  ...going
}: Going & { invitation: string; onLeave: () => void }) {
  const found = useQuery({
    queryKey: ["invitation", invitation],
    retry: false,
    staleTime: Number.POSITIVE_INFINITY, // what is refused when it is sent stands in the answer to that
    queryFn: () =>
      answered<Told>(api.POST("/v1/session/invitation", { body: { invitation_token: invitation } })),
  });
  if (found.data) return <Accept invitation={invitation} told={found.data} {...going} />;
  if (!found.error) return null;
  const isSpent = found.error instanceof Problem && found.error.status === 401;
  if (!isSpent) return <Trouble error={found.error} />;
  return (
    <>
      <p role="alert" className="rounded-lg bg-bad-soft px-3 py-2 text-sm text-bad">
        This link is good no more: {found.error.message}.
      </p>
      <p className="text-sm text-pretty">
        If you have joined already, sign in with your password. Else ask whoever invited you for a new link.
      </p>
      <Button className="self-start" onClick={onLeave}>
        Sign in
      </Button>
    </>
  );
}

function Accept({ invitation, told, isGoing, onEnter }: Going & { invitation: string; told: Told }) {
  const submit = (form: FormData) => {
    const name = said(form, "name").trim();
    const body = {
      invitation_token: invitation,
      password: said(form, "password"),
      ...(name ? { name } : {}),
    };
    onEnter(() => answered<Me>(api.POST("/v1/session/accept-invitation", { body })));
  };
  return (
    <>
      <p className="text-pretty">
        {told.invited_by ? `${told.invited_by} invites you` : "You are invited"} to{" "}
        <strong dir="auto">{told.company}</strong> as {told.role}. Choose a password, and you are in.
      </p>
      <p className="text-sm text-quiet text-pretty [overflow-wrap:anywhere]">
        You will sign in as {told.email}, with the tenant {told.tenant}.
      </p>
      <Form onSubmit={submit}>
        <Field label="Your name" hint={`leave it empty for ${told.name}`}>
          <Input name="name" maxLength={200} autoComplete="name" />
        </Field>
        <Field label="New password" hint="at least 12 characters">
          <Input
            name="password"
            type="password"
            required
            minLength={12}
            maxLength={200}
            autoComplete="new-password"
          />
        </Field>
        <Button type="submit" look="primary" disabled={isGoing}>
          {isGoing ? "Joining …" : "Join"}
        </Button>
      </Form>
    </>
  );
}
