/** The console's start: routes, each loaded when it is first opened. */

import { MutationCache, QueryCache, QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { createBrowserRouter, Navigate, RouterProvider } from "react-router";
import { Problem } from "../../client/src/problem";
import { keepFocus } from "../../shared/focus";
import { Broken } from "./broken";
import { Shell } from "./shell";
import { SignIn } from "./sign_in";
import "./styles.css";

const signedOut = (error: Error) => {
  if (!(error instanceof Problem) || error.status !== 401) return;
  if (location.pathname !== "/console/sign-in") location.assign("/console/sign-in");
};

const queries = new QueryClient({
  queryCache: new QueryCache({ onError: signedOut }),
  mutationCache: new MutationCache({ onError: signedOut }),
  defaultOptions: {
    queries: {
      staleTime: 5_000,
      retry: (count, error) => !(error instanceof Problem && error.isFinal) && count < 3,
    },
  },
});

// a page that was opened before an update asks for files that are gone: the new page has its own
addEventListener("vite:preloadError", (event) => {
  if (sessionStorage.getItem("reloaded") === location.href) return;
  sessionStorage.setItem("reloaded", location.href);
  event.preventDefault();
  location.reload();
});

const inbox = async () => ({ Component: (await import("./inbox/inbox")).Inbox });
const conversations = async () => ({
  Component: (await import("./conversations/conversations")).Conversations,
});
const knowledge = async () => ({ Component: (await import("./knowledge/knowledge")).Knowledge });
const assistants = async () => ({ Component: (await import("./assistants/assistants")).Assistants });
const approvals = async () => ({ Component: (await import("./approvals/approvals")).Approvals });
const settings = async () => ({ Component: (await import("./settings/settings")).Settings });

const router = createBrowserRouter(
  [
    { path: "/sign-in", Component: SignIn },
    {
      path: "/",
      Component: Shell,
      HydrateFallback: () => null,
      children: [
        {
          ErrorBoundary: Broken,
          children: [
            { index: true, element: <Navigate to="/inbox" replace /> },
            { path: "inbox/:handoffId?", lazy: inbox },
            { path: "conversations/:conversationId?", lazy: conversations },
            { path: "knowledge/:tab?", lazy: knowledge },
            { path: "assistants/:assistantId?/:tab?", lazy: assistants },
            { path: "approvals", lazy: approvals },
            { path: "settings/:tab?", lazy: settings },
            { path: "*", element: <Navigate to="/inbox" replace /> },
          ],
        },
      ],
    },
  ],
  { basename: "/console" },
);

const root = document.getElementById("root") as HTMLElement;
keepFocus(root);
createRoot(root).render(
  <StrictMode>
    <QueryClientProvider client={queries}>
      <RouterProvider router={router} />
    </QueryClientProvider>
  </StrictMode>,
);
