/** Who answers: the tenant's operators and their teams. */

import { useQuery } from "@tanstack/react-query";
import { answered, api, type Page } from "../api/client";

export interface Person {
  operator_id: string;
  name: string;
  role: string;
  disabled_at?: string | null;
}

export interface Team {
  team_id: string;
  name: string;
  member_ids: string[];
}

const FRESH_MS = 60_000;

/** Those who may answer, by name. */
export function usePeople() {
  return useQuery({
    queryKey: ["operators"],
    staleTime: FRESH_MS,
    queryFn: () => answered<Page<Person>>(api.GET("/v1/operators", { params: { query: { limit: 100 } } })),
    select: (page) => page.data.filter((one) => !one.disabled_at && one.role !== "viewer"),
  });
}

export function useTeams() {
  return useQuery({
    queryKey: ["teams"],
    staleTime: FRESH_MS,
    queryFn: () => answered<Page<Team>>(api.GET("/v1/teams")),
    select: (page) => page.data,
  });
}
