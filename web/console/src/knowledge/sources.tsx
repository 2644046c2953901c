/** Pages and sites that the knowledge is kept in step with: added, read anew with progress, forgotten. */

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { answered, api, type Page } from "../api/client";
import { Choice, NumberField, Pair, Section, Text } from "../parts/fields";
import { Ago, Button, Empty, inWords, Tag, Trouble } from "../parts/parts";
import { Twice } from "../settings/once";
import { followed } from "./jobs";

interface Source {
  source_id: string;
  kind: string;
  name: string;
  url: string | null;
  every_hours: number | null;
  job_id: string | null;
  last_run_at: string | null;
  next_run_at: string | null;
  last_result: { status?: string; [figure: string]: unknown } | null;
}

type Kind = "url" | "sitemap" | "crawl";
const KINDS: { [kind in Kind]: string } = {
  url: "One page",
  sitemap: "All pages of a sitemap",
  crawl: "A site, by its links",
};

export function Sources({ baseId, mayWrite }: { baseId: string; mayWrite: boolean }) {
  const path = { knowledge_base_id: baseId };
  const found = useQuery({
    queryKey: ["sources", baseId],
    queryFn: () =>
      answered<Page<Source>>(
        api.GET("/v1/knowledge-bases/{knowledge_base_id}/sources", {
          params: { path, query: { limit: 100 } },
        }),
      ),
  });
  return (
    <div className="flex flex-col gap-5">
      {mayWrite && <New baseId={baseId} />}
      <Trouble error={found.error} />
      {found.data?.data.length === 0 && (
        <Empty title="No sources yet">
          Name your help pages, and what assistants know follows them by itself.
        </Empty>
      )}
      <ul className="flex flex-col gap-3">
        {found.data?.data.map((one) => (
          <Item baseId={baseId} source={one} mayWrite={mayWrite} key={one.source_id} />
        ))}
      </ul>
    </div>
  );
}

function useFresh() {
  const queries = useQueryClient();
  return async () => {
    await queries.invalidateQueries({ queryKey: ["sources"] });
    await queries.invalidateQueries({ queryKey: ["documents"] });
  };
}

function Item({ baseId, source: one, mayWrite }: { baseId: string; source: Source; mayWrite: boolean }) {
  const fresh = useFresh();
  const [told, tell] = useState("");
  const path = { knowledge_base_id: baseId, source_id: one.source_id };
  const sync = useMutation({
    mutationFn: () =>
      followed(
        answered(
          api.POST("/v1/knowledge-bases/{knowledge_base_id}/sources/{source_id}/sync", { params: { path } }),
        ),
        tell,
        "It could not be read.",
      ),
    onSuccess: (done) => tell(done.words),
    onError: () => tell(""),
    onSettled: fresh,
  });
  const forget = useMutation({
    mutationFn: () =>
      answered(
        api.DELETE("/v1/knowledge-bases/{knowledge_base_id}/sources/{source_id}", { params: { path } }),
      ),
    onSettled: fresh,
  });
  return (
    <li className="flex flex-col gap-2 rounded-xl border border-line bg-card p-4 text-sm">
      <div className="flex flex-wrap items-center gap-3">
        <span className="min-w-48 flex-1 [overflow-wrap:anywhere]">
          <span className="font-medium">{one.name}</span>
          <span className="block text-xs text-quiet">
            {KINDS[one.kind as Kind] ?? inWords(one.kind)}
            {one.url && one.url !== one.name && ` · ${one.url}`}
            {one.every_hours && ` · every ${one.every_hours} h`}
          </span>
        </span>
        <Health source={one} isBusy={sync.isPending} />
        {mayWrite && one.kind !== "import" && (
          <Button aria-label={`Read ${one.name} now`} disabled={sync.isPending} onClick={() => sync.mutate()}>
            Read now
          </Button>
        )}
        {mayWrite && (
          <Twice
            first="Forget"
            second="Forget it, keep its entries"
            about={one.name}
            onPress={() => forget.mutate()}
          />
        )}
      </div>
      {one.last_result && <Figures result={one.last_result} />}
      {told && (
        <p role="status" className="text-accent whitespace-pre-line [overflow-wrap:anywhere]">
          {told}
        </p>
      )}
      <Trouble error={sync.error ?? forget.error} />
    </li>
  );
}

function Health({ source: one, isBusy }: { source: Source; isBusy: boolean }) {
  if (isBusy || one.job_id) return <Tag tone="warn">being read</Tag>;
  if (!one.last_run_at) return <Tag>never read</Tag>;
  const failed = one.last_result?.status === "failed";
  return (
    <>
      <Tag tone={failed ? "bad" : "good"}>{failed ? "could not be read" : "in step"}</Tag>
      <span className="text-xs text-quiet">
        read <Ago at={one.last_run_at} /> ago
      </span>
    </>
  );
}

/** What the last run came to, in figures. */
function Figures({ result }: { result: NonNullable<Source["last_result"]> }) {
  const figures = Object.entries(result).filter(([, value]) => typeof value === "number" && value > 0);
  if (!figures.length) return null;
  return (
    <p className="text-xs text-quiet">
      {figures.map(([name, value]) => `${String(value)} ${name.replaceAll("_", " ")}`).join(" · ")}
    </p>
  );
}

function New({ baseId }: { baseId: string }) {
  const fresh = useFresh();
  const [kind, setKind] = useState<Kind>("url");
  const [url, setUrl] = useState("");
  const [hours, setHours] = useState<number | null>(24);
  const [pages, setPages] = useState<number | null>(200);
  const add = useMutation({
    mutationFn: () =>
      answered<Source>(
        api.POST("/v1/knowledge-bases/{knowledge_base_id}/sources", {
          params: { path: { knowledge_base_id: baseId } },
          body: {
            kind,
            url: url.trim(),
            sync: true,
            every_hours: hours,
            ...(kind !== "url" && pages ? { max_pages: pages } : {}),
          } as never,
        }),
      ),
    onSuccess: () => {
      setUrl("");
      return fresh();
    },
  });
  return (
    <Section title="New source" refused={add.error} about="It is read now, and again as often as you say.">
      <Pair>
        <Choice label="What it is" name="kind" value={kind} options={KINDS} onChange={setKind} />
        <Text
          label="Address of the source"
          name="url"
          placeholder="https://www.shop.example/help"
          max={4_000}
          value={url}
          onChange={setUrl}
        />
        <NumberField
          label="Read again every, hours"
          name="every_hours"
          hint="Empty: only when you ask for it."
          min={1}
          max={8_760}
          value={hours}
          onChange={setHours}
        />
        {kind !== "url" && (
          <NumberField
            label="Pages at most"
            name="max_pages"
            min={1}
            max={5_000}
            value={pages}
            onChange={setPages}
          />
        )}
      </Pair>
      <Trouble error={add.error} />
      <Button
        look="primary"
        className="self-start"
        disabled={!url.trim() || add.isPending}
        onClick={() => add.mutate()}
      >
        Add source
      </Button>
    </Section>
  );
}
