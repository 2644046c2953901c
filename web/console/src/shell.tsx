/** What stands around every page: the navigation, who is signed in, whether the line is open. */

import { useQuery, useQueryClient } from "@tanstack/react-query";
import { DropdownMenu } from "radix-ui";
import { lazy, type ReactNode, Suspense, useEffect } from "react";
import { NavLink, Outlet, useLocation, useNavigate } from "react-router";
import { answered, api, type Page } from "./api/client";
import { useInboxLive } from "./api/live";
import type { Handoff, Me } from "./api/shapes";
import { useNotifications } from "./inbox/notifications";
import { Palette } from "./palette";
import { inWords, Tag } from "./parts/parts";

const SIGNS = {
  more: "M4.500 12h1M11.500 12h1M18.500 12h1",
  inbox: "M4 13h4l1.500 3h5L16 13h4M4 13l2.500-8h11L20 13v6H4v-6Z",
  conversations: "M4 5h16v11H9l-5 4V5Z",
  assistants:
    "M12 4v3M7 7h10a2 2 0 0 1 2 2v7a2 2 0 0 1-2 2H7a2 2 0 0 1-2-2V9a2 2 0 0 1 2-2ZM9.500 11.500v1.500M14.500 11.500v1.500M2.500 11v4M21.500 11v4",
  approvals:
    "M12 3.500 19 6v5.500c0 4-2.800 7.200-7 9-4.200-1.800-7-5-7-9V6l7-2.500ZM9 12l2.200 2.200L15.500 10",
  settings: "M4 7h9M17 7h3M4 17h3M11 17h9M15 5v4M9 15v4",
  knowledge:
    "M5 5.500C7.500 4.600 10 4.900 12 6.200c2-1.300 4.500-1.600 7-.7V18c-2.500-.9-5-.6-7 .7-2-1.300-4.500-1.600-7-.7V5.500ZM12 6.200v12.500",
};

export function useMe() {
  return useQuery({
    queryKey: ["me"],
    queryFn: () => answered<Me>(api.GET("/v1/session")),
    staleTime: 60_000,
  });
}

export function Shell() {
  const me = useMe();
  if (!me.data) return null; // a 401 leads to the sign-in
  if (me.data.must_enrol) return <MustEnrol />;
  return <SignedIn me={me.data} />;
}

const SecondFactor = lazy(async () => ({
  default: (await import("./settings/second_factor")).SecondFactor,
}));

/** The company asks for a second factor, and nothing else goes before it is there. */
function MustEnrol() {
  return (
    <main className="mx-auto flex min-h-full max-w-2xl flex-col justify-center gap-4 px-6 py-16">
      <h1 className="text-xl font-semibold tracking-tight">One more thing</h1>
      <Suspense>
        <SecondFactor />
      </Suspense>
    </main>
  );
}

function SignedIn({ me }: { me: Me }) {
  const connection = useInboxLive();
  const waiting = useQuery({
    queryKey: ["handoffs", "waiting"],
    queryFn: () =>
      answered<Page<Handoff>>(
        api.GET("/v1/handoffs", { params: { query: { status: "waiting", limit: 100 } } }),
      ),
  });
  const asked = useQuery({
    queryKey: ["approvals", "waiting"],
    queryFn: () =>
      answered<Page<object>>(
        api.GET("/v1/approvals", { params: { query: { status: "waiting_for_approval", limit: 100 } } }),
      ),
  });
  useNotifications(waiting.data?.data);
  useTitle(waiting.data?.data.length ?? 0, me.tenant.name);
  const isAway = connection === "offline" || connection === "reconnecting";
  return (
    <div className="flex h-full flex-col md:flex-row">
      <nav
        aria-label="Main"
        className="order-last flex shrink-0 border-t bg-card md:order-first md:w-52 md:flex-col md:gap-1 md:border-e md:border-t-0 md:p-3"
      >
        <p
          dir="auto"
          title={me.tenant.name}
          className="mx-3 mt-2 mb-4 hidden text-lg font-semibold [overflow-wrap:anywhere] md:line-clamp-2"
        >
          {me.tenant.name}
        </p>
        <Place to="/inbox" sign="inbox" count={waiting.data?.data.length ?? 0}>
          Inbox
        </Place>
        <Place to="/approvals" sign="approvals" count={asked.data?.data.length ?? 0}>
          Approvals
        </Place>
        <Place to="/conversations" sign="conversations">
          Conversations
        </Place>
        <Place to="/knowledge" sign="knowledge">
          Knowledge
        </Place>
        <Place to="/assistants" sign="assistants" isWideOnly>
          Assistants
        </Place>
        <Place to="/settings" sign="settings" isWideOnly>
          Settings
        </Place>
        <div className="hidden flex-1 md:block" />
        <Palette waiting={waiting.data?.data ?? []} />
        <Account me={me} />
      </nav>
      <div className="flex min-h-0 min-w-0 flex-1 flex-col">
        {isAway && (
          <p role="status" className="bg-warn-soft px-4 py-2 text-sm text-warn">
            The server cannot be reached. What you see may be old; it is asked for again as soon as it is
            back.
          </p>
        )}
        <Outlet />
      </div>
    </div>
  );
}

