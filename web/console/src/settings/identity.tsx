/** The secret with which your own server vouches for who a contact is. */

import { useMutation } from "@tanstack/react-query";
import { answered, api } from "../api/client";
import { Section } from "../parts/fields";
import { Button, Trouble } from "../parts/parts";

export function Identity() {
  const show = useMutation({
    mutationFn: () =>
      answered<{ identity_secret: string; audience: string }>(api.GET("/v1/widget/identity-secret")),
  });
  return (
    <Section
      title="Verified contacts"
      about="Your server signs a token for somebody who is signed in with you; the widget hands it over, and their conversations follow them from device to device."
    >
      <ol className="list-decimal ps-5 text-sm">
        <li>Your server signs a JWT (HS256) with sub, exp and aud “frontdesk.identity”.</li>
        <li>
          Your page calls <code>Frontdesk.identify(token)</code>.
        </li>
      </ol>
      {show.data ? (
        <code
          aria-label="Identity secret"
          role="status"
          className="rounded-lg bg-raised px-3 py-2 text-sm [overflow-wrap:anywhere]"
        >
          {show.data.identity_secret}
        </code>
      ) : (
        <Button className="self-start" disabled={show.isPending} onClick={() => show.mutate()}>
          Show the secret
        </Button>
      )}
      <p className="text-sm text-quiet">Keep it on your server: who has it can be any of your contacts.</p>
      <Trouble error={show.error} />
    </Section>
  );
}
