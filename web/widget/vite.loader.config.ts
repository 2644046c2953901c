import { defineConfig } from "vite";

// The loader is a classic script of its own: `document.currentScript` says whose it is.
export default defineConfig({
  publicDir: false,
  build: {
    outDir: "../../server/web",
    emptyOutDir: false,
    target: "es2020",
    lib: {
      entry: "src/loader/loader.ts",
      formats: ["iife"],
      name: "frontdeskLoader",
      fileName: () => "widget.js",
    },
  },
});