/** Tabs of several desks and pages are told apart by their titles, and say who waits. */
function useTitle(waiting: number, tenant: string) {
  const place = useLocation().pathname.split("/")[1] || "inbox";
  useEffect(() => {
    document.title = `${waiting ? `(${waiting}) ` : ""}${inWords(place)} · ${tenant}`;
    return () => {
      document.title = "Frontdesk";
    };
  }, [waiting, place, tenant]);
}

function Place({
  to,
  sign,
  count = 0,
  isWideOnly = false,
  children,
}: {
  isWideOnly?: boolean;
  to: string;
  sign: keyof typeof SIGNS;
  count?: number;
  children: ReactNode;
}) {
  return (
    <NavLink
      to={to}
      className={({ isActive }) =>
        `${isWideOnly ? "hidden md:flex" : "flex"} relative min-w-0 flex-auto flex-col items-center gap-1 px-1 py-2 text-xs md:flex-none md:flex-row md:gap-3 md:rounded-lg md:px-3 md:text-sm md:font-medium ${isActive ? "text-accent md:bg-soft" : "text-quiet hover:text-ink md:hover:bg-raised"}`
      }
    >
      <Sign name={sign} />
      <span>{children}</span>
      {count > 0 && (
        <span className="absolute start-1/2 top-0.5 ms-3 md:static md:ms-auto">
          <Tag tone="warn">{count}</Tag>
        </span>
      )}
    </NavLink>
  );
}

function Sign({ name }: { name: keyof typeof SIGNS }) {
  return (
    <svg viewBox="0 0 24 24" className="size-5 fill-none stroke-current stroke-[1.75]" aria-hidden="true">
      <path d={SIGNS[name]} strokeLinejoin="round" strokeLinecap="round" />
    </svg>
  );
}

/** Who is signed in; on a phone also the way to what is rarely needed. */
function Account({ me }: { me: Me }) {
  const navigate = useNavigate();
  const queries = useQueryClient();
  const { pathname } = useLocation();
  const isElsewhere = /^\/(assistants|settings)/.test(pathname);
  const leave = async () => {
    await answered(api.DELETE("/v1/session"));
    queries.clear();
    await navigate("/sign-in");
  };
  return (
    <DropdownMenu.Root modal={false}>
      <DropdownMenu.Trigger
        aria-label={`More, ${me.name}`}
        className={`flex min-w-0 flex-auto flex-col items-center gap-1 px-1 py-2 text-xs hover:text-ink md:flex-none md:flex-row md:gap-3 md:rounded-lg md:px-3 md:text-sm md:text-quiet md:hover:bg-raised ${isElsewhere ? "text-accent" : "text-quiet"}`}
      >
        <span className="md:hidden">
          <Sign name="more" />
        </span>
        <span
          aria-hidden="true"
          className="hidden size-7 place-items-center rounded-full bg-soft text-xs text-accent md:grid"
        >
          {me.name.charAt(0)}
        </span>
        <span className="md:hidden">More</span>
        <span className="hidden truncate md:inline">{me.name}</span>
      </DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content
          side="top"
          align="start"
          sideOffset={8}
          className="z-10 min-w-56 rounded-xl border border-line bg-card p-2 shadow-lg"
        >
          <DropdownMenu.Label className="px-3 py-2 text-sm text-quiet">
            {me.email} · {me.role}
            <span className="block text-xs">{me.tenant.slug}</span>
          </DropdownMenu.Label>
          {(["assistants", "settings"] as const).map((place) => (
            <DropdownMenu.Item
              key={place}
              onSelect={() => void navigate(`/${place}`)}
              className="flex min-h-11 cursor-pointer items-center gap-3 rounded-lg px-3 text-base outline-none data-highlighted:bg-raised md:hidden"
            >
              <Sign name={place} />
              {inWords(place)}
            </DropdownMenu.Item>
          ))}
          <DropdownMenu.Item
            onSelect={() => void navigate("/settings/own")}
            className="flex min-h-11 cursor-pointer items-center rounded-lg px-3 text-base outline-none data-highlighted:bg-raised md:min-h-9 md:text-sm"
          >
            Your account
          </DropdownMenu.Item>
          <DropdownMenu.Item
            onSelect={() => void navigate("/sign-in")}
            className="flex min-h-11 cursor-pointer items-center rounded-lg px-3 text-base outline-none data-highlighted:bg-raised md:min-h-9 md:text-sm"
          >
            Another company
          </DropdownMenu.Item>
          <DropdownMenu.Item
            onSelect={() => void leave()}
            className="flex min-h-11 cursor-pointer items-center rounded-lg px-3 text-base outline-none data-highlighted:bg-raised md:min-h-9 md:text-sm"
          >
            Sign out
          </DropdownMenu.Item>
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}
