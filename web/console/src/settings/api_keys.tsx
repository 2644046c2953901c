/** Keys for the company's own programs: made with scopes, shown once, revoked at once. */

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { answered, api, type Page } from "../api/client";
import { Section, Switch, Text } from "../parts/fields";
import { Ago, Button, Tag, Trouble } from "../parts/parts";
import { Once, Twice } from "./once";

const SCOPES = ["conversations", "knowledge", "handoffs", "assistants", "analytics", "admin"];

interface ApiKey {
  api_key_id: string;
  name: string;
  prefix: string;
  scopes: string[];
  created_at: string;
  last_used_at: string | null;
  revoked_at: string | null;
}

export function ApiKeys() {
  const queries = useQueryClient();
  const [name, setName] = useState("");
  const [scopes, setScopes] = useState(["conversations"]);
  const fresh = () => queries.invalidateQueries({ queryKey: ["api-keys"] });
  const found = useQuery({
    queryKey: ["api-keys"],
    queryFn: () => answered<Page<ApiKey>>(api.GET("/v1/api-keys", { params: { query: { limit: 100 } } })),
  });
  const make = useMutation({
    mutationFn: () =>
      answered<ApiKey & { api_key: string }>(
        api.POST("/v1/api-keys", { body: { name: name.trim(), scopes } }),
      ),
    onSuccess: () => {
      setName("");
      return fresh();
    },
  });
  const revoke = useMutation({
    mutationFn: (api_key_id: string) =>
      answered(api.DELETE("/v1/api-keys/{api_key_id}", { params: { path: { api_key_id } } })),
    onSettled: fresh,
  });
  return (
    <>
      <Section
        title="New key"
        refused={make.error}
        about="For a program of yours. Give it only the scopes that it needs."
      >
        <Text label="Name" name="name" placeholder="Shop backend" value={name} onChange={setName} />
        <fieldset className="flex flex-wrap gap-x-5 gap-y-2">
          <legend className="mb-2 text-sm font-medium">Scopes</legend>
          {SCOPES.map((scope) => (
            <Switch
              key={scope}
              label={scope}
              isOn={scopes.includes(scope)}
              onChange={(isOn) => setScopes(isOn ? [...scopes, scope] : scopes.filter((s) => s !== scope))}
            />
          ))}
        </fieldset>
        <Button
          look="primary"
          className="self-start"
          disabled={!name.trim() || !scopes.length || make.isPending}
          onClick={() => make.mutate()}
        >
          Make key
        </Button>
        {make.data && <Once label={`The key ${make.data.name}`} secret={make.data.api_key} />}
        <Trouble error={make.error ?? revoke.error ?? found.error} />
      </Section>
      <Section title="Keys">
        <ul className="divide-y divide-line">
          {found.data?.data.map((key) => (
            <li key={key.api_key_id} className="flex flex-wrap items-center gap-3 py-2 text-sm">
              <span className="min-w-0 flex-1">
                <span className="font-medium [overflow-wrap:anywhere]">{key.name}</span>
                <span className="block text-xs text-quiet">
                  {key.prefix}… · {key.scopes.join(", ")} ·{" "}
                  {key.last_used_at ? (
                    <>
                      used <Ago at={key.last_used_at} />
                    </>
                  ) : (
                    "never used"
                  )}
                </span>
              </span>
              {key.revoked_at ? (
                <Tag>revoked</Tag>
              ) : (
                <Twice
                  first="Revoke"
                  second="Revoke for good"
                  about={key.name}
                  onPress={() => revoke.mutate(key.api_key_id)}
                />
              )}
            </li>
          ))}
        </ul>
      </Section>
    </>
  );
}
