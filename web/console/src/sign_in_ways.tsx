/** The company's own provider on the sign-in page, and the second factor after a right password. */

import { useMutation, useQuery } from "@tanstack/react-query";
import { answered, api } from "./api/client";
import { Button, Trouble } from "./parts/parts";
import { useSettled } from "./parts/settled";
import { Field, Form, Input, said } from "./sign_in_form";

const REFUSED: { [reason: string]: string } = {
  stale: "That took too long, or was begun in another window. Try again.",
  refused: "The provider has signed nobody in. Try again, or ask your administrator.",
  away: "The provider cannot be reached at the moment. Try again soon.",
  address: "The provider does not vouch for your e-mail address. Ask your administrator.",
  unknown: "Nobody has invited you here yet. Ask your administrator.",
  rate_limited: "Too many sign-ins went wrong. Wait a little, then try again.",
};

export function refusedWords(reason: string): string {
  return REFUSED[reason] ?? "You could not be signed in. Ask your administrator.";
}

/** The button of a tenant that has a provider; nothing for all others. */
export function ByProvider({ tenant, onGoing }: { tenant: string; onGoing: () => void }) {
  const settled = useSettled(tenant);
  const found = useQuery({
    queryKey: ["sign-in-provider", settled],
    enabled: settled.length > 0,
    staleTime: 60_000,
    queryFn: () =>
      answered<{ provider: string | null }>(
        api.GET("/v1/session/provider", { params: { query: { tenant: settled } } }),
      ),
  });
  const go = useMutation({
    mutationFn: () =>
      answered<{ location: string }>(api.POST("/v1/session/provider", { body: { tenant: settled } })),
    onSuccess: ({ location: there }) => {
      onGoing();
      location.assign(there);
    },
  });
  if (!found.data?.provider || settled !== tenant) return null;
  return (
    <>
      <Trouble error={go.error} />
      <Button disabled={go.isPending || go.isSuccess} onClick={() => go.mutate()}>
        {found.data.provider}
      </Button>
      <p className="text-center text-sm text-quiet">or with a password</p>
    </>
  );
}

export function SecondFactorCode({
  isGoing,
  onCode,
  onBack,
}: {
  isGoing: boolean;
  onCode: (code: string) => void;
  onBack: () => void;
}) {
  return (
    <Form onSubmit={(form) => onCode(said(form, "code").trim())}>
      <Field label="Code" hint="of your authenticator app, or a recovery code">
        <Input name="code" required minLength={6} maxLength={40} autoComplete="one-time-code" />
      </Field>
      <Button type="submit" look="primary" disabled={isGoing}>
        {isGoing ? "Signing in …" : "Sign in"}
      </Button>
      <Button look="quiet" onClick={onBack}>
        Back
      </Button>
    </Form>
  );
}
