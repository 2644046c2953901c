/** Who a conversation is with: what is known of them, and what they have agreed to. */

import { useQuery } from "@tanstack/react-query";
import { answered, api } from "../api/client";
import { Consents } from "../parts/consents";
import { Ago, Button, channelInWords, inWords, Tag, Trouble } from "../parts/parts";

interface Contact {
  contact_id: string;
  identity_level: string;
  merged_into: string | null;
  created_at: string;
  last_seen_at: string | null;
  identities: { channel: string; address: string }[];
  name?: string;
  email?: string;
  phone?: string;
  language?: string;
}

interface Given {
  contactId: string;
  assistantId: string;
  onClose: () => void;
}

export function ContactView({ contactId, assistantId, onClose }: Given) {
  const found = useQuery({
    queryKey: ["contact", contactId],
    queryFn: () =>
      answered<Contact>(
        api.GET("/v1/contacts/{contact_id}", { params: { path: { contact_id: contactId } } }),
      ),
  });
  const one = found.data;
  return (
    <aside
      aria-label="The contact"
      className="flex w-full flex-col gap-5 overflow-y-auto border-s bg-card px-5 py-5 text-sm xl:w-[26rem]"
    >
      <div className="flex items-center">
        <h2 className="min-w-0 flex-1 truncate text-lg font-semibold" dir="auto">
          {one?.name || "The contact"}
        </h2>
        <Button look="quiet" onClick={onClose}>
          Close
        </Button>
      </div>
      <Trouble error={found.error} />
      {one && (
        <>
          <p className="flex flex-wrap items-center gap-2 text-quiet">
            <Tag tone={one.identity_level === "verified" ? "good" : "neutral"}>
              {inWords(one.identity_level)}
            </Tag>
            {one.last_seen_at && (
              <span>
                last seen <Ago at={one.last_seen_at} />
              </span>
            )}
          </p>
          <Known contact={one} />
          <section aria-label="Consent" className="flex flex-col gap-2">
            <h3 className="text-xs font-medium text-quiet">Consent</h3>
            <Consents contactId={one.merged_into ?? contactId} assistantId={assistantId} />
          </section>
        </>
      )}
    </aside>
  );
}

function Known({ contact }: { contact: Contact }) {
  const lines = [
    ["E-mail", contact.email],
    ["Telephone", contact.phone],
    ["Language", contact.language],
    ...contact.identities.map((one) => [channelInWords(one.channel), one.address]),
  ].filter(([, value]) => value);
  if (!lines.length) return <p className="text-quiet">They have said nothing of themselves.</p>;
  return (
    <dl className="grid grid-cols-[auto_1fr] gap-x-4 gap-y-1">
      {lines.map(([name, value]) => (
        <div key={`${name} ${value}`} className="contents">
          <dt className="text-quiet">{name}</dt>
          <dd dir="auto" className="[overflow-wrap:anywhere]">
            {value}
          </dd>
        </div>
      ))}
    </dl>
  );
}
