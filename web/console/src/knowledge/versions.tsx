/** Versions: what is staged is published, an earlier one is gone back to. */

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { answered, api, type Page } from "../api/client";
import type { Base } from "../api/shapes";
import { Ago, Button, Empty, Tag, Trouble } from "../parts/parts";
import { Twice } from "../settings/once";
import { Difference } from "./difference";
import { Impact, type Report } from "./impact";
import { followed } from "./jobs";

interface Version {
  version: number;
  number: number | null;
  state: string;
  passages: number;
  note: string;
  created_at: string;
}

export function Versions({ base, mayWrite }: { base: Base; mayWrite: boolean }) {
  const path = { knowledge_base_id: base.knowledge_base_id };
  const queries = useQueryClient();
  // not everything: what compares with staged changes would ask for them when they are gone
  const fresh = async () => {
    for (const key of ["bases", "versions", "documents"])
      await queries.invalidateQueries({ queryKey: [key] });
  };
  const found = useQuery({
    queryKey: ["versions", base.knowledge_base_id],
    queryFn: () =>
      answered<Page<Version>>(
        api.GET("/v1/knowledge-bases/{knowledge_base_id}/versions", {
          params: { path, query: { limit: 50 } },
        }),
      ),
  });
  const publish = useMutation({
    mutationFn: () =>
      answered(api.POST("/v1/knowledge-bases/{knowledge_base_id}/versions", { params: { path }, body: {} })),
    onMutate: () => compare(null), // what was staged can be compared no more
    onSettled: fresh,
  });
  const restore = useMutation({
    mutationFn: (version: number) =>
      answered(
        api.POST("/v1/knowledge-bases/{knowledge_base_id}/versions/{version}/restore", {
          params: { path: { ...path, version: String(version) } },
        }),
      ),
    onSettled: fresh,
  });
  const discard = useMutation({
    mutationFn: () =>
      answered(api.DELETE("/v1/knowledge-bases/{knowledge_base_id}/versions/staged", { params: { path } })),
    onMutate: () => compare(null),
    onSettled: fresh,
  });
  const impact = useMutation({ mutationFn: () => previewed(base.knowledge_base_id, tell) });
  const [told, tell] = useState("");
  const [compared, compare] = useState<string | null>(null);
  const isStaged = base.staged_version !== null;
  return (
    <div className="flex flex-col gap-4">
      <Trouble error={found.error ?? publish.error ?? restore.error ?? discard.error ?? impact.error} />
      {isStaged && mayWrite && (
        <div className="flex flex-wrap items-center justify-end gap-3 rounded-xl bg-warn-soft px-4 py-3 text-sm text-warn">
          <span className="min-w-48 flex-1">Changes are staged. Nobody is answered from them yet.</span>
          <Button disabled={impact.isPending} onClick={() => impact.mutate()}>
            What would it change?
          </Button>
          <Twice
            first="Discard"
            second="Discard for good"
            about="the staged changes"
            onPress={discard.mutate}
          />
          <Button look="primary" disabled={publish.isPending} onClick={() => publish.mutate()}>
            Publish
          </Button>
        </div>
      )}
      {impact.isPending && (
        <p role="status" className="text-sm text-quiet">
          {told || "Trying it on what was asked lately …"}
        </p>
      )}
      {isStaged && impact.data && <Impact report={impact.data} />}
      {found.data?.data.length === 0 && (
        <Empty title="No version yet">
          Every change of the knowledge makes one: you see here what it changed, and go back to any of them.
        </Empty>
      )}
      <ul className="divide-y divide-line rounded-xl border border-line bg-card empty:hidden">
        {found.data?.data.map((one) => (
          <li key={one.version} className="px-4 py-3 text-sm">
            <div className="flex flex-wrap items-center justify-end gap-3">
              <span className="min-w-40 flex-1">
                {one.state === "staged" ? "Staged changes" : `Version ${one.number}`}{" "}
                <span className="text-quiet">{one.note}</span>
                <span className="block text-xs text-quiet">
                  {one.passages} {one.passages === 1 ? "passage" : "passages"} · <Ago at={one.created_at} />
                  {one.number !== null && one.number !== one.version && ` · ${one.version} in the API`}
                </span>
              </span>
              {one.version !== base.version && (
                <Button
                  look="quiet"
                  aria-label={`Compare ${one.state === "staged" ? "the staged changes" : `version ${one.number}`} with what is live`}
                  aria-expanded={compared === String(one.version)}
                  onClick={() => compare(compared === String(one.version) ? null : String(one.version))}
                >
                  Compare
                </Button>
              )}
              {one.version === base.version ? (
                <Tag tone="good">live</Tag>
              ) : one.state === "staged" ? (
                <Tag tone="warn">staged</Tag>
              ) : (
                mayWrite && (
                  <Button
                    aria-label={`Go back to version ${one.number}`}
                    disabled={restore.isPending}
                    onClick={() => restore.mutate(one.version)}
                  >
                    Go back to it
                  </Button>
                )
              )}
            </div>
            {compared === String(one.version) && (
              <div className="mt-3">
                <Difference
                  baseId={base.knowledge_base_id}
                  {...(one.state === "staged"
                    ? { before: String(base.version), after: "staged" }
                    : { before: String(one.version), after: String(base.version) })}
                />
              </div>
            )}
          </li>
        ))}
      </ul>
    </div>
  );
}

/** The report at once, or when its job is done. */
async function previewed(baseId: string, tell: (words: string) => void): Promise<Report> {
  const path = { knowledge_base_id: baseId };
  const told = await answered<Report & { job_id?: string; report_id: string }>(
    api.POST("/v1/knowledge-bases/{knowledge_base_id}/impact", { params: { path }, body: {} as never }),
  );
  if (!told.job_id) return told;
  await followed(Promise.resolve(told), tell);
  return answered<Report>(
    api.GET("/v1/knowledge-bases/{knowledge_base_id}/impact/{report_id}", {
      params: { path: { ...path, report_id: told.report_id } },
    }),
  );
}
