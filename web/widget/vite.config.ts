import { defineConfig } from "vite";

// Two pages that share nothing but the folder: the frame, and the sample that embeds it.
export default defineConfig({
  base: "/web/widget/",
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  build: {
    outDir: "../../server/web/hashed/widget",
    emptyOutDir: true,
    target: "es2022",
    assetsDir: ".",
    modulePreload: { polyfill: false },
    rollupOptions: { input: ["frame.html", "sample.html"] },
  },
});
