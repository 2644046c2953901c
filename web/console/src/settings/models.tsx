/** Keys of the company's own for providers of models: written, never read back. */

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { answered, api, type Page } from "../api/client";
import { Section, Text } from "../parts/fields";
import { Button, Tag, Trouble } from "../parts/parts";
import { Twice } from "./once";

interface Provider {
  provider: string;
  title: string;
  installed: boolean;
  needs_key: boolean;
  platform_key: boolean;
  own_key_prefix: string | null;
}

export function Models() {
  const found = useQuery({
    queryKey: ["provider-keys"],
    queryFn: () => answered<Page<Provider>>(api.GET("/v1/provider-keys")),
  });
  return (
    <Section
      title="Providers"
      about="With a key of your own, calls are on your account. A model is named provider:model with the assistant."
    >
      <Trouble error={found.error} />
      <ul className="divide-y divide-line">
        {found.data?.data.map((one) => (
          <ProviderItem provider={one} key={one.provider} />
        ))}
      </ul>
    </Section>
  );
}

/** What there is without a key of the company's own; some providers need an address alone. */
function ours({ needs_key, platform_key }: Provider): string {
  if (needs_key) return platform_key ? "the server's key" : "no key";
  return platform_key ? "set up on this server" : "not set up on this server";
}

function ProviderItem({ provider: one }: { provider: Provider }) {
  const queries = useQueryClient();
  const [key, setKey] = useState("");
  const params = { path: { provider: one.provider } };
  const settled = {
    onSuccess: () => {
      setKey("");
      return queries.invalidateQueries({ queryKey: ["provider-keys"] });
    },
  };
  const put = useMutation({
    mutationFn: () =>
      answered(api.PUT("/v1/provider-keys/{provider}", { params, body: { api_key: key.trim() } })),
    ...settled,
  });
  const forget = useMutation({
    mutationFn: () => answered(api.DELETE("/v1/provider-keys/{provider}", { params })),
    ...settled,
  });
  return (
    <li className="flex flex-col gap-2 py-3 text-sm">
      <div className="flex flex-wrap items-center gap-2">
        <span className="flex-1 font-medium">{one.title}</span>
        {!one.installed && <Tag tone="warn">not installed on this server</Tag>}
        {one.own_key_prefix ? (
          <>
            <Tag tone="good">your key {one.own_key_prefix}…</Tag>
            <Twice first="Forget" second="Forget the key" about={one.title} onPress={() => forget.mutate()} />
          </>
        ) : (
          <Tag>{ours(one)}</Tag>
        )}
      </div>
      <details>
        <summary className="text-quiet hover:text-ink">
          {one.own_key_prefix ? "Replace the key" : "Use a key of your own"}
        </summary>
        <form
          className="mt-2 flex items-end gap-2"
          onSubmit={(event) => {
            event.preventDefault();
            put.mutate();
          }}
        >
          <div className="flex-1">
            <Text
              label={`Key for ${one.title}`}
              name="api_key"
              type="password"
              max={500}
              value={key}
              onChange={setKey}
            />
          </div>
          <Button type="submit" disabled={key.trim().length < 8 || put.isPending}>
            Store
          </Button>
        </form>
      </details>
      <Trouble error={put.error ?? forget.error} />
    </li>
  );
}
