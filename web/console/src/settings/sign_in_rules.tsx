/** How the company's people sign in: with a second factor, through a provider of its own. */

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { answered, api } from "../api/client";
import { Choice, Pair, Section, Several, Switch, Text } from "../parts/fields";
import { Button, Trouble } from "../parts/parts";
import { useMe } from "../shell";
import { Twice } from "./once";

type Newcomer = "admin" | "operator" | "viewer";

interface Provider {
  title: string;
  issuer: string;
  client_id: string;
  has_secret: boolean;
  email_domains: string[];
  newcomer_role: Newcomer | null;
  group_claim: string | null;
  group_roles: { [group: string]: Newcomer };
  trusts_addresses: boolean;
  callback_path: string;
}

const FRESH: Provider = {
  title: "",
  issuer: "",
  client_id: "",
  has_secret: false,
  email_domains: [],
  newcomer_role: null,
  group_claim: null,
  group_roles: {},
  trusts_addresses: false,
  callback_path: "/v1/session/provider/callback",
};

const NEWCOMERS = {
  nobody: "Nobody: only who was invited",
  viewer: "Anybody of these domains, as viewer",
  operator: "Anybody of these domains, as operator",
  admin: "Anybody of these domains, as admin",
};

export function SignInRules() {
  const provider = useQuery({
    queryKey: ["own-sign-in-provider"],
    queryFn: () => answered<{ provider: Provider | null }>(api.GET("/v1/sign-in-provider")),
  });
  return (
    <>
      <Rules />
      <Trouble error={provider.error} />
      {provider.data && (
        <ProviderForm key={provider.data.provider?.issuer ?? ""} before={provider.data.provider} />
      )}
    </>
  );
}

function Rules() {
  const queries = useQueryClient();
  const found = useQuery({
    queryKey: ["sign-in-rules"],
    queryFn: () => answered<{ second_factor_required: boolean }>(api.GET("/v1/sign-in-rules")),
  });
  const put = useMutation({
    mutationFn: (second_factor_required: boolean) =>
      answered(api.PUT("/v1/sign-in-rules", { body: { second_factor_required } })),
    onSettled: () =>
      Promise.all([
        queries.invalidateQueries({ queryKey: ["sign-in-rules"] }),
        queries.invalidateQueries({ queryKey: ["me"] }),
      ]),
  });
  return (
    <Section title="Rules">
      <Trouble error={found.error ?? put.error} />
      <Switch
        label="Everybody needs a second factor"
        hint="In force at once: who has none can do nothing but set one up. A provider asks for its own."
        isOn={found.data?.second_factor_required ?? false}
        onChange={(isOn) => put.mutate(isOn)}
      />
    </Section>
  );
}

function ProviderForm({ before }: { before: Provider | null }) {
  const queries = useQueryClient();
  const isOwner = useMe().data?.role === "owner";
  const [now, setNow] = useState(before ?? FRESH);
  const [secret, setSecret] = useState("");
  const change = (some: Partial<Provider>) => setNow({ ...now, ...some });
  const fresh = () => queries.invalidateQueries({ queryKey: ["own-sign-in-provider"] });
  const put = useMutation({
    mutationFn: () => {
      const { has_secret: _, callback_path: __, ...rest } = now;
      const groups = Object.fromEntries(Object.entries(now.group_roles).filter(([group]) => group));
      const body = {
        title: rest.title.trim(),
        issuer: rest.issuer.trim(),
        client_id: rest.client_id.trim(),
        email_domains: rest.email_domains,
        newcomer_role: rest.newcomer_role,
        trusts_addresses: rest.trusts_addresses,
        group_claim: rest.group_claim?.trim() || null,
        group_roles: groups,
        ...(secret ? { client_secret: secret } : {}),
      };
      return answered(api.PUT("/v1/sign-in-provider", { body }));
    },
    onSuccess: () => {
      setSecret("");
      return fresh();
    },
  });
  const remove = useMutation({
    mutationFn: () => answered(api.DELETE("/v1/sign-in-provider")),
    onSuccess: fresh,
  });
  const ofRole = (role: Newcomer) => Object.keys(now.group_roles).filter((g) => now.group_roles[g] === role);
  const setRole = (role: Newcomer, groups: string[]) => {
    const others = Object.entries(now.group_roles).filter(([, other]) => other !== role);
    change({ group_roles: Object.fromEntries([...others, ...groups.map((g) => [g, role] as const)]) });
  };
  return (
    <Section
      title="Your own provider"
      refused={put.error}
      about="Let people sign in with the account they have at your company, by OpenID Connect."
    >
      <Pair>
        <Text
          label="Words on the button"
          name="title"
          value={now.title}
          onChange={(title) => change({ title })}
        />
        <Text
          label="Issuer"
          name="issuer"
          type="url"
          max={500}
          value={now.issuer}
          onChange={(issuer) => change({ issuer })}
        />
        <Text
          label="Client id"
          name="client_id"
          max={500}
          value={now.client_id}
          onChange={(client_id) => change({ client_id })}
        />
        <Text
          label="Client secret"
          name="client_secret"
          type="password"
          max={2_000}
          hint={now.has_secret ? "Kept. Leave it empty to keep it." : "As the provider shows it."}
          value={secret}
          onChange={setSecret}
        />
        <Several
          label="Domains of e-mail addresses"
          name="domains"
          placeholder="example.com"
          value={now.email_domains}
          onChange={(email_domains) => change({ email_domains })}
        />
        <Choice
          label="Who comes in without an invitation"
          name="newcomer_role"
          value={now.newcomer_role ?? "nobody"}
          options={NEWCOMERS}
          onChange={(role) => change({ newcomer_role: role === "nobody" ? null : role })}
        />
      </Pair>
      <Switch
        label="Take addresses that the provider does not call verified"
        hint="For a provider of your own alone, where nobody can choose their address."
        isOn={now.trusts_addresses}
        onChange={(trusts_addresses) => change({ trusts_addresses })}
      />
      <details className="text-sm">
        <summary className="cursor-pointer font-medium">Roles by groups</summary>
        <div className="mt-3 flex flex-col gap-4">
          <Text
            label="Claim that lists somebody's groups"
            name="groups_claim"
            max={100}
            placeholder="groups"
            value={now.group_claim ?? ""}
            onChange={(claim) => change({ group_claim: claim || null })}
          />
          <Several label="Groups of admins" value={ofRole("admin")} onChange={(g) => setRole("admin", g)} />
          <Several
            label="Groups of operators"
            value={ofRole("operator")}
            onChange={(g) => setRole("operator", g)}
          />
          <Several
            label="Groups of viewers"
            value={ofRole("viewer")}
            onChange={(g) => setRole("viewer", g)}
          />
        </div>
      </details>
      <p className="text-sm text-quiet [overflow-wrap:anywhere]">
        To be registered at the provider: {location.origin + now.callback_path}
      </p>
      <Trouble error={put.error ?? remove.error} />
      {put.isSuccess && <p role="status">Saved.</p>}
      {isOwner ? (
        <div className="flex gap-2">
          <Button
            look="primary"
            disabled={!now.title.trim() || !now.issuer.trim() || !now.client_id.trim() || put.isPending}
            onClick={() => put.mutate()}
          >
            Save provider
          </Button>
          {before && (
            <Twice
              first="Remove"
              second="Remove for good"
              about="the provider"
              onPress={() => remove.mutate()}
            />
          )}
        </div>
      ) : (
        <p className="text-sm text-quiet">Only an owner may change this.</p>
      )}
    </Section>
  );
}
